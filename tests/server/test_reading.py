"""Reading options travel with the file: to training, prediction, merge, and into the record of jobs."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from exoplanet_desktop.catalogs.simulate.catalog import simulate
from exoplanet_desktop.wire.reading_options import ReadingOptions

HEADER = "kepid;Name;koi_period;koi_duration;koi_depth;koi_prad;verdict"
CHOICE = ReadingOptions(
    delimiter=";",
    decimal=",",
    skip=1,
    rename={"Name": "kepoi_name"},
    label="verdict",
    labels={"yes": "CONFIRMED", "no": "FALSE POSITIVE"},
)
READING = {"reading": CHOICE.to_json()}


@pytest.fixture(scope="module")
def engine(live_engine: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    engine = live_engine(tmp_path_factory.mktemp("store"), real_tasks=True, warm=())
    yield engine
    engine.stop()


@pytest.fixture(scope="module")
def odd() -> str:
    """120 rows that cannot be read without `CHOICE`: planets of short periods are real."""
    rows = "".join(
        f"{n};K{n:05}.01;{n % 60},5;2,5;300;{n % 7},5;{'yes' if n % 60 < 30 else 'no'}\n" for n in range(1, 121)
    )
    return f"some; notes; of; mine; about; these; rows\n{HEADER}\n{rows}"


@pytest.fixture(scope="module")
def trained(engine: Any, odd: str) -> Any:
    words = {"satellite": "KOI", "model": "dt", "sentinel": "false"}
    accepted = engine.post("/api/train", data={**words, **READING}, files={"file": ("odd.csv", odd)})
    assert accepted.status_code == 202, accepted.text
    return engine.ended(accepted.json()["job_id"])


def test_a_training_reads_the_file_as_told(engine: Any, trained: Any) -> None:
    assert trained["status"] == "SUCCEEDED", trained["error"]
    assert trained["result"]["labels"] == ["CONFIRMED", "FALSE POSITIVE"]
    assert trained["result"]["accuracy"] > 0.9
    assert trained["result"]["evaluation"]["rows_used"] == 120
    assert ReadingOptions.from_json(trained["params"]["reading"]) == CHOICE
    assert "reading" in engine.get("/api/health").json()["extensions"]


def test_a_prediction_reads_the_file_as_told(engine: Any, trained: Any, odd: str) -> None:
    words = {"satellite": "KOI", "model_type": "dt"}
    files = {"file": ("odd.csv", odd)}
    reply = engine.post("/api/predict", data={**words, **READING}, files=files).json()
    assert reply["total_predicted"] == 120
    assert reply["agreement"]["known"] == 120
    assert reply["agreement"]["matches"] > 110
    bare = engine.post("/api/predict", data=words, files=files).json()
    assert bare["agreement"]["known"] == 0, "nobody said which column has the dispositions"


def test_a_reading_that_is_attached_as_a_file_is_obeyed(engine: Any, trained: Any, odd: str) -> None:
    files = {"file": ("odd.csv", odd), "reading": ("reading.json", READING["reading"])}
    reply = engine.post("/api/predict", data={"satellite": "KOI", "model_type": "dt"}, files=files).json()
    assert reply["agreement"]["known"] == 120


def test_a_merge_does_not_drop_a_reading_for_one_file(engine: Any, odd: str) -> None:
    files = {"file_a": ("a.csv", odd), "file_b": ("b.csv", odd)}
    reply = engine.post("/api/merge", data=READING, files=files)
    assert reply.status_code == 400
    assert "Send `readings`" in reply.json()["error"]


def test_a_merge_reads_each_file_as_told(engine: Any, odd: str) -> None:
    plain = "kepid,kepoi_name,koi_period,koi_duration,koi_depth,koi_prad,koi_disposition\n7,K9,1.5,2.5,3,4,CANDIDATE\n"
    readings = json.dumps([None, json.loads(CHOICE.to_json())])
    files = {"file_a": ("plain.csv", plain), "file_b": ("odd.csv", odd)}
    accepted = engine.post("/api/merge", data={"readings": readings, "async": "true"}, files=files)
    status = engine.ended(accepted.json()["job_id"])
    assert status["status"] == "SUCCEEDED", status["error"]
    assert status["params"]["readings"] == [None, CHOICE.to_json()]
    assert status["result"]["merged_rows"] == 121
    header = engine.get(status["result"]["merged_url"]).text.splitlines()[0].split(",")
    assert sorted(header) == sorted(plain.splitlines()[0].split(","))


def test_merge_and_train_take_both(engine: Any, odd: str) -> None:
    said = json.loads(CHOICE.to_json())
    answer = engine.post(
        "/api/merge-train",
        data={
            "satellite": "KOI",
            "model": "dt",
            "sentinel": "false",
            "readings": json.dumps([said, said]),
            "reading": json.dumps({"labels": said["labels"]}),
        },
        files={"file_a_file": ("a.csv", odd), "file_b_file": ("b.csv", odd + "121;K00121.01;1,5;2,5;300;1,5;yes\n")},
    ).json()
    assert answer["job_started"], answer["error"]
    assert answer["merged_rows"] == 121
    status = engine.ended(answer["job_id"])
    assert status["result"]["evaluation"]["rows_used"] == 121


@pytest.mark.parametrize(
    ("reading", "words"),
    [
        ("{", "cannot be used"),
        ("[]", "cannot be used"),
        ('{"delimiter": "x"}', "unknown delimiter"),
        ('{"encoding": "utf-7"}', "unknown encoding"),
        ('{"skip": -1}', "number of lines"),
        ('{"delimeter": ";"}', "no reading option “delimeter”"),
        ('{"rename": {"a": 1}}', "rename.a is wrong"),
        (json.dumps({"rename": {"a" * 60_000: "kepid"}}), "over 60,000 bytes"),
    ],
)
def test_a_reading_that_is_none_is_refused_in_words(engine: Any, odd: str, reading: str, words: str) -> None:
    for path in ("/api/train", "/api/predict"):
        fields = {"satellite": "KOI", "model": "dt", "reading": reading}
        answer = engine.post(path, data=fields, files={"file": ("odd.csv", odd)})
        assert answer.status_code == 400
        if path == "/api/train":
            assert words in answer.json()["error"]


@pytest.mark.parametrize("readings", ["{}", "[null]", "[null, null, null]", "null", "x", '[null, "{}"]'])
def test_readings_have_one_entry_a_file(engine: Any, odd: str, readings: str) -> None:
    files = {"file_a": ("a.csv", odd), "file_b": ("b.csv", odd)}
    answer = engine.post("/api/merge", data={"readings": readings}, files=files)
    assert answer.status_code == 400
    assert "read" in answer.json()["error"]


def test_a_file_that_needs_no_reading_is_trained_on_as_ever(engine: Any, tmp_path: Any) -> None:
    path = tmp_path / "koi.csv"
    simulate("KOI", 200, 3, path)
    fields = {"satellite": "KOI", "model": "dt", "sentinel": "false", "reading": "{}"}
    accepted = engine.post("/api/train", data=fields, files={"file": ("koi.csv", path.read_bytes())})
    status = engine.ended(accepted.json()["job_id"])
    assert status["status"] == "SUCCEEDED"
