"""What a merge does besides adding rows, a sentence each."""

from exoplanet_desktop.catalogs.merging.merging import Merging
from exoplanet_desktop.catalogs.merging.united import Source, listed
from exoplanet_desktop.wire.prediction_columns import LABEL_SOURCE


def notes_of(merging: Merging) -> tuple[str, ...]:
    """What the reader of the merged file should know; after `Merging.compare`."""
    notes = [*_objects_notes(merging)]
    notes += list(dict.fromkeys(note for source in merging.sources for note in source.notes()))
    first = merging.sources[0]
    for other in merging.sources[1:]:
        if first.satellite and other.satellite and first.satellite != other.satellite:
            notes.append(
                f"{first.name} is a {first.satellite} catalog and {other.name} a {other.satellite} one:"
                " their columns differ."
            )
    notes += _columns_notes(merging)
    for source, filled in zip(merging.sources, merging.filled, strict=True):
        if filled:
            notes.append(
                f"{filled:,} rows of {source.name} had no `{source.label}`: the predicted class was put there, and"
                f" `{LABEL_SOURCE}` says `model`."
            )
    return tuple(notes)


def _objects_notes(merging: Merging) -> list[str]:
    several, different = merging.same_objects
    if not different:
        return []
    return [f"{several:,} objects are in several of the files, {different:,} of them with different dispositions."]


def lacking(merging: Merging, source: Source) -> list[str]:
    """The columns that a file gains from the others."""
    own = {*source.kept, LABEL_SOURCE, (source.label or "").lower()}
    return [column for column in merging.columns if column.lower() not in own]


def _columns_notes(merging: Merging) -> list[str]:
    if len(merging.sources) == 2:
        a, b = merging.sources
        return [
            f"Only {one.name} has {listed(only)}; rows of {other.name} are empty there."
            for one, other in ((a, b), (b, a))
            if (only := [column for low, column in one.kept.items() if low not in other.kept])
        ]
    return [
        f"{source.name} has no {listed(lacks)}; its rows are empty there."
        for source in merging.sources
        if (lacks := lacking(merging, source))
    ]
