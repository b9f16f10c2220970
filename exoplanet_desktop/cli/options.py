"""Options that several commands share, and their values as the program knows them."""

import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import click

from exoplanet_desktop.catalogs.duplicates import Duplicates
from exoplanet_desktop.catalogs.files import is_vo
from exoplanet_desktop.cli.paths import existing
from exoplanet_desktop.errors import InputError
from exoplanet_desktop.wire.vocabulary import Balance, Features, Model, Satellite

F = TypeVar("F", bound=Callable[..., Any])
W = TypeVar("W", bound=StrEnum)

PATH = click.Path(path_type=Path)


class CatalogPath(click.Path):
    """A catalog's path; of a VOTable or FITS file, that of the CSV made of it, which goes when the command ends."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        if ctx is None or not is_vo(path) or not path.is_file():
            return path
        from exoplanet_desktop.catalogs.vo import convert

        folder = tempfile.mkdtemp(prefix="exoplanet-desktop-")
        ctx.call_on_close(partial(shutil.rmtree, folder, ignore_errors=True))
        done = convert(path, Path(folder))
        for note in done.notes:
            click.echo(f"{path.name}: {note}", err=True)
        return done.csv


class OutputPath(click.Path):
    """Where a result goes; `-` is standard output."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value != "-":
            return super().convert(value, param, ctx)
        if os.name != "posix":
            raise InputError("-o - is not known on this system. Name a file for the result.")
        return Path("/dev/stdout")


CATALOG = CatalogPath(path_type=Path)
OUTPUT = OutputPath(path_type=Path)
RULES = tuple(map(str, Duplicates))


@dataclass(frozen=True)
class Place:
    """Where a command's work is done: by an engine of its own on `data_dir`, or by the backend at an address."""

    data_dir: Path | None
    backend: str | None
    token_file: Path | None


def data_dir_option(command: F) -> F:
    return click.option("--data-dir", type=PATH, metavar="DIR", help="Folder of the engine's data.")(command)


def place_options(command: F) -> F:
    """--data-dir, --backend and --token-file."""
    for option in (
        click.option("--token-file", type=PATH, metavar="FILE", help="File with the token for --backend."),
        click.option("--backend", metavar="URL", help="Address of a backend to use in place of an own engine."),
    ):
        command = option(command)
    return data_dir_option(command)


def json_option(command: F) -> F:
    return click.option("--json", "as_json", is_flag=True, help="Print the last reply as JSON on stdout.")(command)


def satellite_option(command: F) -> F:
    return click.option(
        "--satellite", metavar="|".join(Satellite), help="The catalog's mission; else told from its columns."
    )(command)


def model_option(command: F) -> F:
    known = "|".join(Model)
    return click.option(
        "--model", default=str(Model.XGB.value), show_default=True, metavar=known, help="Kind of model."
    )(command)


def features_option(command: F) -> F:
    return click.option(
        "--features", metavar="|".join(Features), help="With or without columns that hold the verdict [vetted]."
    )(command)


def model_of(text: str) -> Model:
    return _word(Model, text.lower(), "model")


def features_of(text: str | None) -> Features | None:
    return None if text is None else _word(Features, text.lower(), "feature set")


def balance_of(text: str | None) -> Balance | None:
    return None if text is None else _word(Balance, text.lower(), "class balance")


def rule_of(text: str | None, *, no_dedupe: bool) -> Duplicates:
    """The rule for duplicates. Raises InputError where two options say different things of it."""
    if text is None:
        return Duplicates.NONE if no_dedupe else Duplicates.EXACT
    rule = _word(Duplicates, text.lower(), "rule for duplicates")
    if no_dedupe and rule is not Duplicates.NONE:
        raise InputError(f"--no-dedupe and --rule {rule} exclude each other. Give one of them.")
    return rule


def satellite_of(text: str | None, csv: Path) -> Satellite:
    """The satellite that was named, or the one whose columns a catalog has."""
    from exoplanet_desktop.catalogs.reading import sniff
    from exoplanet_desktop.catalogs.satellites import recognise, satellite_info

    if text is not None:
        return satellite_info(text).satellite
    existing(csv)
    found = recognise(sniff(csv).columns)
    if found is None:
        raise InputError(f"The columns of {csv.name} are those of no known catalog. Name one with --satellite.")
    return found


def _word(kind: type[W], text: str, noun: str) -> W:
    try:
        return kind(text.strip())
    except ValueError:
        raise InputError(f"There is no {noun} “{text}”. Choose one of {', '.join(kind)}.") from None
