"""Replies of absurd size are cut without losing anything that a reader could take in."""

import pytest

from exoplanet_desktop.wire.bounds import (
    DEEPEST,
    LONGEST_LOG,
    LONGEST_NOTE,
    LONGEST_REASON,
    LONGEST_TEXT,
    MOST_ENTRIES,
    MOST_NOTES,
    bounded,
    bounded_log,
)


def test_texts_and_lists_are_cut_and_the_rest_is_as_it_was():
    reply = {"ok": True, "n": 1.5, "none": None, "deep": [{"text": "x" * 9000}], "files": list(range(20_000))}
    cut = bounded(reply)
    assert (cut["ok"], cut["n"], cut["none"]) == (True, 1.5, None)
    assert cut["deep"][0]["text"] == "x" * (LONGEST_TEXT - 1) + "…"
    assert len(cut["files"]) == MOST_ENTRIES


def test_rows_and_logs_are_left_whole():
    reply = {"results": [{"a": "x" * 9000}] * 20_000, "logs": "y" * 9000}
    assert bounded(reply) == reply


def test_the_last_line_of_a_long_traceback_is_still_there():
    assert bounded({"error": "Traceback\n" + "line\n" * 100_000 + "KeyError: 'koi'"})["error"].endswith("'koi'")
    cut = bounded({"error": "x" * (3 * LONGEST_REASON)})["error"]
    assert LONGEST_REASON <= len(cut) <= LONGEST_REASON + 10


def test_a_log_keeps_its_last_lines_and_none_of_them_is_endless():
    log = "first\n" + "x" * (LONGEST_LOG + 10) + "\nlast\n"
    cut = bounded_log(log).splitlines()
    assert cut[0].startswith("…") and cut[-1] == "last"
    assert max(map(len, cut)) <= LONGEST_TEXT
    assert bounded_log("a\nb") == "a\nb"


def test_what_is_nested_too_deep_is_refused_even_in_rows():
    deep: object = 1
    for _ in range(DEEPEST + 5):
        deep = [deep]
    for reply in ({"files": deep}, {"results": [{"a": deep}]}, {"logs": deep}):
        with pytest.raises(RecursionError):
            bounded(reply)


def test_notes_are_few_and_short_and_the_rest_is_counted():
    cut = bounded({"notes": ["x" * 3000] * 1000, "of": {"warnings": list("ab")}})
    assert len(cut["notes"]) == MOST_NOTES + 1 and cut["notes"][-1] == "800 more notes are left out."
    assert len(cut["notes"][0]) == LONGEST_NOTE
    assert cut["of"] == {"warnings": ["a", "b"]}


def test_an_object_has_no_more_fields_than_a_list_has_entries():
    assert len(bounded({"curves": {f"C{number}": 1 for number in range(20_000)}})["curves"]) == MOST_ENTRIES
