"""Formats of older versions: how they are brought up to date, and that each step says what it does and is tested."""

import re
import sqlite3
from pathlib import Path

import pytest

from exoplanet_desktop.errors import UnavailableError
from exoplanet_desktop.files.migrations import Migrations
from exoplanet_desktop.files.sqlite import prepare, transaction
from exoplanet_desktop.gui.base import settings
from exoplanet_desktop.record import database as record
from exoplanet_desktop.server import database as engine

ALL = (record.MIGRATIONS, engine.MIGRATIONS, settings.MIGRATIONS)
TESTS = Path(__file__).parents[1]


def to_2(found: list[str]) -> None:
    found.append("2")


def to_3(found: list[str]) -> None:
    found.append("3")


@pytest.mark.parametrize(("version", "taken"), [(1, ["2", "3"]), (2, ["3"]), (3, [])])
def test_the_steps_behind_a_version_are_taken_in_order(version: int, taken: list[str]) -> None:
    found: list[str] = []
    migrations = Migrations("list", (to_2, to_3))
    migrations.upgrade(found, version)
    assert (found, migrations.version) == (taken, 3)


@pytest.mark.parametrize("version", [0, 4, -1, None, "2", 2.0])
def test_a_version_that_nobody_knows_is_refused(version: object) -> None:
    found: list[str] = []
    with pytest.raises(ValueError, match=r"version .* is not known here"):
        Migrations("list", (to_2, to_3)).upgrade(found, version)
    assert not found


@pytest.mark.parametrize("migrations", ALL, ids=lambda migrations: migrations.name)
def test_each_step_has_its_number_a_docstring_and_a_test(migrations: Migrations[object]) -> None:
    assert [step.__name__ for step in migrations.steps] == [f"to_{n}" for n in range(2, migrations.version + 1)]
    assert all(step.__doc__ for step in migrations.steps)
    tests = "\n".join(path.read_text() for path in TESTS.rglob("test_*.py"))
    for step in migrations.steps:
        assert re.search(rf"^ *def test_{migrations.name}_{step.__name__}_\w+\(", tests, re.MULTILINE)


def test_all_formats_with_steps_are_looked_at_here() -> None:
    package = TESTS.parent / "exoplanet_desktop"
    made = [match for path in package.rglob("*.py") for match in re.findall(r'= Migrations\("(\w+)"', path.read_text())]
    assert sorted(made) == sorted(migrations.name for migrations in ALL)


class TestSqlite:
    """Version 1 has a table `a`; version 2 has a column more."""

    SCHEMA = "CREATE TABLE a (one TEXT, two TEXT);\nCREATE TABLE b (one TEXT);\n"

    @pytest.fixture
    def connection(self, tmp_path: Path) -> sqlite3.Connection:
        return sqlite3.connect(tmp_path / "a.sqlite", isolation_level=None)

    def test_a_new_file_gets_the_newest_tables_and_version(self, connection: sqlite3.Connection) -> None:
        prepare(connection, self.SCHEMA, Migrations("a", (self.fails,)), "newer")
        assert connection.execute("PRAGMA user_version").fetchone() == (2,)
        assert connection.execute("SELECT one, two FROM a").fetchall() == []

    def test_a_step_that_fails_leaves_the_file_as_it_was(self, connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TABLE a (one TEXT)")
        connection.execute("PRAGMA user_version = 1")
        with pytest.raises(sqlite3.OperationalError, match="no such table: missing"):
            prepare(connection, self.SCHEMA, Migrations("a", (self.fails,)), "newer")
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)
        with pytest.raises(sqlite3.OperationalError, match="no such column"):
            connection.execute("SELECT two FROM a")

    def test_a_newer_file_is_refused_and_stays(self, connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA user_version = 3")
        with pytest.raises(UnavailableError, match="Update the program"):
            prepare(connection, self.SCHEMA, Migrations("a", (self.fails,)), "Update the program.")
        assert connection.execute("SELECT count(*) FROM sqlite_schema").fetchone() == (0,)

    def test_a_transaction_is_kept_whole_or_not_at_all(self, connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TABLE a (one TEXT)")
        with pytest.raises(RuntimeError), transaction(connection):
            connection.execute("INSERT INTO a VALUES ('lost')")
            raise RuntimeError
        with transaction(connection):
            connection.execute("INSERT INTO a VALUES ('kept')")
        assert connection.execute("SELECT one FROM a").fetchall() == [("kept",)]

    @staticmethod
    def fails(connection: sqlite3.Connection) -> None:
        """Fails behind its first statement."""
        connection.execute("ALTER TABLE a ADD COLUMN two TEXT")
        connection.execute("INSERT INTO missing VALUES (1)")
