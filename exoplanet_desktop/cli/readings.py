"""Reading options for a catalog whose format the program does not detect by itself."""

import codecs
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from exoplanet_desktop.errors import InputError
from exoplanet_desktop.wire.vocabulary import READING_BYTES

if TYPE_CHECKING:
    from exoplanet_desktop.wire.reading_options import ReadingOptions

HINT = "Options such as --delimiter and --skip-lines set how to read it; --help lists them."

_WORDS = {"comma": ",", "semicolon": ";", "tab": "\t", "\\t": "\t", "pipe": "|", "space": " ", "point": "."}


def readings_in(texts: Sequence[str], files: Sequence[Path]) -> "tuple[ReadingOptions, ...]":
    """The value of --reading for each file. Raises InputError if it was given the wrong number of times."""
    from exoplanet_desktop.wire.reading_options import ReadingOptions

    if len(texts) > 1 and len(texts) != len(files):
        raise InputError(
            f"--reading was given {len(texts)} times for {len(files)} files. Give it once, or once per file."
        )
    said = [_choice_in(text) for text in texts] or [ReadingOptions()]
    return tuple(said if len(said) == len(files) else said * len(files))


def form_of(
    delimiter: str | None = None,
    encoding: str | None = None,
    decimal: str | None = None,
    skip_lines: int | None = None,
    text_columns: str | None = None,
) -> "ReadingOptions":
    """The reading options as one object. Raises InputError for unknown words."""
    from exoplanet_desktop.wire.reading_options import DECIMALS, DELIMITERS, ReadingOptions

    if skip_lines is not None and skip_lines < 0:
        raise InputError(f"--skip-lines {skip_lines} is not a number of lines. Give 0 or more.")
    return ReadingOptions(
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
    from exoplanet_desktop.wire.reading_options import ENCODINGS

    if text is None:
        return None
    try:
        name = codecs.lookup(text.strip()).name
    except LookupError:
        name = ""
    if found := next((known for known in ENCODINGS if codecs.lookup(known).name == name), None):
        return found
    raise InputError(f"--encoding “{text}” is not one of {', '.join(ENCODINGS)}. Choose one of these.")


def _choice_in(text: str) -> "ReadingOptions":
    """Reading options from a file, or from the text itself."""
    from exoplanet_desktop.wire.reading_options import ReadingOptions

    if text.lstrip().startswith("{"):
        return ReadingOptions.from_json(text)
    path = Path(text)
    try:
        with path.open("rb") as file:
            content = file.read(READING_BYTES + 1)
        if len(content) > READING_BYTES:
            raise InputError(
                f"{path} has over {READING_BYTES:,} bytes, too many for reading options. Choose another file."
            )
        return ReadingOptions.from_json(content.decode("utf-8-sig"))
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror or error}. Check the name after --reading."
        ) from error
    except UnicodeDecodeError:
        raise InputError(f"{path} is not UTF-8 text. Name a JSON file after --reading.") from None


def together(one: "ReadingOptions", other: "ReadingOptions") -> "ReadingOptions":
    """Both combined; `other` takes precedence."""
    said = {name: value for name, value in vars(other).items() if value is not None and value not in ((), {})}
    return replace(one, **said)
