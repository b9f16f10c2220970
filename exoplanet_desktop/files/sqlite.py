"""What the program's SQLite files have in common: transactions, and a schema with a version."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from exoplanet_desktop.errors import UnavailableError
from exoplanet_desktop.files.migrations import Migrations


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All of the block is kept, or nothing of it. For connections with `isolation_level=None`."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # A full disk makes SQLite take everything back by itself; to ask for it again would hide what was wrong.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def prepare(
    connection: sqlite3.Connection, schema: str, migrations: Migrations[sqlite3.Connection], newer: str
) -> None:
    """Make the tables of a new file, or bring those of an older version up to date.

    Args:
        schema: statements for the newest version, each ended by a semicolon at the end of its line.
        newer: the sentence for a file that a newer version of the program wrote.

    Raises UnavailableError for such a file, and sqlite3.Error.
    """
    # A folder on a network drive may refuse WAL; then SQLite keeps its older journal, which is as safe.
    connection.execute("PRAGMA journal_mode = WAL").fetchone()
    # A job that was accepted, or told to be finished, is so after a power cut, too.
    connection.execute("PRAGMA synchronous = FULL")
    with transaction(connection):
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > migrations.version:
            raise UnavailableError(newer)
        if version == 0:
            for statement in schema.split(";\n"):
                connection.execute(statement)
        else:
            migrations.upgrade(connection, version)
        if version != migrations.version:
            connection.execute(f"PRAGMA user_version = {migrations.version}")
