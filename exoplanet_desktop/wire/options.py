"""Options of a request, each declared once as a dataclass field.

A declaration says what a form, the record of runs, a backend without the option and the command line make of it, so
that nothing else has to list the options again.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import Enum, StrEnum, auto
from typing import Any, Protocol, Self

from exoplanet_desktop.errors import InputError
from exoplanet_desktop.wire.form_fields import FormFields

OPTION = "option"  # of the metadata of a dataclass field


class Speaker(Protocol):
    """A backend, as far as options ask about it."""

    def has(self, extension: str) -> bool:
        """Whether it knows an extension of the contract."""

    def require(self, extension: str, lack: str) -> None:
        """Raises InputError, which ends in `lack`, where it does not know an extension."""


class Told(Enum):
    """Whether the `params` of a job's status tell an option."""

    ALWAYS = auto()
    IF_NOT_DEFAULT = auto()
    NEVER = auto()


@dataclass(frozen=True, kw_only=True)
class Option(ABC):
    """What is known of an option. Nothing said of it is None, or an empty tuple.

    Attributes:
        default: what our own engine does where nothing is said.
        required: it is never unsaid.
        reads: the form fields that our own engine reads it from, where it is not the option's own name.
        sends: the form fields that it is sent as, where it is not the option's own name; () for none.
        extension: the word of `/api/health` without which a backend does not know the option; "" where all do.
        lack: what a backend without it cannot do, and the remedy, to end a sentence. Such a backend is not asked for
            more than `plain`. Without `lack`, it is simply not told.
        plain: what a backend without the extension does anyway; `default` where None.
        told: whether the status of a job tells it.
        command: the command line's option for it, which takes a value.
        switch: or a value and the command line's option that stands for it.
    """

    default: Any = None
    required: bool = False
    reads: tuple[str, ...] = ()
    sends: tuple[str, ...] | None = None
    extension: str = ""
    lack: str = ""
    plain: Any = None
    told: Told = Told.IF_NOT_DEFAULT
    command: str = ""
    switch: tuple[Any, str] | None = None

    @abstractmethod
    def read(self, form: FormFields, names: tuple[str, ...]) -> Any:
        """The value in a form, `default` where it has none. Raises InputError."""

    @abstractmethod
    def revived(self, kept: Any) -> Any:
        """A value out of JSON. Raises ValueError and TypeError for what cannot be one."""

    def text(self, value: Any) -> str:
        """A value as a form field has it."""
        return str(value)

    def kept(self, value: Any) -> Any:
        """A value as JSON has it."""
        return value

    def words(self, value: Any) -> list[str]:
        """A value as the command line says it."""
        if self.switch is not None:
            return [self.switch[1]] if value == self.switch[0] else []
        return [self.command, self.text(value)] if self.command else []


@dataclass(frozen=True, kw_only=True)
class WordOption(Option):
    """A word of a vocabulary; `noun` says in messages which one."""

    kinds: type[StrEnum]
    noun: str

    def read(self, form: FormFields, names: tuple[str, ...]) -> Any:
        if self.default is None and not self.required and not form.text(*names):
            return None
        return form.choice(self.kinds, self.noun, *names, default=self.default)

    def revived(self, kept: Any) -> Any:
        return self.kinds(kept)


@dataclass(frozen=True, kw_only=True)
class FlagOption(Option):
    """Yes or no."""

    def read(self, form: FormFields, names: tuple[str, ...]) -> Any:
        return form.flag(names[0], self.default)

    def revived(self, kept: Any) -> Any:
        if not isinstance(kept, bool):
            raise TypeError("no flag")
        return kept

    def text(self, value: Any) -> str:
        return "true" if value else "false"


@dataclass(frozen=True, kw_only=True)
class CountOption(Option):
    """A whole number from 0 on."""

    def read(self, form: FormFields, names: tuple[str, ...]) -> Any:
        found = form.count(*names)
        return self.default if found is None else found

    def revived(self, kept: Any) -> Any:
        if not isinstance(kept, int) or isinstance(kept, bool):
            raise TypeError("no whole number")
        return kept


@dataclass(frozen=True, kw_only=True)
class TextOption(Option):
    """A text."""

    def read(self, form: FormFields, names: tuple[str, ...]) -> Any:
        return form.text(*names) or self.default

    def revived(self, kept: Any) -> Any:
        return str(kept)


