"""The texts about a prediction."""

from collections.abc import Collection, Sequence

from exoplanet_desktop.gui.base.text import count, fixed, tr
from exoplanet_desktop.wire.payloads import PredictReply, Worth
from exoplanet_desktop.wire.vocabulary import KnownRows

# From our own engine's notes, of this and of older versions.
WORTH_SAYS, SEEN_SAYS = ("Accuracy about ", " right without "), (" in training; ",)


def worth_sentence(worth: "Worth", there: Collection[str]) -> str:
    """The accuracy of a model on a file that lacks some of its columns; `there`: the columns of the file.

    An absent column that is nevertheless in the file has no values there.
    """
    without, with_all, number = fixed(worth.accuracy, 2), fixed(worth.with_all, 2), len(worth.absent)
    if number == 1:
        return tr(
            "Accuracy about {without} without `{column}`, which this file lacks; {with_all} with it.",
            without=without,
            column=worth.absent[0],
            with_all=with_all,
        )
    if any(name in there for name in worth.absent):
        return tr(
            "Accuracy about {without} without the {columns} columns that this file lacks or leaves empty; {with_all} "
            "with them.",
            without=without,
            columns=count(number),
            with_all=with_all,
        )
    return tr(
        "Accuracy about {without} without the {columns} columns that this file lacks; {with_all} with them.",
        without=without,
        columns=count(number),
        with_all=with_all,
    )


def seen(reply: "PredictReply") -> str:
    """How many rows were used in training, and how they were classified."""
    if not reply.seen:
        return ""
    rows, every = count(reply.seen), count(reply.total_predicted)
    if reply.known_rows == KnownRows.HELD_OUT:
        return tr(
            "{rows} of {every} rows were used in training; they are predicted by fold models that have not seen them.",
            rows=rows,
            every=every,
        )
    return tr(
        "{rows} of {every} rows were used in training; the model has seen their labels, so their agreement says "
        "nothing about new objects.",
        rows=rows,
        every=every,
    )


def without_repeats(notes: Sequence[str], reply: "PredictReply") -> list[str]:
    """The notes without those that have lines of their own."""
    said = [*WORTH_SAYS] if reply.worth and reply.worth.is_felt else []
    said += SEEN_SAYS if reply.seen else ()
    return [note for note in notes if not any(words in note for words in said)]
