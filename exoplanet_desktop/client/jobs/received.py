"""Checks a table that a backend sent before it takes the place of a file of the user's."""

from pathlib import Path

from exoplanet_desktop.catalogs.reading.layout import sniff
from exoplanet_desktop.catalogs.tables.table import Table
from exoplanet_desktop.client.calls.check_values import mismatches, odd_shares
from exoplanet_desktop.errors import InputError, UnavailableError
from exoplanet_desktop.wire.payloads import MergeReply, PredictReply
from exoplanet_desktop.wire.reading_options import ReadingOptions
from exoplanet_desktop.wire.requests import PredictRequest


def check_predicted(
    table: Path, reply: PredictReply, asked: PredictRequest, sent: Path, reading: ReadingOptions | None
) -> tuple[str, ...]:
    """What is odd about the table of a prediction, one sentence each. Raises UnavailableError if it is another one.

    Args:
        table: the file that was received.
        sent, reading: the user's file, and how it is read.
    """
    is_whole = asked.from_row is None and asked.to_row is None
    # Our own engine's table of some rows has the others, too.
    all_rows = is_whole or reply.class_counts is None
    try:
        with Table.open(table, lean=True) as opened:
            if wrong := mismatches(opened, reply, sniff(sent, reading), all_rows=all_rows):
                raise UnavailableError(f"The table that the backend sent is not saved. {wrong[0]}")
            return tuple(odd_shares(opened))
    except InputError as error:
        raise _no_table(error) from error


def check_merged(table: Path, reply: MergeReply) -> None:
    """Raises UnavailableError if a file cannot be the merged table that the backend told of."""
    try:
        with Table.open(table, lean=True) as opened:
            rows = opened.row_count + opened.bad_count
    except InputError as error:
        raise _no_table(error) from error
    if rows != reply.merged_rows:
        raise UnavailableError(
            f"The table that the backend sent is not saved: it has {rows:,} rows, though the merged one has "
            f"{reply.merged_rows:,}. Try again, or merge on this machine."
        )


def _no_table(error: InputError) -> UnavailableError:
    reason = str(error).partition(". ")[0].rstrip(".")  # its remedies are for a file of the user's own
    return UnavailableError(f"What the backend sent is not saved, because it is no table: {reason}. Try again.")
