"""Finds the duplicate rows of several files from a few numbers per row."""

# ruff: noqa: S608 - the names are the program's own, and the SQL of columns comes from united

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from exoplanet_desktop.catalogs.facts.satellites import SATELLITES
from exoplanet_desktop.errors import InputError
from exoplanet_desktop.wire.prediction_columns import LABEL_SOURCE
from exoplanet_desktop.wire.vocabulary import Duplicates

if TYPE_CHECKING:
    from exoplanet_desktop.catalogs.merging.united import Source

_PROBES = 8  # columns

Execute = Callable[[str], object]


def identifier_column(sources: "Sequence[Source]", chosen: str | None) -> str:
    """The lower-case name of the column that identifies the object of a row.

    Raises InputError if the files' satellites do not determine it, or a file lacks it.
    """

    satellites = {source.satellite for source in sources}
    if chosen is None and len(satellites) == 1 and (satellite := satellites.pop()):
        chosen = SATELLITES[satellite].name
    if chosen is None:
        raise InputError("The files are not of one satellite, so objects cannot be identified. Choose a column.")
    for source in sources:
        if chosen.lower() not in source.kept:
            raise InputError(f"{source.name} has no column `{chosen}` to identify objects. Choose another rule.")
    return chosen.lower()


def known_identifier(sources: "Sequence[Source]") -> str:
    """The column (lower case) that names the object in all files; "" if none is known."""
    try:
        return identifier_column(sources, None)
    except InputError:
        return ""


def probe_columns(sources: "Sequence[Source]", columns: Sequence[str]) -> list[str]:
    """A few columns, shared by all files, that distinguish most rows.

    Identifiers are left out if other columns suffice: their many spellings take time to normalise.
    """
    from exoplanet_desktop.catalogs.merging.alike import identity_key
    from exoplanet_desktop.catalogs.merging.united import compared

    labels = {(source.label or "").lower() for source in sources}
    common = [
        column
        for column in columns
        if column != LABEL_SOURCE
        and column.lower() not in labels
        and all(column.lower() in source.kept for source in sources)
    ]
    common = common or compared(columns)
    others = [column for column in common if identity_key(column, "cell") is None]
    common = others if len(others) >= _PROBES else common
    step = max(1, (len(common) - 2) // (_PROBES - 2))
    return list(dict.fromkeys([*common[:2], *common[2::step]]))[:_PROBES]


def exact_keys(source: "Source", columns: Sequence[str], probes: Sequence[str]) -> str:
    """SQL for the values that rows are compared by: a few cells as values, and the texts of all.

    Two different rows with the same probe cells share both numbers with a probability of 2^-64.
    """
    return f"{source.value_hash(probes)} AS probe, {source.text_hash(columns)} AS text"


def identifier_keys(source: "Source", common: Sequence[str], identifier: str, rule: Duplicates) -> str:
    """SQL for the object of a row and its number of filled cells; `common`: the columns that all files have.

    Only common columns count, so that a file with more columns does not look more complete.
    """
    complete = source.completeness(common) if rule is Duplicates.BY_IDENTIFIER_MOST_COMPLETE else "0"
    return f"{source.identity(identifier)} AS identifier, {complete} AS complete"


def object_keys(source: "Source", identifier: str) -> str:
    """SQL for whether an object has a different disposition in another file."""
    key, said = source.identity(identifier), source.disposition()
    # The hash of NULL is a number as well.
    return f"CASE WHEN {key} <> '' THEN hash({key}) END AS object, CASE WHEN {said} <> '' THEN hash({said}) END AS said"


def find_same_texts(execute: Execute) -> None:
    """From `keys` (place, probe, text), fills `dropped` (place) with the repetitions of a text.

    `unsure` (place) gets the first rows of texts that differ although the probed values are equal: such texts may be
    equivalent, and only their digests can tell.
    """
    execute("CREATE TABLE candidates AS SELECT probe FROM keys GROUP BY probe HAVING count(*) > 1")
    execute(
        """CREATE TABLE texts AS SELECT probe, text, min(place) AS place, count(*) AS rows
            FROM keys SEMI JOIN candidates USING (probe) GROUP BY probe, text"""
    )
    execute(
        """CREATE TABLE dropped AS SELECT keys.place FROM keys JOIN texts
            ON keys.probe = texts.probe AND keys.text = texts.text WHERE texts.rows > 1 AND keys.place > texts.place"""
    )
    execute(
        """CREATE TABLE unsure AS SELECT place FROM texts SEMI JOIN
            (SELECT probe FROM texts GROUP BY probe HAVING count(*) > 1) AS several USING (probe)"""
    )


def drop_same_digests(execute: Execute) -> None:
    """Adds to `dropped` the rows of `digests` (place, digest) with the digest of an earlier row."""
    execute(
        """INSERT INTO dropped SELECT place FROM digests
            QUALIFY row_number() OVER (PARTITION BY digest ORDER BY place) > 1"""
    )


def find_same_identifiers(execute: Execute, rule: Duplicates) -> None:
    """From `keys` (place, identifier, complete), fills `dropped` (place) with all but one row of each identifier."""
    order = {
        Duplicates.BY_IDENTIFIER_FIRST: "place",
        Duplicates.BY_IDENTIFIER_LAST: "place DESC",
        Duplicates.BY_IDENTIFIER_MOST_COMPLETE: "complete DESC, place",
    }[rule]
    execute(
        """CREATE TABLE candidates AS SELECT identifier FROM keys WHERE identifier <> ''
            GROUP BY identifier HAVING count(*) > 1"""
    )
    execute(
        f"""CREATE TABLE dropped AS SELECT place FROM keys SEMI JOIN candidates USING (identifier)
            QUALIFY row_number() OVER (PARTITION BY identifier ORDER BY {order}) > 1"""
    )
