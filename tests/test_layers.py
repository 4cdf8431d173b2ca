"""The house stands as it was drawn: layers, one question a file, short functions."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).parents[1]
MODULES = sorted(
    path for package in ("lrs", "projections", "xapi_profiles") for path in (ROOT / package).rglob("*.py")
)
LONGEST_FUNCTION = 40
SAYS_NOTHING = {"utils", "helpers", "common", "base", "manager"}


def test_no_layer_reaches_upwards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), cache_dir=None) == 0


def test_every_module_says_in_its_first_line_which_question_it_answers() -> None:
    silent = [path for path in MODULES if not ast.get_docstring(ast.parse(path.read_text()))]
    assert silent == []


def test_every_module_has_a_name_of_its_own() -> None:
    assert [path for path in MODULES if path.stem in SAYS_NOTHING] == []


def test_no_function_is_long() -> None:
    functions = [
        (each.end_lineno - each.lineno + 1, f"{path.relative_to(ROOT)}:{each.name}")
        for path in MODULES
        for each in ast.walk(ast.parse(path.read_text()))
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef) and each.end_lineno
    ]
    assert [name for length, name in functions if length > LONGEST_FUNCTION] == []
    assert sorted(functions)[len(functions) // 2][0] <= 10


def test_sql_is_written_in_files_and_not_in_modules() -> None:
    """Python may choose fragments of SQL; whoever needs another question writes it into the .sql file."""
    exceptions = {
        "migrate.py",  # before there is a schema
        "pool.py",
        "listener.py",
    }
    spoken = {
        path.name
        for path in MODULES
        if "embedded" not in path.parts and "cli" not in path.parts
        for each in ast.walk(ast.parse(path.read_text()))
        if isinstance(each, ast.Constant)
        and isinstance(each.value, str | bytes)
        and _is_sql(each.value if isinstance(each.value, str) else each.value.decode("latin-1"))
    }
    assert spoken <= exceptions


def _is_sql(text: str) -> bool:
    return text.lstrip().startswith(("SELECT ", "INSERT ", "UPDATE ", "DELETE ", "WITH "))
