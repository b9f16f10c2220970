"""Agreement with the file's own dispositions, whatever a backend reports for undecided rows."""

from pathlib import Path
from typing import Any

import pytest

from exoplanet_desktop.client.jobs.agreement import counted
from exoplanet_desktop.wire.payloads import PredictReply
from exoplanet_desktop.wire.vocabulary import Satellite

LABELS = ["CONFIRMED", "", "FALSE POSITIVE", "NOT DISPOSITIONED", "confirmed ", ""]


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    path = tmp_path / "some.csv"
    path.write_text(
        "kepid,koi_period,koi_disposition\n" + "".join(f"{n},1.5,{label}\n" for n, label in enumerate(LABELS))
    )
    return path


def reply(rows: list[dict[str, Any]], **more: Any) -> PredictReply:
    return PredictReply(satellite="KOI", total_predicted=len(rows), csv_file="x.csv", results=rows, **more)


def said(number: int, **more: Any) -> dict[str, Any]:
    return {"Row_Number": number, "Predicted_Class": "CONFIRMED", "Actual_Class": "", "Match": "No", **more}


def test_undecided_rows_are_not_counted_though_the_backend_calls_them_wrong(csv: Path) -> None:
    found = counted(reply([said(number) for number in range(6)]), csv, Satellite.KOI)
    assert (found.known, found.matches) == (3, 2)
    assert found.classes == {"CANDIDATE": 0, "CONFIRMED": 6, "FALSE POSITIVE": 0}


@pytest.mark.parametrize("match", ["Yes", "No", "N/A", None])
def test_what_the_backend_calls_a_match_says_nothing(match: str | None, csv: Path) -> None:
    found = counted(reply([said(number, Match=match) for number in range(6)]), csv, Satellite.KOI)
    assert (found.known, found.matches) == (3, 2)


def test_rows_are_joined_by_number_or_by_the_range(csv: Path) -> None:
    assert counted(reply([said(4), said(2)]), csv, Satellite.KOI).matches == 1
    plain = [{"Predicted_Class": "CONFIRMED"}] * 3
    found = counted(reply(plain, from_row=2, to_row=4), csv, Satellite.KOI)
    assert (found.known, found.matches) == (2, 1)


def test_a_reply_of_other_rows_speaks_for_itself(csv: Path) -> None:
    rows = [said(900 + number, Actual_Class=label) for number, label in enumerate(LABELS)]
    found = counted(reply(rows), csv, Satellite.KOI)
    assert (found.known, found.matches) == (3, 2)


def test_our_own_engine_has_counted_itself() -> None:
    own = reply([], class_counts={"CONFIRMED": 6}, agreement={"known": 3, "matches": 2})
    assert counted(own, None, Satellite.KOI).matches == 2


def test_k2_rows_of_reference_backends_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "k2.csv"
    path.write_text("pl_name,hostname,disposition\na b,a,CONFIRMED\nc b,c,\n")
    rows = [{"row_number_1based": n, "pred_label": "CONFIRMED", "actual_class": None, "match": "No"} for n in (1, 2)]
    found = counted(reply(rows), path, Satellite.K2)
    assert (found.known, found.matches) == (1, 1)


def test_a_file_without_dispositions_agrees_with_nothing_whatever_the_reply_says(tmp_path: Path) -> None:
    path = tmp_path / "new.csv"
    path.write_text("kepid,koi_period\n1,1.5\n2,2.5\n")
    found = counted(reply([said(0, Actual_Class="CONFIRMED"), said(1, Actual_Class="CONFIRMED")]), path, Satellite.KOI)
    assert (found.known, found.matches) == (0, 0)
