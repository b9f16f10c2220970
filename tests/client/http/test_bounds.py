"""Replies of absurd size are cut without losing anything that a reader could take in."""

import json

import pytest

from exoplanet_desktop.client.calls.backend import Backend
from exoplanet_desktop.client.http.bounds import LONGEST_LOG, LONGEST_TEXT, MOST_ENTRIES, bounded, bounded_log
from exoplanet_desktop.client.http.http_client import HttpClient
from exoplanet_desktop.client.jobs.jobs import judge
from exoplanet_desktop.errors import InputError, UnavailableError
from exoplanet_desktop.wire.payloads import JobStatus


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


def test_a_log_keeps_its_last_lines_and_none_of_them_is_endless():
    log = "first\n" + "x" * (LONGEST_LOG + 10) + "\nlast\n"
    cut = bounded_log(log).splitlines()
    assert cut[0].startswith("…") and cut[-1] == "last"
    assert max(map(len, cut)) <= LONGEST_TEXT
    assert bounded_log("a\nb") == "a\nb"


def test_a_reply_that_is_nested_too_deep_is_told(stage, acts):
    deep = '{"ok": true, "files": ' + "[" * 900 + "]" * 900 + "}"
    stage.on("GET", "/api/merge", acts.Reply(deep))
    stage.on("GET", "/api/get-uploads-file", acts.Reply('{"ok": true, "count": 0, "files": []}'))
    with pytest.raises(UnavailableError, match="is not a list of merged files"):
        Backend(stage.base).merged()


def test_a_training_on_hundreds_of_classes_is_told():
    labels = [f"C{number}" for number in range(400)]
    result = {"accuracy": 0.9, "labels": labels, "confusion_matrix": [[1] * 400] * 400}
    outcome = judge(JobStatus(job_id="j", status="SUCCEEDED", result=result))
    assert outcome.result is not None and outcome.result.accuracy == 0.9
    assert outcome.result.labels is None and outcome.result.confusion_matrix is None
    assert "reports 400 classes" in outcome.warnings[0]


@pytest.mark.parametrize(("size", "told"), [(500_000, True), (600_000, False)])
def test_of_an_error_half_a_mebibyte_is_read(stage, acts, size, told):
    """The reason at the end of a longer one, such as a page of debugging, is not waited for."""
    body = json.dumps({"locals": "x" * size, "error": "The catalog is empty."})
    stage.on("GET", "/api/merge", acts.Reply(body, 400))
    with pytest.raises(InputError) as caught:
        HttpClient(stage.base).exchange("GET", f"{stage.base}/api/merge", "list merged files")
    assert ("The catalog is empty." in str(caught.value)) is told
    assert len(str(caught.value)) < 1000
