"""What takes the classes of a saved prediction their worth, in a text file beside it: whoever gets the table meets it.

It stands beside the table and not in it, so that every program still reads the table.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from exoplanet_desktop.files.whole import checked_target, whole

if TYPE_CHECKING:
    from exoplanet_desktop.wire.payloads import PredictReply

_FIRST = "Note on the prediction in {name}"
_LONGEST = 1_000  # bytes of an old note that are looked at


def careful(reply: "PredictReply") -> str:
    """The sentence that comes before any class; "" where there is nothing to be careful of."""
    return reply.notes[0] if reply.worth is not None and reply.worth.is_felt and reply.notes else ""


def note_path(saved: Path) -> Path:
    """Where the note of a saved prediction stands.

    >>> note_path(Path("koi_predicted.csv")).name
    'koi_predicted.csv.note.txt'
    """
    return saved.with_name(f"{saved.name}.note.txt")


def keep_note(saved: Path, reply: "PredictReply") -> Path | None:
    """Write the note of a prediction that has just been saved, where it needs one; the note's place, else None.

    A note of an earlier prediction under the same name, which is not true any more, is removed. A pipe or a device has
    no place for a note. Raises UnavailableError.
    """
    if checked_target(saved) is None:
        return None
    note, first = note_path(saved), _FIRST.format(name=saved.name)
    if sentence := careful(reply):
        absent = ", ".join(reply.worth.absent if reply.worth else ())
        with whole(note) as part:
            part.write_text(f"{first}\n\n{sentence}\nThe columns: {absent}.\n", encoding="utf-8")
        return note
    if _is_ours(note, first):
        note.unlink(missing_ok=True)
    return None


def _is_ours(note: Path, first: str) -> bool:
    try:
        with note.open("rb") as file:
            return file.read(_LONGEST).decode("utf-8", "replace").startswith(first)
    except OSError:
        return False
