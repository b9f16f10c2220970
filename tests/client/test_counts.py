"""A row without a disposition is neither a match nor a mismatch, whatever a backend says of it."""

import os
from pathlib import Path

import pytest

from exoplanet_desktop.client.counts import Counts, blank_undecided, counted
from exoplanet_desktop.errors import Cancelled
from exoplanet_desktop.wire.payloads import PredictReply
from exoplanet_desktop.wire.vocabulary import Satellite


def reply_of(rows, **more):
    return PredictReply(satellite="KOI", total_predicted=len(rows), csv_file="/x.csv", results=rows, **more)


def test_rows_are_counted_by_what_the_catalog_says_of_them():
    rows = [
        {"Predicted_Class": "CONFIRMED", "Actual_Class": "CONFIRMED", "Match": "Yes"},
        {"Predicted_Class": "CONFIRMED", "Actual_Class": "CANDIDATE", "Match": "No"},
        {"Predicted_Class": "FALSE POSITIVE", "Actual_Class": None, "Match": "No"},
        {"Predicted_Class": "FALSE POSITIVE", "Actual_Class": "", "Match": "No"},
        {"Predicted_Class": "FALSE POSITIVE", "Actual_Class": "NOT DISPOSITIONED", "Match": "No"},
        {"Predicted_Class": "FALSE POSITIVE", "Actual_Class": float("nan"), "Match": "Yes"},
        {"Predicted_Class": None, "Actual_Class": "CONFIRMED", "Match": "No"},
    ]
    found = counted(reply_of(rows), Satellite.KOI)
    assert found == Counts({"CANDIDATE": 0, "CONFIRMED": 2, "FALSE POSITIVE": 4, "unknown": 1}, 3, 1)


def test_k2_rows_have_their_own_names():
    rows = [
        {"pred_label": "FALSE POSITIVE", "actual_class": "REFUTED", "match": "No"},
        {"pred_label": "CONFIRMED", "actual_class": None, "match": "No"},
    ]
    found = counted(reply_of(rows), Satellite.K2)
    assert (found.known, found.matches) == (1, 1)


def test_sums_of_the_reply_come_first():
    reply = reply_of([], class_counts={"CONFIRMED": 5}, agreement={"known": 4, "matches": 3})
    assert counted(reply, Satellite.KOI) == Counts({"CONFIRMED": 5}, 4, 3)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "predicted.csv"
    path.write_text(
        "kepid,koi_disposition,remark,Predicted_Class,Match\n"
        '1,CONFIRMED,"a, b",CONFIRMED,Yes\n2,,"two\nlines",CONFIRMED,No\n3,UNKNOWN,,CONFIRMED,No\n4,CANDIDATE,,,No\n'
    )
    return path


def test_the_table_says_nothing_of_undecided_rows(table):
    assert blank_undecided(table, Satellite.KOI) == 2
    assert table.read_text() == (
        "kepid,koi_disposition,remark,Predicted_Class,Match\n"
        '1,CONFIRMED,"a, b",CONFIRMED,Yes\n2,,"two\nlines",CONFIRMED,\n3,UNKNOWN,,CONFIRMED,\n4,CANDIDATE,,,No\n'
    )
    before = table.stat()
    assert blank_undecided(table, Satellite.KOI) == 0
    assert os.path.samestat(table.stat(), before), "it is not written without need"


def test_what_is_no_table_of_a_prediction_stays_as_it_is(tmp_path, table):
    other = tmp_path / "other.csv"
    for content in (b"kepid,koi_disposition\n1,\n", b"<html></html>", b"", b"\xff\xfe\x00"):
        other.write_bytes(content)
        assert blank_undecided(other, Satellite.KOI) == 0
        assert other.read_bytes() == content
    content = table.read_bytes()
    with pytest.raises(Cancelled):
        blank_undecided(table, Satellite.KOI, lambda: True)
    assert table.read_bytes() == content
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other.csv", "predicted.csv"]
