"""Writes a warning about a saved prediction into a text file beside it, so that it travels with the table.

The note is beside the table and not in it, so that every program can still read the table.
"""

from collections.abc import Sequence
from pathlib import Path

from exoplanet_desktop.files.whole import checked_target, whole
from exoplanet_desktop.wire.payloads import PredictReply

_FIRST = "Note on the prediction in {name}"
_LONGEST = 1_000  # bytes of an old note to check


def careful(reply: "PredictReply") -> str:
    """The warning that must precede the predictions; "" if there is none."""
    return reply.notes[0] if reply.worth is not None and reply.worth.is_felt and reply.notes else ""


def note_path(saved: Path) -> Path:
    """The path of a saved prediction's note.

    >>> note_path(Path("koi_predicted.csv")).name
    'koi_predicted.csv.note.txt'
    """
    return saved.with_name(f"{saved.name}.note.txt")


def keep_note(saved: Path, reply: "PredictReply", against: Sequence[str] = ()) -> Path | None:
    """Writes the note of a newly saved prediction, if it needs one; returns the note's path, else None.

    `against`: what speaks against the predictions, one sentence each (see `claims.objections`).

    Deletes the outdated note of an earlier prediction of the same name. A pipe or device gets no note. Raises
    UnavailableError.
    """
    if checked_target(saved) is None:
        return None
    note, first = note_path(saved), _FIRST.format(name=saved.name)
    sentences = list(against)
    if sentence := careful(reply):
        absent = ", ".join(reply.worth.absent if reply.worth else ())
        sentences += [sentence, f"The columns: {absent}."]
    if sentences:
        with whole(note) as part:
            part.write_text("\n".join((first, "", *sentences, "")), encoding="utf-8")
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
