import threading
from dataclasses import replace

import pytest

from exoplanet_desktop.client.calls.backend import Backend
from exoplanet_desktop.client.jobs import jobs
from exoplanet_desktop.client.jobs.jobs import LogReader, follow, judge, merge_of, prediction_of
from exoplanet_desktop.client.jobs.tracker import COMMAND_LINE, is_final
from exoplanet_desktop.errors import Cancelled, InputError, NoAnswer, UnavailableError
from exoplanet_desktop.wire.payloads import JobStatus, TrainAccepted

ACCEPTED = TrainAccepted(job_id="j", status_url="/api/train/j/status", logs_url="/api/train/j/logs")
METRICS = {"accuracy": 0.93, "cv_mean": 0.9, "cv_std": 0.01}


def state(status: str, **more) -> dict:
    return {"job_id": "j", "status": status, **more}


def status(word: str, **more) -> JobStatus:
    return JobStatus.model_validate(state(word, **more))


@pytest.fixture
def backend(stage, acts) -> Backend:
    stage.on("GET", "/api/health", acts.Reply({"name": "x", "version": "1", "extensions": ["cancel", "logs-offset"]}))
    return Backend(stage.base)


@pytest.fixture
def reference(stage, acts) -> Backend:
    stage.on("GET", "/api/get-uploads-file", acts.Reply({"count": 0, "files": []}))
    return Backend(stage.base)


# The meaning of an end


@pytest.mark.parametrize(
    ("word", "final"),
    [("PENDING", False), ("RUNNING", False), ("SUCCEEDED", True), ("failed", True), ("CANCELLED", True), ("?", False)],
)
def test_which_states_are_final(word, final):
    assert is_final(status(word)) is final


def test_a_recorded_success_has_its_metrics(recorded):
    outcome = judge(JobStatus.model_validate(recorded("status_succeeded")["response"]["body"]))
    assert outcome.sentence == ""
    assert outcome.result.cv_std == pytest.approx(0.0357, abs=1e-4)


def test_a_recorded_success_without_metrics_is_a_failure(recorded):
    outcome = judge(JobStatus.model_validate(recorded("status_succeeded_without_metrics")["response"]["body"]))
    assert outcome.result is None
    assert "sent no metrics, so it failed" in outcome.sentence


def test_a_recorded_failure_says_why(recorded):
    outcome = judge(JobStatus.model_validate(recorded("status_failed")["response"]["body"]))
    assert outcome.sentence == (
        "The job failed: LogisticRegression.__init__() got an unexpected keyword argument 'multi_class'. The log has "
        "the details."
    )


@pytest.mark.parametrize(
    ("final", "kind", "words"),
    [
        (status("FAILED", error="This file has one class only. Choose another."), UnavailableError, "This file has"),
        (status("FAILED", error="x y z w.", error_code="input"), InputError, "x y z w."),
        (status("FAILED"), UnavailableError, "gives no reason"),
        (status("CANCELLED"), Cancelled, "cancelled"),
        (status("SUCCEEDED", result=METRICS, error="no disk"), UnavailableError, "no disk"),
        (status("SUCCEEDED", result={"accuracy": float("nan")}), UnavailableError, "no metrics"),
        (status("SUCCEEDED", result={"accuracy": "good"}), UnavailableError, "not the result of a training"),
        (status("SUCCEEDED"), UnavailableError, "no metrics"),
    ],
)
def test_every_other_end_is_one_sentence(final, kind, words):
    outcome = judge(final)
    assert outcome.result is None
    assert type(outcome.error) is kind
    assert words in outcome.sentence


def test_metrics_may_hold_nan_beside_those_that_count():
    assert judge(status("SUCCEEDED", result={**METRICS, "auc_score": float("nan")})).result.accuracy == 0.93


def test_the_result_of_a_prediction_or_merge_job_is_its_reply():
    predicted = {"satellite": "KOI", "total_predicted": 1, "csv_file": "/a.csv"}
    assert prediction_of(status("SUCCEEDED", result=predicted)).total_predicted == 1
    merged = {"merged_filename": "m.csv", "merged_rows": 3, "merged_url": "/m.csv"}
    assert merge_of(status("SUCCEEDED", result=merged)).merged_rows == 3
    with pytest.raises(UnavailableError, match="not a prediction"):
        prediction_of(status("SUCCEEDED", result=merged))
    with pytest.raises(Cancelled):
        merge_of(status("CANCELLED"))


