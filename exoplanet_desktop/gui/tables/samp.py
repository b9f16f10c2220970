"""Sends the displayed rows to the other programs on this desktop by SAMP, as a VOTable (the extra `vo`)."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

from exoplanet_desktop.catalogs.tables.export import export
from exoplanet_desktop.catalogs.tables.view import View
from exoplanet_desktop.errors import UnavailableError
from exoplanet_desktop.gui.base.text import tr

LOAD = "table.load.votable"
# The archive's words for units that the format knows; other units stay in the description.
UNITS = {"days": "d", "hrs": "h", "decimal degrees": "deg", "Solar radii": "solRad", "Solar mass": "solMass"}


def send(view: "View", columns: Sequence[str], name: str) -> int:
    """Send rows to every program that loads tables; returns how many there are. For a worker.

    The file that they read is one of the table's temporary files, and is removed with them.

    Args:
        view: the rows.
        columns: which, in their order.
        name: the table's name there.

    Raises UnavailableError if no program accepts it, or the extra is not installed.
    """
    try:
        from pyvo import samp
    except ImportError:
        raise UnavailableError(
            tr("Sending tables to other programs needs pyvo. Install it: pip install exoplanet-desktop[vo].")
        ) from None
    samp.conf.use_internet = False  # the programs are on this machine
    client = samp.SAMPIntegratedClient(name="Exoplanet Desktop", callable=False)
    try:
        client.connect()
    except (samp.SAMPHubError, OSError):
        raise _nobody() from None
    try:
        takers = client.get_subscribed_clients(LOAD)
        if not takers:
            raise _nobody()
        path = _votable(view, columns)
        message = {"table-id": path.stem, "name": name, "url": path.as_uri()}
        for taker in takers:
            client.notify(taker, {"samp.mtype": LOAD, "samp.params": message})
        return len(takers)
    finally:
        client.disconnect()


def _nobody() -> UnavailableError:
    return UnavailableError(
        tr("No program that accepts tables over SAMP was found. Start one, such as TOPCAT or Aladin, and send again.")
    )


def _votable(view: "View", columns: Sequence[str]) -> Path:
    import pandas as pd
    from astropy.table import Table

    labels, units = view.table.layout.labels, view.table.layout.units
    path = view.table.exports / f"{uuid4().hex}.vot"
    rows = path.with_suffix(".csv")
    try:
        export(view, rows, columns=columns)
        table = Table.from_pandas(pd.read_csv(rows, low_memory=False))
    finally:
        rows.unlink(missing_ok=True)
    for column in table.colnames:
        unit = units.get(column, "")
        table[column].description = " ".join(filter(None, (labels.get(column), unit and f"[{unit}]"))) or None
        table[column].unit = _unit(unit)
    table.write(path, format="votable", tabledata_format="binary2")
    return path


def _unit(words: str) -> Any:
    """The unit for the archive's name; None if the format cannot write it, such as parts per million."""
    from astropy.units import Unit

    if not words:
        return None
    try:
        unit = Unit(UNITS.get(words, words), format="cds")
        unit.to_string("vounit")
    except ValueError:
        return None
    return unit
