"""Options that say how a catalog is to be read, where the program does not find that out by itself."""

import codecs
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from exoplanet_desktop.errors import InputError
from exoplanet_desktop.wire.vocabulary import READING_BYTES

if TYPE_CHECKING:
    from exoplanet_desktop.catalogs.reading.layout import Choice

HINT = "Options such as --delimiter and --skip-lines set how to read it; --help lists them."

_WORDS = {"comma": ",", "semicolon": ";", "tab": "\t", "\\t": "\t", "pipe": "|", "space": " ", "point": "."}


def readings_in(texts: Sequence[str], files: Sequence[Path]) -> "tuple[Choice, ...]":
    """What --reading says of each file. Raises InputError where it was given another number of times."""
    from exoplanet_desktop.catalogs.reading.layout import Choice

    if len(texts) > 1 and len(texts) != len(files):
        raise InputError(
            f"--reading was given {len(texts)} times for {len(files)} files. Give it once, or once per file."
        )
    said = [_choice_in(text) for text in texts] or [Choice()]
    return tuple(said if len(said) == len(files) else said * len(files))


def form_of(
    delimiter: str | None = None,
    encoding: str | None = None,
    decimal: str | None = None,
    skip_lines: int | None = None,
    text_columns: str | None = None,
) -> "Choice":
    """What the options say. Raises InputError for words that they do not know."""
    from exoplanet_desktop.catalogs.reading.layout import DECIMALS, Choice
    from exoplanet_desktop.catalogs.reading.sniffing import DELIMITERS

    if skip_lines is not None and skip_lines < 0:
        raise InputError(f"--skip-lines {skip_lines} is not a number of lines. Give 0 or more.")
    return Choice(
        delimiter=_sign(delimiter, "--delimiter", DELIMITERS),
        encoding=_encoding(encoding),
        decimal=_sign(decimal, "--decimal", DECIMALS),
        skip=skip_lines,
        texts=tuple(name.strip() for name in (text_columns or "").split(",") if name.strip()),
    )


def _sign(text: str | None, option: str, known: Sequence[str]) -> str | None:
    if text is None:
        return None
    sign = _WORDS.get(text.strip().lower(), text)
    if sign in known:
        return sign
    words = ", ".join(word for word, meant in _WORDS.items() if meant in known and word != "\\t")
    raise InputError(f"{option} “{text}” is not one of {words}. Choose one of these.")


def _encoding(text: str | None) -> str | None:
    from exoplanet_desktop.catalogs.reading.layout import ENCODINGS

    if text is None:
        return None
    try:
        name = codecs.lookup(text.strip()).name
    except LookupError:
        name = ""
    if found := next((known for known in ENCODINGS if codecs.lookup(known).name == name), None):
        return found
    raise InputError(f"--encoding “{text}” is not one of {', '.join(ENCODINGS)}. Choose one of these.")


def _choice_in(text: str) -> "Choice":
    """A choice out of a file, or of the text itself."""
    from exoplanet_desktop.catalogs.reading.layout import Choice

    if text.lstrip().startswith("{"):
        return Choice.from_json(text)
    path = Path(text)
    try:
        with path.open("rb") as file:
            content = file.read(READING_BYTES + 1)
        if len(content) > READING_BYTES:
            raise InputError(
                f"{path} has over {READING_BYTES:,} bytes, too many for reading options. Choose another file."
            )
        return Choice.from_json(content.decode("utf-8-sig"))
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror or error}. Check the name after --reading."
        ) from error
    except UnicodeDecodeError:
        raise InputError(f"{path} is not UTF-8 text. Name a JSON file after --reading.") from None


def together(one: "Choice", other: "Choice") -> "Choice":
    """Both; of what both say, the `other`."""
    said = {name: value for name, value in vars(other).items() if value is not None and value not in ((), {})}
    return replace(one, **said)
