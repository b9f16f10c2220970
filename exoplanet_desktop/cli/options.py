"""Options shared by several commands, and their values as the program's types."""

import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from functools import partial, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from exoplanet_desktop.cli.paths import existing
from exoplanet_desktop.errors import InputError
from exoplanet_desktop.files.whole import holds_vo, is_vo
from exoplanet_desktop.wire.vocabulary import Balance, Duplicates, Features, KnownRows, Model, Satellite

if TYPE_CHECKING:
    from exoplanet_desktop.wire.reading_options import ReadingOptions

F = TypeVar("F", bound=Callable[..., Any])
W = TypeVar("W", bound=StrEnum)

PATH = click.Path(path_type=Path)


class CatalogPath(click.Path):
    """The path of a catalog; for a VOTable or FITS file, of a CSV made from it, deleted when the command ends."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        if ctx is None or not _is_vo_file(path):
            return path
        from exoplanet_desktop.catalogs.reading.vo import convert

        folder = tempfile.mkdtemp(prefix="exoplanet-desktop-")
        ctx.call_on_close(partial(shutil.rmtree, folder, ignore_errors=True))
        done = convert(path, Path(folder))
        for note in done.notes:
            click.echo(f"{path.name}: {note}", err=True)
        return done.csv


def _is_vo_file(path: Path) -> bool:
    try:
        return path.is_file() and (is_vo(path) or holds_vo(path))
    except OSError:
        return False  # opening it reports the problem


class OutputPath(click.Path):
    """The target of a result; `-` is standard output."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value != "-":
            return super().convert(value, param, ctx)
        if os.name != "posix":
            raise InputError("-o - is not supported on this system. Name a file for the result.")
        return Path("/dev/stdout")


CATALOG = CatalogPath(path_type=Path)
OUTPUT = OutputPath(path_type=Path)
RULES = tuple(map(str, Duplicates))


@dataclass(frozen=True)
class Place:
    """Where a command works: in an engine of its own on `data_dir`, or at a backend's address."""

    data_dir: Path | None
    backend: str | None
    token_file: Path | None


def data_dir_option(command: F) -> F:
    return click.option("--data-dir", type=PATH, metavar="DIR", help="Folder of the engine's data.")(command)


def place_options(command: F) -> F:
    """--data-dir, --backend and --token-file."""
    for option in (
        click.option("--token-file", type=PATH, metavar="FILE", help="File with the token for --backend."),
        click.option(
            "--backend", metavar="URL", help=("Address of a backend to use instead of an engine on this machine.")
        ),
    ):
        command = option(command)
    return data_dir_option(command)


def json_option(command: F) -> F:
    return click.option("--json", "as_json", is_flag=True, help="Print the last reply as JSON on stdout.")(command)


def satellite_option(command: F) -> F:
    return click.option(
        "--satellite", metavar="|".join(Satellite), help="The catalog's mission; by default recognised by its columns."
    )(command)


def model_option(command: F) -> F:
    known = "|".join(Model)
    return click.option(
        "--model", default=str(Model.XGB.value), show_default=True, metavar=known, help="Kind of model."
    )(command)


def features_option(command: F) -> F:
    return click.option(
        "--features", metavar="|".join(Features), help="With or without the columns of the human verdict [vetted]."
    )(command)


def model_of(text: str) -> Model:
    return _word(Model, text.lower(), "model")


def features_of(text: str | None) -> Features | None:
    return None if text is None else _word(Features, text.lower(), "feature set")


def balance_of(text: str | None) -> Balance | None:
    return None if text is None else _word(Balance, text.lower(), "class balance")


def known_rows_of(text: str | None) -> KnownRows | None:
    return None if text is None else _word(KnownRows, text.lower(), "way to treat known rows")


def names_of(text: str | None) -> tuple[str, ...]:
    """The names in a comma-separated text."""
    return tuple(dict.fromkeys(name.strip() for name in (text or "").split(",") if name.strip()))


def rule_of(text: str | None, *, no_dedupe: bool) -> Duplicates:
    """The rule for duplicates. Raises InputError if two options contradict each other."""
    if text is None:
        return Duplicates.NONE if no_dedupe else Duplicates.EXACT
    rule = _word(Duplicates, text.lower(), "rule for duplicates")
    if no_dedupe and rule is not Duplicates.NONE:
        raise InputError(f"--no-dedupe and --rule {rule} contradict each other. Use only one of them.")
    return rule


@dataclass(frozen=True)
class ReadingFlags:
    """The reading options given on the command line; see `reading_options`."""

    rename: Path | None = None
    label_column: str | None = None
    labels: str | None = None
    forget_reading: bool = False
    delimiter: str | None = None
    encoding: str | None = None
    decimal: str | None = None
    skip_lines: int | None = None
    text_columns: str | None = None
    reading: tuple[str, ...] = ()


