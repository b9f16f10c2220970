"""The fields of a form as the engine reads them: coerced, bounded, none of them trusted."""

import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from exoplanet_desktop.errors import InputError, shown
from exoplanet_desktop.wire.reading_options import ReadingOptions
from exoplanet_desktop.wire.vocabulary import READING_BYTES

_MOST_NAMES = 500  # in a list of columns
_TRUE, _FALSE = {"true", "1", "yes", "on"}, {"false", "0", "no", "off"}

E = TypeVar("E", bound=StrEnum)


@dataclass
class FormFields:
    """Texts, whole numbers and flags by the field's name; JSON and forms both end here."""

    fields: dict[str, Any] = field(default_factory=dict)

    def text(self, *names: str) -> str | None:
        """The text of the field, under the first of its names that is there; None where it is missing or empty.

        Raises InputError where two names of it hold different values, or one holds no text.
        """
        found = {self._text(name, self.fields[name]) for name in names if name in self.fields} - {None, ""}
        if len(found) > 1:
            raise InputError(
                f"The fields {' and '.join(names)} mean the same, but have different values. Send only one."
            )
        return found.pop() if found else None

    def path(self, name: str) -> str | None:
        """The path in a field as it is: blanks at its ends may belong to it. Raises InputError for what is no text."""
        value = self.fields.get(name)
        if value in (None, ""):
            return None
        self._text(name, value)
        if not isinstance(value, str):
            raise InputError(f"The field {name} must be a path.")
        return value

    def _text(self, name: str, value: Any) -> str | None:
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int):
            return _number_text(name, value)
        if value is not None and not isinstance(value, str):
            raise InputError(f"The field {name} must be text or a whole number.")
        if value is not None and any(0xD800 <= ord(c) <= 0xDFFF for c in value):
            raise InputError(f"The field {name} contains half a character. Send it as UTF-8.")
        return value.strip() if value else None

    def flag(self, name: str, default: bool) -> bool:
        text = self.text(name)
        if text is None:
            return default
        if text.lower() not in _TRUE | _FALSE:
            raise InputError(f"The field {name} must be true or false, not “{shown(text)}”.")
        return text.lower() in _TRUE

    def count(self, *names: str) -> int | None:
        """A whole number from 0 on."""
        text = self.text(*names)
        if text is None:
            return None
        if not (text.isascii() and text.isdigit() and len(text) <= 15):
            raise InputError(f"The field {names[0]} must be a whole number of 0 or more, not “{shown(text)}”.")
        return int(text)

    def choice(self, kinds: type[E], noun: str, *names: str, default: E | None = None) -> E:
        """One word of a vocabulary, in any case. Raises InputError with the words that there are."""
        allowed = ", ".join(kinds)
        text = self.text(*names)
        if text is None:
            if default is None:
                raise InputError(f"The {noun} is missing. Send `{names[0]}`: one of {allowed}.")
            return default
        for kind in kinds:
            if text.lower() == kind.lower():
                return kind
        raise InputError(f"There is no {noun} “{shown(text)}”. Choose one of {allowed}.")

    def reading(self) -> ReadingOptions | None:
        """What the caller says of how the file is to be read. Raises InputError."""
        text = self._json_text("reading")
        return ReadingOptions.from_json(text) if text is not None else None

    def readings(self, count: int) -> tuple[ReadingOptions | None, ...]:
        """The same of each of `count` files. Raises InputError."""
        text = self._json_text("readings")
        if text is None:
            return (None,) * count
        try:
            said = json.loads(text)
        except (ValueError, RecursionError):
            said = None
        if not isinstance(said, list) or len(said) != count:
            raise InputError(
                f"The field readings must be a JSON list with {count} entries, one per file. Null counts as one."
            )
        return tuple(None if one is None else ReadingOptions.from_json(json.dumps(one)) for one in said)

    def _json_text(self, name: str) -> str | None:
        text = self.text(name)
        if text is not None and len(text.encode()) > READING_BYTES:
            raise InputError(f"The field {name} holds over {READING_BYTES:,} bytes. Rename fewer columns.")
        return text

    def names(self, name: str) -> tuple[str, ...]:
        """A JSON list of names; nothing where there is no such field. Raises InputError."""
        text = self.text(name)
        if text is None:
            return ()
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, list) or len(found) > _MOST_NAMES or not all(isinstance(one, str) for one in found):
            raise InputError(
                f'The field {name} must be a JSON list of at most {_MOST_NAMES} names, such as ["a", "b"].'
            )
        return tuple(dict.fromkeys(found))


def _number_text(name: str, value: int) -> str:
    if abs(value) >= 10**18:
        raise InputError(f"The number in the field {name} is too large.")
    return str(value)
