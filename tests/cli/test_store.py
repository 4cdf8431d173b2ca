"""`lrs migrate` and `lrs info`, and what every command does where no store is yet or none can be reached."""

from __future__ import annotations

import re
from uuid import uuid4

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from typer.main import get_command

from lrs.cli import app
from lrs.database.migrate import migrations
from tests.cli import terminal
from tests.cli.terminal import facts, rows
from tests.client import a_statement


@pytest.fixture
def empty_url(database_url):
    """A database without a store."""
    name = f"lrs_test_{uuid4().hex[:12]}"
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0".encode())
        yield make_conninfo(database_url, dbname=name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def test_migrating_tells_each_step_and_then_nothing(empty_url):
    steps = terminal.said("migrate", "--database-url", empty_url).splitlines()
    assert steps == [
        *[f"registry: {each.name}" for each in migrations("shared")],
        *[f"tenant default: {each.name}" for each in migrations("tenant")],
    ]
    assert terminal.said("migrate", "--database-url", empty_url) == ""


def test_a_store_is_made_only_by_commands_that_put_something_in(empty_url):
    for words in (["keys", "list"], ["export"], ["tenants", "list"]):
        assert "There is no store in this database" in terminal.complaint(*words, "--database-url", empty_url)
    assert facts(terminal.said("keys", "create", "--database-url", empty_url))["secret"]


def test_a_schema_behind_the_program_is_brought_up_to_date_on_purpose_only(empty_url):
    terminal.said("migrate", "--database-url", empty_url)
    with psycopg.connect(empty_url, autocommit=True) as connection:
        connection.execute("DELETE FROM tenant_default.migration WHERE number = 10")
        connection.execute("ALTER TABLE tenant_default.key DROP COLUMN learner")
        connection.execute("COMMENT ON TABLE tenant_default.migration IS 'up to migration 9'")
    assert "0010_learner_keys" in terminal.complaint("keys", "create", "--database-url", empty_url)
    assert (
        "0010_learner_keys" in facts(terminal.said("info", "--database-url", empty_url))["migrations pending"]
    )
    assert "0010_learner_keys" in terminal.said("migrate", "--database-url", empty_url)
    assert facts(terminal.said("keys", "create", "--database-url", empty_url))["secret"]


def test_a_newer_schema_is_refused(empty_url):
    terminal.said("migrate", "--database-url", empty_url)
    with psycopg.connect(empty_url, autocommit=True) as connection:
        connection.execute("INSERT INTO lrs.migration (number, name) VALUES (9999, 'of the future')")
    assert "newer version of the store" in terminal.complaint("migrate", "--database-url", empty_url)


def test_a_role_with_few_rights_can_run_the_store(empty_url):
    role = f"runtime_{uuid4().hex[:8]}"
    with psycopg.connect(empty_url, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {role} LOGIN".encode())
        try:
            granted = terminal.said("migrate", "--grant-to", role, "--database-url", empty_url)
            assert f"granted to {role}" in granted
            url = make_conninfo(empty_url, user=role)
            assert facts(terminal.said("keys", "create", "--database-url", url, migrate="false"))["secret"]
            line = b'{"actor":{"mbox":"mailto:a@example.com"},"verb":{"id":"http://e.org/v"},"object":{"id":"http://e.org/o"}}'
            assert terminal.said("import", "-", "--database-url", url, stdin=line).startswith("1 stored")
            with psycopg.connect(url) as limited, pytest.raises(psycopg.errors.InsufficientPrivilege):
                limited.execute("DELETE FROM tenant_default.log")
        finally:
            connection.execute(f"DROP OWNED BY {role}".encode())
            connection.execute(f"DROP ROLE {role}".encode())


def test_a_role_that_may_not_is_told_so(empty_url):
    role = f"stranger_{uuid4().hex[:8]}"
    terminal.said("migrate", "--database-url", empty_url)
    with psycopg.connect(empty_url, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {role} LOGIN".encode())
        try:
            for words in (["info"], ["keys", "create"], ["serve", "--port", "0"]):
                sentence = terminal.complaint(*words, "--database-url", make_conninfo(empty_url, user=role))
                assert "permission denied" in sentence
        finally:
            connection.execute(f"DROP ROLE {role}".encode())


def test_a_server_that_may_not_migrate_refuses_a_schema_behind_it(empty_url):
    sentence = terminal.complaint("serve", "--port", "0", "--database-url", empty_url, migrate="false")
    assert "There is no store in this database yet" in sentence
    assert "lrs migrate" in sentence


def test_an_unknown_role_is_named(complaint):
    assert "CREATE ROLE nobody_at_all" in complaint("migrate", "--grant-to", "nobody_at_all")


def test_info_tells_versions_place_and_amounts(said, lrs, tenant):
    lrs.post([a_statement(), a_statement()])
    first, second = said("info").split("\n\n")
    assert re.fullmatch(r"\d+\.\d+.*", facts(first)["PostgreSQL"])
    assert facts(first)["migrations pending"] == "none"
    (row,) = [each for each in rows(second) if each["tenant"] == tenant]
    assert (row["position"], row["statements"]) == ("3", "2")  # the key was the first event
    assert row["on disk"].endswith("kB")


def test_a_password_is_not_shown(database_url):
    url = make_conninfo(database_url, password="do-not-tell")
    assert "do-not-tell" not in terminal.said("info", "--database-url", url)


COMMANDS = [
    ["info"],
    ["export"],
    ["keys", "list"],
    ["tenants", "list"],
    ["import", "-"],
    ["migrate"],
    ["serve"],
]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_database_that_cannot_be_reached_is_a_sentence(words):
    url = "postgresql://nobody:secret@127.0.0.1:1/nothing"
    sentence = terminal.complaint(*words, "--database-url", url)
    assert "Connection refused" in sentence
    assert "--database-url" in sentence
    assert "secret" not in sentence


def test_nonsense_in_place_of_a_url_is_a_sentence():
    assert "postgresql://user@host" in terminal.complaint("info", "--database-url", "nonsense")


def test_reading_makes_no_store_where_none_is(data_dir):
    for words in (["info"], ["export"], ["keys", "list"], ["tenants", "list"]):
        assert "There is no store in" in terminal.complaint(*words, "--data-dir", data_dir)
    assert not data_dir.exists()


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"port": "99999"}, "LRS_PORT"),
        ({"max_batch": "many"}, "LRS_MAX_BATCH"),
        ({"max_limit": "0"}, "LRS_MAX_LIMIT"),
    ],
)
def test_a_wrong_setting_is_named(settings, expected):
    assert expected in terminal.complaint("info", **settings)


def test_a_folder_and_a_database_are_one_too_many(complaint, data_dir):
    assert "either" in complaint("info", "--data-dir", data_dir)


def _leaves(command, words=()):
    subcommands = getattr(command, "commands", None)
    if not subcommands:
        yield [*words]
        return
    for name, sub in subcommands.items():
        yield from _leaves(sub, (*words, name))


@pytest.mark.parametrize("words", list(_leaves(get_command(app))), ids=" ".join)
def test_help_teaches_every_command(words):
    text = terminal.said(*words, "--help")
    assert "Usage: lrs" in text
    assert "Traceback" not in text


def test_the_version_is_told():
    assert terminal.said("--version").startswith("lrs ")