_READING = (
    click.option(
        "--rename", type=PATH, metavar="FILE", help="The archive's names for columns: a CSV with file,program; or JSON."
    ),
    click.option("--label-column", metavar="NAME", help="The column that holds the dispositions."),
    click.option(
        "--labels", metavar="VALUE=CLASS,…", help="The meaning of its values, such as 0=FALSE POSITIVE,1=CONFIRMED."
    ),
    click.option(
        "--forget-reading", is_flag=True, help=("Discard the reading options saved for files with these columns.")
    ),
    click.option("--delimiter", metavar="SIGN", help="Separator between cells: comma, semicolon, tab, pipe or space."),
    click.option("--encoding", metavar="NAME", help="Text encoding, such as utf-8, utf-16 or latin-1."),
    click.option("--decimal", metavar="SIGN", help="Decimal sign: point or comma."),
    click.option("--skip-lines", type=int, metavar="N", help="Number of lines before the column names."),
    click.option("--text-columns", metavar="A,B", help="Columns to read as text although they look like numbers."),
    click.option(
        "--reading",
        multiple=True,
        metavar="FILE.json",
        help="All of these as JSON, in a file or as text; once for all files, or once per file.",
    ),
)


def reading_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the reading options for catalogs; the command receives them as one argument, `said`."""

    @wraps(command)
    def gathered(**values: Any) -> Any:
        said = ReadingFlags(**{field.name: values.pop(field.name) for field in fields(ReadingFlags)})
        return command(said=said, **values)

    for option in reversed(_READING):
        gathered = option(gathered)
    return gathered


def choice_of(said: ReadingFlags, satellite: str | None) -> "ReadingOptions":
    """The reading options for one file. Raises InputError for invalid ones.

    If a satellite is given, the label column is that satellite's, whatever the other columns look like.
    """
    from exoplanet_desktop.catalogs.facts.satellites import satellite_info
    from exoplanet_desktop.catalogs.reading.naming import parse_meanings, read_renames
    from exoplanet_desktop.cli.readings import form_of

    renames = read_renames(said.rename) if said.rename else {}
    labels = parse_meanings(said.labels) if said.labels is not None else {}
    label = said.label_column
    if label is not None and satellite is not None:
        own = satellite_info(satellite).label
        renames, label = {**renames, label: own} if label != own else renames, None
    form = form_of(said.delimiter, said.encoding, said.decimal, said.skip_lines, said.text_columns)
    return replace(form, rename=renames, label=label, labels=labels)


def choices_of(
    said: ReadingFlags, files: Sequence[Path], satellite: str | None, tell: Callable[[str], None]
) -> tuple["ReadingOptions", ...]:
    """For each file: the given options, otherwise those saved for files with its columns, with a note to the user.

    Raises InputError if the options do not fit, UnreadableFile and UnavailableError.
    """
    from exoplanet_desktop.catalogs.reading.choices import forget, recall, remember
    from exoplanet_desktop.catalogs.reading.layout import sniff
    from exoplanet_desktop.cli.readings import readings_in, together
    from exoplanet_desktop.wire.reading_options import ReadingOptions

    existing(*files)
    asked = choice_of(said, satellite)
    found: list[ReadingOptions] = []
    headers: set[str] = set()
    for file, given in zip(files, readings_in(said.reading, files), strict=True):
        choice = together(given, asked)
        header = sniff(file, replace(choice, rename={}, label=None, labels={})).file_columns
        headers.update(header)
        if choice.rename or choice.label or choice.labels:
            fitting = _fitting(choice, header) if len(files) > 1 else choice
            sniff(file, fitting)
            # Separators and encodings belong to one file: another file with these columns may differ.
            remember(header, ReadingOptions(rename=fitting.rename, label=fitting.label, labels=fitting.labels))
            found.append(fitting)
            continue
        if said.forget_reading:
            forget(header)
        kept = recall(header)
        if kept is not None:
            tell(
                f"{file.name} is read with the options saved for files with these columns; --forget-reading discards "
                "them."
            )
        found.append(together(kept or ReadingOptions(), choice))
    if len(files) > 1:
        _check_used(asked, headers)
    return tuple(found)


def _check_used(choice: "ReadingOptions", headers: set[str]) -> None:
    """Raises InputError for a column that none of the files has."""
    wanted = (*choice.rename, *([choice.label] if choice.label else []))
    if lost := [name for name in wanted if name not in headers]:
        raise InputError(f"None of the files has a column `{lost[0]}`. Check its name.")


def _fitting(choice: "ReadingOptions", header: Sequence[str]) -> "ReadingOptions":
    """The part of the options for several files that concerns one file's columns."""
    renames = {name: program for name, program in choice.rename.items() if name in header}
    return replace(choice, rename=renames, label=choice.label if choice.label in header else None)


def satellite_of(text: str | None, csv: Path, choice: "ReadingOptions | None" = None) -> Satellite:
    """The given satellite, or the one that a catalog's columns indicate."""
    from exoplanet_desktop.catalogs.facts.satellites import identify, satellite_info
    from exoplanet_desktop.catalogs.reading.layout import sniff

    if text is not None:
        return satellite_info(text).satellite
    existing(csv)
    found = identify(sniff(csv, choice).columns)
    if found.satellite is None:
        remedy = "" if found.kind else " On the command line, use --satellite."
        raise InputError(f"{csv.name}: {found.sentence}{remedy}")
    return found.satellite


def _word(kind: type[W], text: str, noun: str) -> W:
    try:
        return kind(text.strip())
    except ValueError:
        raise InputError(f"There is no {noun} “{text}”. Choose one of {', '.join(kind)}.") from None
