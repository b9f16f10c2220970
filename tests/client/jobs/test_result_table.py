"""A plain backend's table has the rows asked for, each with its class, and no match where nothing is known."""

import os
from pathlib import Path

import pytest

from exoplanet_desktop.client.jobs.reply_rows import only_asked, places
from exoplanet_desktop.client.jobs.result_table import settle_table
from exoplanet_desktop.errors import Cancelled
from exoplanet_desktop.wire.payloads import PredictReply
from exoplanet_desktop.wire.requests import PredictRequest
from exoplanet_desktop.wire.vocabulary import Model, Satellite

NOTHING = PredictReply(satellite="KOI", total_predicted=0, csv_file="")


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "predicted.csv"
    path.write_text(
        "kepid,koi_disposition,remark,Predicted_Class,Match\n"
        '1,CONFIRMED,"a, b",CONFIRMED,Yes\n2,,"two\nlines",CONFIRMED,No\n3,UNKNOWN,,CONFIRMED,No\n4,CANDIDATE,,,No\n'
    )
    return path


def test_the_table_says_nothing_of_undecided_rows(table):
    assert settle_table(table, NOTHING, Satellite.KOI) == ()
    assert table.read_text() == (
        "kepid,koi_disposition,remark,Predicted_Class,Match\n"
        '1,CONFIRMED,"a, b",CONFIRMED,Yes\n2,,"two\nlines",CONFIRMED,\n3,UNKNOWN,,CONFIRMED,\n4,CANDIDATE,,,No\n'
    )
    before = table.stat()
    settle_table(table, NOTHING, Satellite.KOI)
    assert os.path.samestat(table.stat(), before), "it is not written without need"


def test_what_is_no_table_of_a_prediction_stays_as_it_is(tmp_path, table):
    other = tmp_path / "other.csv"
    for content in (b"kepid,koi_disposition\n1,\n", b"<html></html>", b"", b"\xff\xfe\x00"):
        other.write_bytes(content)
        assert settle_table(other, NOTHING, Satellite.KOI) == ()
        assert other.read_bytes() == content
    content = table.read_bytes()
    with pytest.raises(Cancelled):
        settle_table(table, NOTHING, Satellite.KOI, lambda: True)
    assert table.read_bytes() == content
    table.write_bytes(content.splitlines(keepends=True)[0])
    with pytest.raises(Cancelled):
        settle_table(table, NOTHING, Satellite.KOI, lambda: True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other.csv", "predicted.csv"]


K2_TABLE = "pl_name,hostname,disposition,Confidence\n" + "".join(
    f"p{n},h{n},{label},0.9\n" for n, label in enumerate(("CONFIRMED", "", "FALSE POSITIVE", "CANDIDATE"))
)


def k2_reply(numbers: list[int], **more: object) -> PredictReply:
    rows = [
        {
            "pl_name": f"p{n}",
            "row_number_1based": n + 1,
            "pred_label": "CONFIRMED",
            "match": n == 0,
            "Prob_CONFIRMED": 0.8,
        }
        for n in numbers
    ]
    said = {"satellite": "K2", "total_predicted": len(rows), "csv_file": "", "results": rows}
    return PredictReply.model_validate({**said, **more})


@pytest.fixture
def k2(tmp_path: Path) -> Path:
    path = tmp_path / "k2.csv"
    path.write_text(K2_TABLE)
    return path


def test_classes_that_stand_in_the_reply_alone_are_joined(k2: Path) -> None:
    assert settle_table(k2, k2_reply([3, 1, 0, 2]), Satellite.K2) == ()
    assert k2.read_text().splitlines() == [
        "pl_name,hostname,disposition,Confidence,pred_label,match,Prob_CONFIRMED",
        "p0,h0,CONFIRMED,0.9,CONFIRMED,Yes,0.8",
        "p1,h1,,0.9,CONFIRMED,,0.8",
        "p2,h2,FALSE POSITIVE,0.9,CONFIRMED,No,0.8",
        "p3,h3,CANDIDATE,0.9,CONFIRMED,No,0.8",
    ]


def test_of_all_rows_those_asked_for_stay(k2: Path) -> None:
    assert settle_table(k2, k2_reply([1, 2], from_row=1, to_row=2), Satellite.K2) == ()
    assert [line.split(",")[0] for line in k2.read_text().splitlines()] == ["pl_name", "p1", "p2"]


def test_a_table_of_other_objects_gets_no_classes(k2: Path) -> None:
    k2.write_text(K2_TABLE.replace("p2", "p7"))
    before = k2.read_text()
    (sentence,) = settle_table(k2, k2_reply([0, 1, 2, 3]), Satellite.K2)
    assert sentence.startswith("Row 2 of the backend's table is p7, though its reply says p2")
    assert k2.read_text() == before


def test_a_table_whose_classes_are_others_than_those_of_the_reply_is_told(k2: Path) -> None:
    k2.write_text(K2_TABLE.replace("Confidence", "pred_label").replace("0.9", "CANDIDATE"))
    (sentence,) = settle_table(k2, k2_reply([0, 1, 2, 3]), Satellite.K2)
    assert sentence == "The backend's table has another class than its reply in 4 rows. Do not use these labels."


def test_a_table_of_too_few_rows_is_left_alone(k2: Path) -> None:
    before = k2.read_text()
    assert settle_table(k2, k2_reply(list(range(9))), Satellite.K2) == ()
    assert k2.read_text() == before


@pytest.mark.parametrize(
    ("numbers", "more", "expected"),
    [
        ([5, 6], {"from_row": 5, "to_row": 6}, [5, 6]),
        ([0, 1], {"from_row": 5, "to_row": 6}, [5, 6]),
        ([2, 1], {}, [2, 1]),
    ],
)
def test_row_numbers_of_a_range_count_from_the_file_or_from_the_range(
    numbers: list[int], more: dict[str, int], expected: list[int]
) -> None:
    assert places(k2_reply(numbers, **more)) == expected


def test_rows_that_nobody_asked_for_are_left_out_of_a_reply() -> None:
    asked = PredictRequest(Satellite.K2, Model.XGB, 1, 2)
    reply = only_asked(k2_reply([0, 1, 2, 3], from_row=0, to_row=3), asked)
    assert (reply.from_row, reply.to_row, reply.total_predicted) == (1, 2, 2)
    assert [row["pl_name"] for row in reply.results] == ["p1", "p2"]
    assert reply.notes == ["The backend sent 4 rows; only the 2 that were requested are used."]
    assert only_asked(reply, asked) is reply
