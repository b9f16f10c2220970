"""The error tree, organised by who can act. Every message is a sentence with cause and remedy.

AppError
├─ InputError            the user can fix it
│  ├─ UnreadableFile     not a readable table: empty, no rows, not text
│  ├─ MissingColumns     a table without columns that the task needs
│  ├─ NotFound           no such job, file or model
│  ├─ NoModel            no model has been trained yet for this request
│  ├─ NotAllowed         a token is missing or wrong
│  ├─ TooLarge           over a size limit
│  ├─ WrongType          an unsupported kind of file
│  └─ TooMany            too many requests at once: come back later
├─ UnavailableError      disk, network or backend; trying again may help
│  └─ NoAnswer           no answer at all, as opposed to an unusable one
├─ Cancelled             stopped on request; not a failure
└─ BugError              our own fault; the log has the traceback
"""

from collections.abc import Sequence


class AppError(Exception):
    """Base of everything this program raises on purpose. The user sees `str(error)`."""

    code = "app"


class InputError(AppError):
    code = "input"


class UnreadableFile(InputError):
    code = "unreadable_file"


class MissingColumns(InputError):
    """A table lacks columns.

    Attributes:
        names: the missing columns.
    """

    code = "missing_columns"

    def __init__(self, names: Sequence[str], task: str, hint: str = "") -> None:
        """`hint`: an alternative remedy, as a sentence."""
        listed = ", ".join(f"`{name}`" for name in names)
        noun = "column" if len(names) == 1 else "columns"
        remedy = hint or "Choose another file or another satellite."
        super().__init__(f"This file has no {noun} {listed}, which {task} needs. {remedy}")
        self.names = tuple(names)


class NotFound(InputError):
    code = "not_found"


class NoModel(InputError):
    code = "no_model"


class NotAllowed(InputError):
    code = "not_allowed"


class TooLarge(InputError):
    code = "too_large"


class WrongType(InputError):
    code = "wrong_type"


class TooMany(InputError):
    code = "too_many"


class UnavailableError(AppError):
    code = "unavailable"


class NoAnswer(UnavailableError):
    code = "no_answer"


class Cancelled(AppError):
    code = "cancelled"


class BugError(AppError):
    code = "bug"


def shown(text: object, limit: int = 60) -> str:
    """Somebody else's text, cut and cleaned so that it can stand in a sentence."""
    flat = "".join(c if c.isprintable() else "?" for c in str(text)[: limit + 1])
    return flat if len(flat) <= limit else flat[:limit] + "…"
