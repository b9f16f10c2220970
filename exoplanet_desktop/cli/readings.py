"""Options that say how a catalog is to be read, where the program does not find that out by itself."""

import codecs
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from exoplanet_desktop.errors import InputError
from exoplanet_desktop.wire.vocabulary import READING_BYTES

if TYPE_CHECKING:
    from exoplanet_desktop.catalogs.reading import Choice

HINT = "Options such as --delimiter and --skip-lines say how to read it; --help lists them."

_WORDS = {"comma": ",", "semicolon": ";", "tab": "\t", "\\t": "\t", "pipe": "|", "point": "."}


@dataclass(frozen=True)
class Said:
    """What a command line says of how files are to be read.

    Attributes:
        choice: of all files; None for nothing.
        each: by --reading: nothing, one for all files, or one a file.
    """

    choice: "Choice | None" = None
    each: "tuple[Choice, ...]" = ()

    def of(self, files: Sequence[Path]) -> "tuple[Choice | None, ...]":
        """How each of the files is to be read. Raises InputError where --reading was given another number of times."""
        if len(self.each) > 1 and len(self.each) != len(files):
            raise InputError(
                f"--reading was given {len(self.each)} times for {len(files)} files. Give it once, or once a file."
            )
        each: Sequence[Choice | None] = self.each if len(self.each) > 1 else [*self.each, None][:1] * len(files)
        return tuple(_together(choice, self.choice) for choice in each)


def reading_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """--delimiter, --encoding, --decimal, --skip-lines, --text-columns and --reading; a command gets them as `said`."""

    @wraps(command)
    def told(*args: Any, reading: tuple[str, ...], **options: Any) -> Any:
        given = {name: options.pop(name) for name in _NAMES}
        said = Said(choice_of(**given), tuple(_choice_in(text) for text in reading))
        return command(*args, said=said, **options)

    for option in reversed(_OPTIONS):
        told = option(told)
    return told


_OPTIONS = (
    click.option("--delimiter", metavar="SIGN", help="Sign between cells: comma, semicolon, tab or pipe."),
    click.option("--encoding", metavar="NAME", help="Encoding of the text, such as utf-8, utf-16 or latin-1."),
    click.option("--decimal", metavar="SIGN", help="Decimal sign: point or comma."),
    click.option("--skip-lines", type=int, metavar="N", help="Lines before the line with the column names."),
    click.option("--text-columns", metavar="A,B", help="Columns that hold texts though they look like numbers."),
    click.option(
        "--reading",
        multiple=True,
        metavar="FILE.json",
        help="How to read the files, as JSON: a file or the text itself; once for all files, or once a file.",
    ),
)
_NAMES = ("delimiter", "encoding", "decimal", "skip_lines", "text_columns")


def choice_of(
    delimiter: str | None = None,
    encoding: str | None = None,
    decimal: str | None = None,
    skip_lines: int | None = None,
    text_columns: str | None = None,
) -> "Choice | None":
    """What the options say; None where none was given. Raises InputError for words that they do not know."""
    if (delimiter, encoding, decimal, skip_lines, text_columns) == (None,) * 5:
        return None
    from exoplanet_desktop.catalogs.reading import DECIMALS, Choice
    from exoplanet_desktop.catalogs.sniffing import DELIMITERS

    if skip_lines is not None and skip_lines < 0:
        raise InputError(f"--skip-lines {skip_lines} is no number of lines. Give 0 or more.")
    return Choice(
        delimiter=_sign(delimiter, "--delimiter", DELIMITERS),
        encoding=_encoding(encoding),
        decimal=_sign(decimal, "--decimal", DECIMALS),
        skip=skip_lines,
        texts=tuple(name.strip() for name in (text_columns or "").split(",") if name.strip()),
    )


def options_for(choice: "Choice") -> list[str]:
    """The words of a command line that say the same; see `choice_of`."""
    words = {sign: word for word, sign in _WORDS.items() if word != "\\t"}
    given = {
        "--delimiter": choice.delimiter and words.get(choice.delimiter, choice.delimiter),
        "--encoding": choice.encoding,
        "--decimal": choice.decimal and words.get(choice.decimal, choice.decimal),
        "--skip-lines": None if choice.skip is None else str(choice.skip),
        "--text-columns": ",".join(choice.texts) or None,
    }
    return [word for name, value in given.items() if value for word in (name, value)]


def _sign(text: str | None, option: str, known: Sequence[str]) -> str | None:
    if text is None:
        return None
    sign = _WORDS.get(text.strip().lower(), text)
    if sign in known:
        return sign
    words = ", ".join(word for word, meant in _WORDS.items() if meant in known and word != "\\t")
    raise InputError(f"{option} “{text}” is none of {words}. Choose one of them.")


def _encoding(text: str | None) -> str | None:
    from exoplanet_desktop.catalogs.reading import ENCODINGS

    if text is None:
        return None
    try:
        name = codecs.lookup(text.strip()).name
    except LookupError:
        name = ""
    if found := next((known for known in ENCODINGS if codecs.lookup(known).name == name), None):
        return found
    raise InputError(f"--encoding “{text}” is none of {', '.join(ENCODINGS)}. Choose one of them.")


def _choice_in(text: str) -> "Choice":
    """A choice out of a file, or of the text itself."""
    from exoplanet_desktop.catalogs.reading import Choice

    if text.lstrip().startswith("{"):
        return Choice.from_json(text)
    path = Path(text)
    try:
        with path.open("rb") as file:
            content = file.read(READING_BYTES + 1)
        if len(content) > READING_BYTES:
            raise InputError(f"{path} has over {READING_BYTES:,} bytes, too many for reading options. Choose another.")
        return Choice.from_json(content.decode("utf-8-sig"))
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror or error}. Check the name after --reading."
        ) from error
    except UnicodeDecodeError:
        raise InputError(f"{path} is not UTF-8 text. Name a JSON file after --reading.") from None


def _together(one: "Choice | None", other: "Choice | None") -> "Choice | None":
    """Both; of what both say, the `other`."""
    if one is None or other is None:
        return one or other
    said = {name: value for name, value in vars(other).items() if value is not None and value not in ((), {})}
    return replace(one, **said)
