"""What a backend receives: our own engine the file and its reading options, any other a plain copy."""

import csv
import json
from email.parser import BytesParser
from pathlib import Path

import pytest

from exoplanet_desktop.catalogs.base.stamp import FileStamp
from exoplanet_desktop.client.calls.backend import Backend
from exoplanet_desktop.client.calls.labels import to_learn_from
from exoplanet_desktop.client.jobs.agreement import counted
from exoplanet_desktop.client.jobs.merges import MergeTask, merge_here, reading_of_merged
from exoplanet_desktop.errors import InputError
from exoplanet_desktop.wire.reading_options import ReadingOptions
from exoplanet_desktop.wire.requests import MergeRequest, PredictRequest, TrainRequest
from exoplanet_desktop.wire.vocabulary import READING_BYTES, Model, Satellite
from tests.conftest import CHECKOUT
from tests.reference_server import lab
from tests.reference_server.stage import Handler, Reply

KOI, XGB = Satellite.KOI, Model.XGB
CASES = CHECKOUT.parent / "shared" / "cases" / "backend"
HEADER = "kepid;koi_disposition;koi_period;koi_duration;koi_depth;koi_prad"
CHOICE = ReadingOptions(delimiter=";", decimal=",", skip=1)


def form_of(headers, body):
    """Fields, and the name and text of each file."""
    head = f"Content-Type: {headers['Content-Type']}\r\n\r\n".encode()
    parts = BytesParser().parsebytes(head + body).get_payload()
    return {
        part.get_param("name", header="content-disposition"): (
            (part.get_filename(), part.get_payload(decode=True).decode()) if part.get_filename() else part.get_payload()
        )
        for part in parts
    }


def naive(handler: Handler) -> None:
    """Predicts like a plain backend: it splits lines at commas, finds columns by their bare names, fills the rest with
    zeros, takes unreadable labels for false positives, and knows only yes and no.
    """
    _, text = form_of(handler.headers, handler.sent)["file"]
    rows = list(csv.DictReader(text.split("\n")))
    results = []
    for number, row in enumerate(rows):
        actual = row.get("koi_disposition") or None
        known = float(row.get("koi_period") or 0) > 0
        said = (actual or "CANDIDATE") if known else "FALSE POSITIVE"
        results.append(
            {
                "Row_Number": number,
                "Actual_Class": actual,
                "Predicted_Class": said,
                "Match": "Yes" if said == actual else "No",
            }
        )
    reply = {
        "ok": True, "satellite": "KOI", "model_type": "xgb", "from_row": 0, "to_row": len(rows) - 1,
        "total_predicted": len(rows), "csv_file": lab.PREDICTED, "results": results,
    }  # fmt: skip
    Reply(reply)(handler)


@pytest.fixture
def plain(stage):
    lab.mount(stage)
    stage.on("POST", lab.PREDICT, naive)
    return Backend(stage.base)


@pytest.fixture
def ours(stage):
    lab.mount(stage, extensions=("reading", "merge-rules", "model-labels"))
    return Backend(stage.base)


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    """A file that can be read only with `CHOICE`."""
    path = tmp_path / "my list.csv.txt"
    rows = "".join(f"{n};CONFIRMED;{n},5;2,5;300;1,5\n" for n in range(1, 4))
    path.write_text(f"notes; of; mine; and; of; others\n{HEADER}\n{rows}", encoding="utf-8")
    return path


def last_form(stage):
    request = [request for request in stage.requests if request.method == "POST"][-1]
    return form_of(request.headers, request.body)


@pytest.mark.parametrize("name", ["koi_spaces", "koi_semicolon", "koi_tab", "koi_note_on_top", "koi_ragged"])
def test_what_a_plain_backend_misreads_is_not_sent_to_it(name, plain):
    if not CASES.is_dir():
        pytest.skip("the collected cases are not here (../shared/cases)")
    reply = plain.predict(CASES / f"{name}.csv", PredictRequest(KOI, XGB))
    rows = 99 if name == "koi_ragged" else 100
    found = counted(reply, CASES / f"{name}.csv", KOI)
    assert (reply.total_predicted, found.known, found.matches) == (rows, rows, rows)
    assert reply.notes[0] == f"The backend has a plain copy of {name}.csv, read as it is shown here."
    assert len(reply.notes) == (2 if name in ("koi_ragged", "koi_note_on_top") else 1), "what is not in it is told"


def test_half_blank_dispositions_are_no_mismatches(plain):
    if not CASES.is_dir():
        pytest.skip("the collected cases are not here (../shared/cases)")
    reply = plain.predict(CASES / "koi_half_blank.csv", PredictRequest(KOI, XGB))
    found = counted(reply, CASES / "koi_half_blank.csv", KOI)
    assert sum(row["Match"] == "No" for row in reply.results) == 50
    assert (sum(found.classes.values()), found.known, found.matches) == (100, 50, 50)


def test_a_plain_backend_gets_a_copy_as_the_user_reads_the_file(plain, stage, odd):
    told = []
    plain.train(odd, TrainRequest(KOI, XGB), reading=CHOICE, told=told.append)
    form = last_form(stage)
    name, text = form["file"]
    assert name.startswith("my_list__") and name.endswith(".csv")
    assert text.splitlines() == [HEADER.replace(";", ","), *(f"{n},CONFIRMED,{n}.5,2.5,300,1.5" for n in (1, 2, 3))]
    assert "reading" not in form
    assert told[0] == "The backend has a plain copy of my list.csv.txt, read as it is shown here."

    plain.merge([odd, odd], MergeRequest(), readings=(CHOICE, CHOICE))
    form = last_form(stage)
    assert form["file_a"] == form["file_b"] == (name, text)
    assert "readings" not in form