@dataclass(frozen=True, kw_only=True)
class NamesOption(Option):
    """Names of columns."""

    default: Any = ()

    def read(self, form: FormFields, names: tuple[str, ...]) -> Any:
        return form.names(names[0])

    def revived(self, kept: Any) -> Any:
        return tuple(map(str, kept))

    def text(self, value: Any) -> str:
        return json.dumps(list(value))

    def kept(self, value: Any) -> Any:
        return list(value)

    def words(self, value: Any) -> list[str]:
        return [self.command, ",".join(value)] if self.command else []


# Each of these is the `metadata` of a field of a request.


def word(kinds: type[StrEnum], noun: str, **more: Any) -> dict[str, Option]:
    return {OPTION: WordOption(kinds=kinds, noun=noun, **more)}


def flag(default: bool, **more: Any) -> dict[str, Option]:
    return {OPTION: FlagOption(default=default, **more)}


def count(**more: Any) -> dict[str, Option]:
    return {OPTION: CountOption(**more)}


def text(**more: Any) -> dict[str, Option]:
    return {OPTION: TextOption(**more)}


def names(**more: Any) -> dict[str, Option]:
    return {OPTION: NamesOption(**more)}


@dataclass(frozen=True)
class Options:
    """What requests have in common: all that follows from the declarations of their options."""

    @classmethod
    def declared(cls) -> dict[str, Option]:
        """The options by their names."""
        return {one.name: one.metadata[OPTION] for one in fields(cls) if OPTION in one.metadata}

    def chosen(self) -> dict[str, Any]:
        """The value of each option."""
        return {name: getattr(self, name) for name in self.declared()}

    def completed(self) -> Self:
        """The same with the engine's default for whatever is unsaid."""
        unsaid = {name: one.default for name, one in self.declared().items() if getattr(self, name) is None}
        return replace(self, **unsaid)

    def to_fields(self, backend: Speaker | None = None) -> dict[str, str]:
        """The fields of the form; those that a backend understands, where one is given.

        A backend ignores in silence what it does not know. Raises InputError where that would be another result.
        """
        found: dict[str, str] = {}
        for name, option in self.declared().items():
            value = getattr(self, name)
            if value is None or value == ():
                continue
            if backend is not None and option.extension:
                if not option.lack and not backend.has(option.extension):
                    continue
                if option.lack and value != (option.default if option.plain is None else option.plain):
                    backend.require(option.extension, option.lack)
            found |= dict.fromkeys((name,) if option.sends is None else option.sends, option.text(value))
        return found

    @classmethod
    def from_fields(cls, form: FormFields) -> Self:
        """What a form asks of our own engine, with its default for whatever is unsaid. Raises InputError."""
        return cls(
            **{
                name: option.read(form, option.reads or (name,))
                for name, option in cls.declared().items()
                if option.sends != ()
            }
        )

    def to_json(self) -> dict[str, Any]:
        """What the record of runs keeps, and what a job is told: None where nothing is said."""
        said = {name: (option, getattr(self, name)) for name, option in self.declared().items()}
        return {name: None if value in (None, ()) else option.kept(value) for name, (option, value) in said.items()}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """The request out of such JSON, in which more may stand. Raises InputError: it may come from anywhere."""
        try:
            said = {name: option for name, option in cls.declared().items() if kept.get(name) not in (None, "", [])}
            return cls(**{name: option.revived(kept[name]) for name, option in said.items()})
        except (ValueError, TypeError) as error:
            raise InputError("This run's stored options cannot be read. Delete the run.") from error

    def params(self) -> dict[str, Any]:
        """What the status of a job tells of it."""
        whole = self.completed().chosen()
        return {
            name: option.kept(whole[name])
            for name, option in self.declared().items()
            if option.told is Told.ALWAYS or (option.told is Told.IF_NOT_DEFAULT and whole[name] != option.default)
        }

    def to_words(self) -> list[str]:
        """The options of the command line that ask for the same."""
        said = [(option, getattr(self, name)) for name, option in self.declared().items()]
        return [part for option, value in said if value not in (None, ()) for part in option.words(value)]