# Following


def test_a_job_is_watched_to_its_end_with_its_log_by_offset(backend, stage, acts):
    stage.on(
        "GET",
        "/api/train/j/status",
        acts.Reply(state("PENDING", queue_position=1)),
        acts.reset,
        acts.Reply(state("RUNNING", progress=0.5)),
        acts.Reply(state("SUCCEEDED", result=METRICS)),
    )
    stage.on(
        "GET",
        "/api/train/j/logs",
        acts.Reply({"job_id": "j", "logs": "one\n", "next_offset": 4}),
        acts.Reply({"job_id": "j", "logs": "", "next_offset": 4}),
        acts.Reply({"job_id": "j", "logs": "two\n", "next_offset": 8}),
    )
    states, log = [], []
    final = follow(backend, ACCEPTED, lambda found: states.append(found.status), log.append)
    assert final.result == METRICS
    assert states == ["PENDING", "RUNNING", "SUCCEEDED"]
    assert "".join(log) == "one\ntwo\n"
    assert [path for path in stage.paths() if "offset" in path] == [
        f"/api/train/j/logs?offset={offset}" for offset in (0, 4, 4)
    ]


def test_without_offsets_only_the_new_part_of_a_log_is_given(reference, stage, acts):
    whole = ["", "a\n", "a\nb\n", "c\n"]
    stage.on("GET", "/api/train/j/logs", *[acts.Reply({"job_id": "j", "logs": text}) for text in whole])
    reader = LogReader(reference, ACCEPTED.logs_url)
    assert [reader.new() for _ in whole] == ["", "a\n", "b\n", "c\n"]


def test_a_job_that_nobody_waits_for_is_cancelled(backend, stage, acts):
    stage.on("GET", "/api/train/j/status", acts.Reply(state("RUNNING")))
    stage.on("POST", "/api/train/j/cancel", acts.Reply({"ok": True}))
    asked = threading.Event()
    with pytest.raises(Cancelled):
        follow(backend, ACCEPTED, lambda _: asked.set(), should_stop=asked.is_set)
    assert stage.paths("POST") == ["/api/train/j/cancel"]


def test_ctrl_c_cancels_too(backend, stage, acts):
    def interrupt(_: JobStatus) -> None:
        raise KeyboardInterrupt

    stage.on("GET", "/api/train/j/status", acts.Reply(state("RUNNING")))
    stage.on("POST", "/api/train/j/cancel", acts.Reply({"ok": True}))
    with pytest.raises(KeyboardInterrupt):
        follow(backend, ACCEPTED, interrupt)
    assert stage.paths("POST") == ["/api/train/j/cancel"]


def test_a_backend_that_cannot_cancel_is_not_asked_to(reference, stage, acts):
    stage.on("GET", "/api/train/j/status", acts.Reply(state("RUNNING")))
    with pytest.raises(Cancelled):
        follow(reference, ACCEPTED, should_stop=lambda: True)
    assert stage.paths("POST") == []


def test_a_backend_that_is_gone_for_long_is_given_up(backend, monkeypatch):
    monkeypatch.setattr(jobs, "COMMAND_LINE", replace(COMMAND_LINE, lost_after_s=0.5))
    backend.has("cancel")
    gone = Backend("http://127.0.0.1:1")
    quiet = []
    with pytest.raises(NoAnswer, match="Nothing listens"):
        follow(gone, ACCEPTED, on_quiet=quiet.append)
    assert quiet[0].endswith("Trying again.")


def test_a_job_that_does_not_move_is_told_once(backend, stage, acts, monkeypatch):
    monkeypatch.setattr(jobs, "COMMAND_LINE", replace(COMMAND_LINE, stalled_after_s=0.2))
    running = acts.Reply(state("RUNNING"))
    stage.on("GET", "/api/train/j/status", running, running, running, acts.Reply(state("FAILED")))
    quiet = []
    follow(backend, ACCEPTED, on_quiet=quiet.append)
    assert len(quiet) == 1
    assert "No progress" in quiet[0]


def test_an_unknown_job_ends_the_watch(backend, stage, acts):
    stage.on("GET", "/api/train/j/status", acts.Reply("Job not found", 404, "text/html"))
    with pytest.raises(InputError, match="Job not found"):
        follow(backend, ACCEPTED)