def test_what_is_plain_goes_as_it_is(plain, stage, csv):
    csv.write_text("kepid,koi_period,koi_disposition\n1,2.5,CONFIRMED\n")
    reply = plain.predict(csv, PredictRequest(KOI, XGB))
    assert last_form(stage)["file"][1] == csv.read_text()
    assert not reply.notes


def test_our_engine_gets_the_file_itself_and_how_it_is_read(ours, stage, odd, csv):
    ours.train(odd, TrainRequest(KOI, XGB), reading=CHOICE)
    form = last_form(stage)
    assert form["file"][1] == odd.read_text()
    assert ReadingOptions.from_json(form["reading"]) == CHOICE
    ours.predict(odd, PredictRequest(KOI, XGB), reading=CHOICE)
    assert ReadingOptions.from_json(last_form(stage)["reading"]) == CHOICE
    ours.predict(odd, PredictRequest(KOI, XGB), reading=ReadingOptions())
    assert "reading" not in last_form(stage)
    stage.on("POST", lab.MERGE, Reply(lab.accepted(stage.base), 202))
    ours.merge([odd, csv], MergeRequest(), readings=(CHOICE, None))
    assert json.loads(last_form(stage)["readings"]) == [json.loads(CHOICE.to_json()), None]


def test_no_reading_is_sent_that_no_backend_would_take(ours, stage, odd):
    long = ReadingOptions(rename={f"my column number {n:05}": f"koi_{n}" for n in range(READING_BYTES // 20)})
    with pytest.raises(InputError, match="Rename fewer columns"):
        ours.train(odd, TrainRequest(KOI, XGB), reading=long)
    assert stage.paths("POST") == []


@pytest.mark.parametrize("backend", ["plain", "ours"])
def test_a_file_that_changed_since_it_was_shown_is_not_sent(backend, stage, odd, tmp_path, request):
    backend = request.getfixturevalue(backend)
    stamp = FileStamp.of(odd)
    odd.write_text(odd.read_text() + "4;CONFIRMED;4,5;2,5;300;1,5\n")
    with pytest.raises(InputError, match=r"changed since it was opened\. Read it again before you train on it"):
        backend.train(odd, TrainRequest(KOI, XGB), reading=CHOICE, stamp=stamp)
    with pytest.raises(InputError, match="before you predict it"):
        backend.predict(odd, PredictRequest(KOI, XGB), reading=CHOICE, stamp=stamp)
    with pytest.raises(InputError, match="before you merge it"):
        backend.merge([odd, odd], MergeRequest(), readings=(CHOICE, CHOICE), stamps=(None, stamp))
    wish = MergeTask((odd, odd), readings=(CHOICE, CHOICE), stamps=(stamp, None))
    with pytest.raises(InputError, match="before you merge it"):
        merge_here(wish, tmp_path / "merged.csv")
    assert stage.paths("POST") == []


def test_rows_with_labels_of_a_model_stay_out_of_a_copy_that_needs_no_reading(plain, stage, tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text(f"{HEADER};label_source\n1;CONFIRMED;1,5;2,5;300;1,5;catalog\n2;CONFIRMED;1,5;2,5;300;1,5;model\n")
    choice = ReadingOptions(delimiter=";", decimal=",")
    with to_learn_from(plain, path, None, reading=choice) as (sent, left_out):
        assert (left_out, sent.name) == (1, "mine.csv")
        plain.train(sent, TrainRequest(KOI, XGB))
        assert last_form(stage)["file"][1] == sent.read_text()
        assert sent.read_text().splitlines()[1:] == ["1,CONFIRMED,1.5,2.5,300,1.5,catalog"]
    assert not sent.exists()


def test_a_merge_on_this_machine_reads_files_as_told(odd, tmp_path):
    out = tmp_path / "merged.csv"
    reply = merge_here(MergeTask((odd, odd), readings=(CHOICE, CHOICE)), out)
    assert (reply.merged_rows, reply.duplicates) == (3, 3)
    assert "1.5" in out.read_text()


def test_only_the_meaning_of_labels_is_left_to_say_of_a_merged_file():
    assert reading_of_merged((None, CHOICE)) is None
    assert reading_of_merged(
        (ReadingOptions(labels={"1": "CONFIRMED"}), ReadingOptions(decimal=",", labels={"2": ""}))
    ) == ReadingOptions(labels={"1": "CONFIRMED", "2": ""})


def test_agreement_is_counted_with_the_labels_as_the_user_reads_them(plain, tmp_path):
    path = tmp_path / "mine.csv"
    header = "kepid,verdict,koi_period,koi_duration,koi_depth,koi_prad"
    path.write_text(f"{header}\n1,yes,1,2,3,4\n2,no,1,2,3,4\n3,?,1,2,3,4\n")
    labels = {"yes": "CONFIRMED", "no": "FALSE POSITIVE", "?": ""}
    choice = ReadingOptions(rename={"verdict": "koi_disposition"}, labels=labels)
    reply = plain.predict(path, PredictRequest(KOI, XGB), reading=choice)
    found = counted(reply, path, KOI, reading=choice)
    assert (found.known, found.matches) == (2, 2)
    assert found.classes == {"CANDIDATE": 1, "CONFIRMED": 1, "FALSE POSITIVE": 1}
