"""A row without a disposition is neither a match nor a mismatch, whatever a backend reports."""

import os
from pathlib import Path

import pytest

from exoplanet_desktop.client.jobs.undecided import blank_undecided
from exoplanet_desktop.errors import Cancelled
from exoplanet_desktop.wire.vocabulary import Satellite


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
    table.write_bytes(content.splitlines(keepends=True)[0])
    with pytest.raises(Cancelled):
        blank_undecided(table, Satellite.KOI, lambda: True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other.csv", "predicted.csv"]
