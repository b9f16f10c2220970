"""What is dropped on the window: catalogs, exported runs, or what nobody can open."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QMimeData

from exoplanet_desktop.catalogs.files import VO_ENDINGS
from exoplanet_desktop.errors import InputError
from exoplanet_desktop.gui.text import tr

CATALOGS = (".csv", ".csv.gz", *VO_ENDINGS)


@dataclass(frozen=True)
class Dropped:
    """Files by what they are for, each by its name's ending."""

    catalogs: tuple[Path, ...] = ()
    runs: tuple[Path, ...] = ()
    others: tuple[Path, ...] = ()

    def refusal(self) -> InputError | None:
        """Why some of it cannot be opened, in words."""
        if not self.others:
            return None
        names = ", ".join(path.name for path in self.others)
        return InputError(
            tr(
                "{names}: only catalogs (.csv, .csv.gz, VOTable, FITS) and exported runs (.zip) can be opened.",
                names=names,
            )
        )


def sorted_out(paths: Sequence[Path]) -> Dropped:
    """What is to be done with files.

    >>> sorted_out([Path("a.CSV"), Path("b.csv.gz"), Path("run.zip"), Path("c.pdf")]).others[0].name
    'c.pdf'
    """
    catalogs = tuple(path for path in paths if path.name.lower().endswith(CATALOGS))
    runs = tuple(path for path in paths if path.name.lower().endswith(".zip"))
    return Dropped(catalogs, runs, tuple(path for path in paths if path not in {*catalogs, *runs}))


def local_files(data: QMimeData) -> list[Path]:
    """The files of this machine in what is dragged or pasted."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
