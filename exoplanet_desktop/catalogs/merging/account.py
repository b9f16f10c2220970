"""What to report about the cells of merged files: unread cells, lost digits, other units."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from exoplanet_desktop.catalogs.base.progress import ShouldStop, check
from exoplanet_desktop.catalogs.facts.identity import damaged
from exoplanet_desktop.catalogs.facts.satellites import SATELLITES, SatelliteInfo
from exoplanet_desktop.catalogs.merging.united import Source
from exoplanet_desktop.catalogs.tables.account import cell_counts
from exoplanet_desktop.catalogs.tables.suspects import table_suspects
from exoplanet_desktop.catalogs.tables.table import Table

if TYPE_CHECKING:
    from exoplanet_desktop.wire.payloads import CellCount

MOST_BYTES = 30_000_000  # of a file that is read again for this; a longer file only if something is odd
_MOST_TOLD = 6  # sentences on the cells of a file


@dataclass(frozen=True)
class CellsOfFiles:
    """Attributes:
    cells: cells of all files that were not read as written; `sentence` begins with the file's name.
    notes: a sentence on each, and on identifiers and units.
    """

    cells: "tuple[CellCount, ...]"
    notes: tuple[str, ...]


def cells_of_files(sources: Sequence[Source], should_stop: ShouldStop) -> CellsOfFiles:
    """Inspects the cells of each file. Raises UnreadableFile, UnavailableError and Cancelled."""
    cells: list[CellCount] = []
    notes: list[str] = []
    for source in sources:
        check(should_stop)
        path = source.loaded.layout.path
        if path.stat().st_size > MOST_BYTES and not source.odd:
            notes.append(
                f"{source.name} is too long to check cell by cell here: open it to see which cells are not numbers."
            )
            continue
        found, told = _cells_of(source, should_stop)
        cells += found
        notes += told
    return CellsOfFiles(tuple(cells), tuple(notes))


def _cells_of(source: Source, should_stop: ShouldStop) -> "tuple[list[CellCount], list[str]]":

    layout = source.loaded.layout
    with Table.open(layout.path, layout=layout, should_stop=should_stop) as table:
        counts = cell_counts(table.account(should_stop=should_stop), layout.units)
        found = [one.model_copy(update={"sentence": f"{source.name}: {one.sentence}"}) for one in counts]
        notes = [one.sentence for one in found[:_MOST_TOLD]]
        if more := len(found) - _MOST_TOLD:
            notes += [f"{source.name}: cells of {more:,} more columns were not read as written."] if more > 0 else []
        if source.satellite is not None:
            notes += [f"{source.name}: {said}" for said in _of_catalog(table, SATELLITES[source.satellite])]
        return found, notes


def _of_catalog(table: "Table", info: SatelliteInfo) -> Iterator[str]:
    if info.host in table.columns:
        names = table.texts(info.name) if info.name in table.columns else ()
        if harm := damaged(table.texts(info.host), names, info.satellite):
            yield harm.sentence(info.host)
    for suspect in table_suspects(table, info.satellite):
        yield suspect.sentence()
