"""The error tree, sorted by who can act. Every message is a sentence with a cause and a remedy.

AppError
├─ InputError            the user can repair it
│  ├─ UnreadableFile     not a table that can be read: empty, no rows, not text
│  ├─ MissingColumns     a table without columns that the task needs
│  ├─ NotFound           no such job, file or model
│  ├─ NoModel            nothing was trained yet for what is asked
│  ├─ NotAllowed         a token is missing or wrong
│  ├─ TooLarge           over a limit of size
│  ├─ WrongType          a kind of file that is not taken
│  └─ TooMany            too many requests at once: come back later
├─ UnavailableError      disk, network or backend; trying again may help
│  └─ NoAnswer           nobody answered, as opposed to an answer that is of no use
├─ Cancelled             somebody asked to stop; not a failure
└─ BugError              our own fault; the log has the traceback
"""

from collections.abc import Sequence


class AppError(Exception):
    """Base of everything this program raises on purpose. `str(error)` is shown to the user."""

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
        """`hint`: what else would do, a sentence."""
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
