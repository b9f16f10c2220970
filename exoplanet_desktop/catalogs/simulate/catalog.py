"""Simulated catalogs for demonstrations and load tests: like the archive's, but with stars that do not exist.

The stars, planets and false positives are drawn from published distributions, the columns follow from them by the
formulas in physics.py, and the dispositions depend on them only partly, as in real vetting. Names begin with
`SIM`, identifiers are above those of the real catalogs, and the header block says what the file is.
"""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from exoplanet_desktop.catalogs.base.database import literal
from exoplanet_desktop.catalogs.base.progress import Report, ShouldStop, check, never, silent
from exoplanet_desktop.catalogs.facts.dictionary import dictionary
from exoplanet_desktop.catalogs.facts.satellites import satellite_info
from exoplanet_desktop.errors import InputError
from exoplanet_desktop.files.whole import whole
from exoplanet_desktop.wire.vocabulary import Satellite

if TYPE_CHECKING:
    import numpy as np

    from exoplanet_desktop.catalogs.simulate.cells import Cells
    from exoplanet_desktop.catalogs.simulate.systems import Signals, Survey

    Draw = Callable[[np.random.Generator, Signals], Cells]

_BLOCK = 20_000  # rows drawn at a time, whatever the number of rows requested: only the seed determines them


def simulate(
    satellite: Satellite | str,
    rows: int,
    seed: int,
    out: Path,
    *,
    report: Report | None = None,
    should_stop: ShouldStop | None = None,
) -> None:
    """Writes a simulated catalog of any length, in constant memory; `out` appears whole or not at all.

    The same seed gives the same rows; a longer catalog begins with those of a shorter one.

    Args:
        satellite: whose columns the catalog has.
        rows: how many rows, at least 1.
        seed: 0 or more.
        out: the CSV file.

    Raises InputError for an invalid number, UnavailableError if the file cannot be written, and Cancelled.
    """
    satellite = satellite_info(satellite).satellite
    if rows < 1 or seed < 0:
        raise InputError("A simulated catalog needs at least one row, and a seed of 0 or more.")
    report, should_stop = report or silent, should_stop or never
    columns = tuple(dictionary(satellite))
    with (
        whole(out) as part,
        tempfile.TemporaryDirectory(prefix="exoplanet-desktop-simulate-") as folder,
        _Writer(part, columns, Path(folder)) as writer,
    ):
        writer.begin(_header(satellite, rows, seed))
        for number, start in enumerate(range(0, rows, _BLOCK)):
            check(should_stop)
            report(start / rows, "simulating")
            writer.append(_block(satellite, seed, number), min(_BLOCK, rows - start))
    report(1.0, "simulated")


def _header(satellite: Satellite, rows: int, seed: int) -> str:
    lines = [
        f"SIMULATED {satellite} catalog, made by Exoplanet Desktop. These objects do not exist.",
        f"For demonstrations and tests only: {rows} rows, seed {seed}.",
        "",
    ]
    for name, info in dictionary(satellite).items():
        unit = f" [{info.unit}]" if info.unit else ""
        lines.append(f"COLUMN {name + ':':<15} {info.label}{unit}")
    return "".join(f"# {line}".rstrip() + "\n" for line in [*lines, ""]) + ",".join(dictionary(satellite)) + "\n"


def _block(satellite: Satellite, seed: int, number: int) -> "Cells":
    """Cells of at least as many rows as a block has; they depend only on seed and number."""
    import numpy as np

    from exoplanet_desktop.catalogs.simulate.systems import draw_signals, joined

    survey, draw = _table(satellite)
    rng = np.random.default_rng((seed, number, list(Satellite).index(satellite)))
    drawn: list[Signals] = []
    while sum(map(len, drawn)) < _BLOCK:
        drawn.append(draw_signals(rng, survey, _BLOCK))
    signals = joined(drawn).take(slice(_BLOCK))
    # A block has at most as many stars as rows, so that no two blocks share one.
    return draw(rng, signals.moved(number * _BLOCK))


def _table(satellite: Satellite) -> "tuple[Survey, Draw]":
    from exoplanet_desktop.catalogs.simulate import k2 as simulate_k2
    from exoplanet_desktop.catalogs.simulate import koi as simulate_koi
    from exoplanet_desktop.catalogs.simulate import toi as simulate_toi

    return {
        Satellite.KOI: (simulate_koi.SURVEY, simulate_koi.koi_cells),
        Satellite.K2: (simulate_k2.SURVEY, simulate_k2.k2_cells),
        Satellite.TOI: (simulate_toi.SURVEY, simulate_toi.toi_cells),
    }[satellite]


class _Writer:
    """Appends cells to a CSV file. DuckDB converts numbers to text ten times as fast as Python."""

    def __init__(self, path: Path, columns: tuple[str, ...], folder: Path) -> None:
        self._path = path
        self._columns = columns
        self._piece = folder / "piece.csv"

    def __enter__(self) -> "_Writer":
        import duckdb

        self._connection = duckdb.connect(config={"threads": 2})
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def begin(self, text: str) -> None:
        self._path.write_text(text, encoding="utf-8", newline="\n")

    def append(self, cells: "Cells", rows: int) -> None:
        import pandas as pd

        frame = pd.DataFrame({name: cells[name][:rows] for name in self._columns})
        self._connection.register("frame", frame)
        self._connection.execute(f"COPY frame TO {literal(str(self._piece))} (FORMAT csv, HEADER false)")
        self._connection.unregister("frame")
        with self._piece.open("rb") as source, self._path.open("ab") as target:
            shutil.copyfileobj(source, target, 1 << 20)
