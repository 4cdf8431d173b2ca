"""What only a person can put right is refused with one sentence, and nothing is changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from lrs.database.embedded import running
from lrs.errors import OperatorError
from tests.database.embedded.guests import ask, processes

OTHER_PROGRAMS = Path("/usr/lib/postgresql/15/bin")


@pytest.mark.parametrize(
    ("version", "advice"), [("99", "install the newer version of the store"), ("9", "pg_dump")]
)
def test_a_database_of_another_major_version_is_refused(data_dir, version, advice):
    (data_dir / "postgres/data/PG_VERSION").write_text(f"{version}\n")
    sentence = refusal(data_dir)
    assert f"made by PostgreSQL {version}," in sentence
    assert advice in sentence
    assert "LRS_POSTGRES_BIN" in sentence
    assert (data_dir / "postgres/data/PG_VERSION").read_text() == f"{version}\n"


def test_a_damaged_database_is_never_replaced_by_a_new_one(data_dir):
    (data_dir / "postgres/data/PG_VERSION").unlink()
    assert "not a PostgreSQL cluster any more" in refusal(data_dir)
    assert (data_dir / "postgres/data/base").exists()


def test_a_folder_with_other_things_is_refused(new_dir):
    new_dir.mkdir()
    (new_dir / "thesis.txt").write_text("ten years of work")
    assert "is not empty" in refusal(new_dir)
    assert [path.name for path in new_dir.iterdir()] == ["thesis.txt"]


def test_a_folder_that_is_empty_for_a_person_is_taken(new_dir):
    (new_dir / "lost+found").mkdir(parents=True)
    (new_dir / ".gitignore").touch()
    with running(new_dir) as url:
        assert ask(url, "SELECT 1") == "1"


def test_a_file_in_the_place_of_the_folder_is_refused(new_dir):
    new_dir.write_text("a file")
    assert "Not a directory" in refusal(new_dir)


def test_a_folder_without_programs_is_refused(new_dir):
    sentence = refusal(new_dir, postgres_bin=new_dir.parent)
    assert f"no program postgres in {new_dir.parent}" in sentence


def test_programs_that_are_none_are_refused(place, new_dir):
    (place / "postgres").write_text("#!/bin/sh\necho I am not PostgreSQL >&2\n")
    (place / "postgres").chmod(0o755)
    assert "I am not PostgreSQL" in refusal(new_dir, postgres_bin=place)


@pytest.mark.skipif(not OTHER_PROGRAMS.exists(), reason="needs a second PostgreSQL")
def test_other_programs_can_be_named_and_do_not_mix(new_dir, data_dir):
    assert "made by PostgreSQL 18, the programs here are PostgreSQL 15" in refusal(
        data_dir, postgres_bin=OTHER_PROGRAMS
    )


@pytest.mark.skipif(not OTHER_PROGRAMS.exists(), reason="needs a second PostgreSQL")
def test_an_older_postgresql_serves_as_well(new_dir):
    for _ in range(2):
        with running(new_dir, postgres_bin=OTHER_PROGRAMS) as url:
            assert ask(url, "SHOW server_version").startswith("15")
            assert ask(url, "SHOW data_checksums") == "on"
            assert ask(url, "SELECT string_agg(x, '' ORDER BY x) FROM unnest(ARRAY['b','B','a']) x") == "Bab"
    assert "made by PostgreSQL 15" in refusal(new_dir)


def refusal(data_dir: Path, **options: Path) -> str:
    with pytest.raises(OperatorError) as caught, running(data_dir, **options):
        pass
    assert not processes(data_dir)
    sentence = str(caught.value)
    assert "\n" not in sentence
    return sentence
