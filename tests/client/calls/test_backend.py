import json
import math
from email.parser import BytesParser
from urllib.parse import urlsplit

import pytest

from exoplanet_desktop.client.calls.backend import Backend
from exoplanet_desktop.client.http.http_client import CallLimits, HttpClient
from exoplanet_desktop.errors import (
    AppError,
    Cancelled,
    InputError,
    NoAnswer,
    NoModel,
    NotAllowed,
    NotFound,
    TooLarge,
    TooMany,
    UnavailableError,
)
from exoplanet_desktop.wire.payloads import MergedFile, PredictReply, TrainAccepted
from exoplanet_desktop.wire.requests import MergeRequest, PredictRequest, TrainRequest
from exoplanet_desktop.wire.vocabulary import Balance, Duplicates, Features, Model, Satellite

KOI, XGB = Satellite.KOI, Model.XGB
HEALTH = {
    "ok": True,
    "name": "exoplanet-desktop",
    "version": "1",
    "extensions": [
        "async",
        "balance",
        "cancel",
        "features",
        "logs-offset",
        "merge-delete",
        "merge-token",
        "models",
        "sentinel",
    ],
    "limits": {"upload_bytes": 1000},
}
ACCEPTED = {"job_id": "j1", "status_url": "/api/train/j1/status", "logs_url": "/api/train/j1/logs"}
UPLOADS = {"ok": True, "count": 0, "files": []}


@pytest.fixture
def reference(stage, acts) -> Backend:
    """A backend of the plain contract."""
    stage.on("GET", "/api/get-uploads-file", acts.Reply(UPLOADS))
    return Backend(stage.base)


@pytest.fixture
def engine(stage, acts) -> Backend:
    """A backend with the extensions."""
    stage.on("GET", "/api/health", acts.Reply(HEALTH))
    return Backend(stage.base, "secret-token")


def form_of(request) -> dict[str, str]:
    head = f"Content-Type: {request.headers['Content-Type']}\r\n\r\n".encode()
    parts = BytesParser().parsebytes(head + request.body).get_payload()
    return {
        part.get_param("name", header="content-disposition"): part.get_filename() or part.get_payload()
        for part in parts
    }


# Recorded exchanges


def test_a_recorded_training_is_understood_from_start_to_end(replay, reference, stage, csv):
    replay("train_accepted")
    accepted = reference.train(csv, TrainRequest(KOI, XGB))
    form = form_of(stage.requests[-1])
    assert (form["satellite"], form["model"]) == ("KOI", "xgb")
    assert form["file"].startswith("my_catalog_1___")

    exchange = replay("status_running")
    assert reference.status(accepted.status_url).status == "RUNNING"
    assert stage.requests[-1].path == exchange["request"]["path"]
    replay("status_succeeded")
    assert reference.status(accepted.status_url).result["cv_mean"] == pytest.approx(0.90638, abs=1e-5)
    replay("logs_running")
    assert reference.logs(accepted.logs_url).logs == ""


def test_a_recorded_prediction_is_understood(replay, reference, stage, csv):
    replay("predict_two_rows")
    reply = reference.predict(csv, PredictRequest(KOI, XGB, from_row=0, to_row=1))
    form = form_of(stage.requests[-1])
    assert (form["model"], form["model_type"]) == ("xgb", "xgb")
    assert (form["from_row"], form["from_csv_range"], form["to_row"], form["to_csv_range"]) == ("0", "0", "1", "1")
    assert isinstance(reply, PredictReply)
    assert reply.total_predicted == len(reply.results) == 2


def test_a_recorded_merge_and_the_lists_are_understood(replay, reference, stage, csv):
    replay("merge")
    reply = reference.merge([csv, csv], MergeRequest(rule=Duplicates.NONE, output_name="both.csv"))
    form = form_of(stage.requests[-1])
    assert reply.merged_rows == 9564
    assert (form["dedupe"], form["output_name"]) == ("false", "both.csv")
    assert form["file_a"] == form["file_b"]
    replay("merge_list")
    assert reference.merged().files[0].rows == 9564
    replay("uploads_list")
    assert reference.uploads().count == 10


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("train_bad_model", InputError, "Invalid model 'foo'"),
        ("train_bad_satellite", InputError, "Invalid satellite 'XYZ'"),
        ("train_not_csv", InputError, "Only .csv files allowed"),
        ("train_no_file", InputError, "Invalid JSON body"),
        ("predict_bad_range", InputError, "Invalid row range: from_row > to_row"),
        ("predict_empty_file", UnavailableError, "No columns to parse from file"),
        ("predict_model_not_trained", NoModel, "Train one first"),
        ("predict_no_file", InputError, "file"),
        ("predict_unsupported_satellite", InputError, "Satellite TOI not supported yet"),
        ("merge_empty_file", UnavailableError, "No columns to parse"),
        ("merge_one_file", InputError, "Provide"),
        ("merge_json_missing", UnavailableError, "File not found"),
        ("status_unknown_job", NotFound, "Job not found"),
        ("logs_unknown_job", NotFound, "Job not found"),
        ("media_missing", NotFound, "Page not found"),
        ("train_get", InputError, "not allowed"),
    ],
)
def test_every_recorded_refusal_becomes_one_sentence(replay, reference, stage, csv, name, kind, words):
    request = replay(name)["request"]
    path = request["path"]
    with pytest.raises(AppError) as caught:
        if request["method"] == "GET":
            reference.status(path) if "media" not in path else reference.fetch(path)
        elif path == "/api/train":
            reference.train(csv, TrainRequest(KOI, XGB))
        elif path == "/api/predict":
            reference.predict(csv, PredictRequest(KOI, XGB))
        else:
            reference.merge([csv, csv], MergeRequest())
    assert type(caught.value) is kind
    assert words in str(caught.value)
    assert "<" not in str(caught.value)
    assert "\n" not in str(caught.value)


# Health


def test_a_backend_of_the_plain_contract_has_no_health_and_no_extension(reference, stage):
    assert reference.health() is None
    assert reference.models() == []
    assert not reference.has("cancel")
    assert stage.paths().count("/api/health") == 1  # asked once, then remembered


def test_any_other_web_server_is_no_backend(stage, acts):
    page = acts.Reply("<html><h1>Welcome</h1></html>", content_type="text/html")
    for path in ("/api/health", "/api/get-uploads-file", "/api/merge"):
        stage.on("GET", path, page)
    with pytest.raises(UnavailableError, match="not an exoplanet backend"):
        Backend(stage.base).health()


def test_an_engine_in_trouble_is_not_taken_for_a_plain_backend(reference, stage, acts):
    stage.on("GET", "/api/health", acts.Reply("", 500))
    with pytest.raises(UnavailableError, match="HTTP 500"):
        reference.health()
    stage.on("GET", "/api/health", acts.Reply(HEALTH))
    assert reference.has("cancel")


def test_models_are_listed_where_they_can_be(engine, stage, acts):
    stage.on("GET", "/api/models", acts.Reply({"ok": True, "count": 1, "models": [{"model_version": "v1"}]}))
    assert engine.models() == [{"model_version": "v1"}]


# Hosts and tokens


def test_no_address_of_a_reply_leads_elsewhere(engine, stage, stages, acts):
    other = stages()
    other.on("GET", "/api/train/j1/status", acts.Reply({"job_id": "j1", "status": "RUNNING"}))
    stage.on("GET", "/api/train/j1/status", acts.Reply({"job_id": "j1", "status": "SUCCEEDED"}))
    assert engine.status(f"{other.base}/api/train/j1/status?x=1").status == "SUCCEEDED"
    assert stage.requests[-1].path == "/api/train/j1/status?x=1"
    assert stage.requests[-1].headers["Authorization"] == "Bearer secret-token"
    assert other.requests == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_told_and_never_followed(engine, stage, stages, acts, csv, status):
    other = stages()
    stage.on("POST", "/api/train", acts.Reply("", status, headers={"Location": f"{other.base}/api/train"}))
    stage.on("GET", "/media/a.png", acts.Reply("", status, headers={"Location": f"{other.base}/a.png"}))
    for call in (lambda: engine.train(csv, TrainRequest(KOI, XGB)), lambda: engine.fetch("/media/a.png")):
        with pytest.raises(UnavailableError, match=f"redirects to {other.base}; redirects are not followed"):
            call()
    assert other.requests == []


def test_loopback_never_goes_through_a_proxy(engine, monkeypatch, stages):
    proxy = stages()
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, proxy.base)
    assert engine.health() is not None
    assert proxy.requests == []


def test_a_password_of_netrc_is_never_sent(stage, acts, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password pw\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setattr("exoplanet_desktop.client.http.http_client.is_loopback", lambda base: False)
    monkeypatch.setenv("no_proxy", "*")
    stage.on("GET", "/api/merge", acts.Reply({"count": 0, "files": []}))
    Backend(stage.base).merged()
    assert "Authorization" not in stage.requests[-1].headers


@pytest.mark.parametrize("token", ["two words", "tök", "a\nb"])
def test_a_token_that_cannot_be_one_is_refused(token):
    with pytest.raises(InputError, match="Copy it again"):
        Backend("http://127.0.0.1:1", token)


# Odd replies


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("<html><h1>hi</h1></html>", "text/html"),
        ("", "application/json"),
        ("[1, 2]", "application/json"),
        ('{"status": "RUNNING"}', "application/json"),
        ('{"job_id": 7, "status": ["x"]}', "application/json"),
        ("{" * 100_000, "application/json"),
        (b"\xff\xfe\x00", "application/json"),
    ],
)
def test_what_is_no_status_is_told_to_be_none(reference, stage, acts, body, content_type):
    stage.on("GET", "/api/train/j/status", acts.Reply(body, content_type=content_type))
    with pytest.raises(UnavailableError, match="sent something that is not the state of a job"):
        reference.status("/api/train/j/status")


def test_json_under_any_content_type_with_nan_and_infinity_is_taken(reference, stage, acts):
    body = '{"job_id": "j", "status": "SUCCEEDED", "result": {"accuracy": 0.9, "auc_score": NaN, "brier": Infinity}}'
    stage.on("GET", "/api/train/j/status", acts.Reply(body, content_type="text/html"))
    result = reference.status("/api/train/j/status").result
    assert math.isnan(result["auc_score"])
    assert math.isinf(result["brier"])


def test_a_refusal_with_status_200_is_one_all_the_same(reference, stage, acts):
    stage.on("GET", "/api/merge", acts.Reply({"ok": False, "error": "No such folder"}))
    with pytest.raises(InputError, match="No such folder"):
        reference.merged()


@pytest.mark.parametrize(
    ("act", "words"),
    [
        ("reset", "was interrupted"),
        ("truncated", "was interrupted"),
        ("no_http", "does not speak HTTP|was interrupted"),
    ],
)
def test_a_connection_that_breaks_is_told(reference, stage, acts, act, words):
    stage.on("GET", "/api/merge", getattr(acts, act))
    with pytest.raises(NoAnswer, match=words):
        reference.merged()


def test_a_reading_call_is_tried_again_and_a_writing_one_is_not(reference, stage, acts, csv):
    stage.on("GET", "/api/merge", acts.Reply("", 503), acts.reset, acts.Reply({"count": 0, "files": []}))
    assert reference.merged().count == 0
    assert stage.paths().count("/api/merge") == 3
    stage.on("POST", "/api/train", acts.Reply("busy", 503), acts.Reply(ACCEPTED, 202))
    with pytest.raises(UnavailableError, match="busy"):
        reference.train(csv, TrainRequest(KOI, XGB))
    assert stage.paths("POST") == ["/api/train"]


def test_a_poller_is_answered_at_once(reference, stage, acts):
    for path in ("/api/train/j/status", "/api/train/j/logs"):
        stage.on("GET", path, acts.Reply("", 429, headers={"Retry-After": "20"}))
    with pytest.raises(TooMany):
        reference.status("/api/train/j/status", repeat=False)
    with pytest.raises(TooMany):
        reference.logs("/api/train/j/logs", repeat=False)
    assert len(stage.requests) == 2


def test_nobody_there(stage):
    with pytest.raises(NoAnswer, match=r"Nothing listens at http://127\.0\.0\.1:1\. Start the backend"):
        Backend("http://127.0.0.1:1").health()


@pytest.mark.parametrize(
    ("act", "limits", "words"),
    [
        ("silent", CallLimits(0.3, 20, 1000), "sent nothing for|took over"),
        ("silent", CallLimits(20, 0.3, 1000), "took over 0 s"),
        ("drip", CallLimits(20, 0.5, 1_000_000), "took over"),
        ("drip", CallLimits(20, 20, 50_000), "over 0 MB"),
        ("endless", CallLimits(20, 20, 1_000_000), "over 1 MB"),
    ],
)
def test_no_answer_takes_for_ever_nor_without_bound(stage, acts, act, limits, words):
    stage.on("GET", "/x", getattr(acts, act))
    with pytest.raises(AppError, match=words):
        HttpClient(stage.base).exchange("GET", f"{stage.base}/x", "work", limits=limits)


def test_waiting_for_an_answer_can_be_stopped(reference, stage, acts, csv):
    stage.on("POST", "/api/predict", acts.silent)
    with pytest.raises(Cancelled):
        reference.predict(
            csv, PredictRequest(KOI, XGB), should_stop=lambda: "POST" in {r.method for r in stage.requests}
        )


# Extensions


def test_options_that_a_backend_would_ignore_are_refused(reference, stage, csv):
    for options, words in (
        ({"features": Features.BLIND}, "Choose vetted features"),
        ({"balance": Balance.BALANCED}, "Choose no balancing"),
    ):
        with pytest.raises(InputError, match=words):
            reference.train(csv, TrainRequest(KOI, XGB, **options))
    with pytest.raises(InputError, match="vetted"):
        reference.predict(csv, PredictRequest(KOI, XGB, features=Features.BLIND))
    for call in (lambda: reference.cancel("j"), lambda: reference.delete_merged("a.csv")):
        with pytest.raises(InputError, match="cannot"):
            call()
    assert stage.paths("POST") == []


def test_options_reach_a_backend_that_knows_them(engine, stage, acts, csv):
    stage.on("POST", "/api/train", acts.Reply(ACCEPTED, 202))
    engine.train(csv, TrainRequest(KOI, XGB, features=Features.BLIND, balance=Balance.BALANCED, sentinel=False))
    form = form_of(stage.requests[-1])
    assert (form["features"], form["balance"], form["sentinel"]) == ("blind", "balanced", "false")
    stage.on("POST", "/api/predict", acts.Reply(ACCEPTED, 202))
    answer = engine.predict(csv, PredictRequest(KOI, XGB, features=Features.BLIND, model_version="v1", results_limit=0))
    form = form_of(stage.requests[-1])
    assert isinstance(answer, TrainAccepted)
    assert (form["async"], form["features"], form["model_version"], form["results_limit"]) == (
        "true",
        "blind",
        "v1",
        "0",
    )


def test_a_file_over_the_limit_is_not_sent(engine, stage, tmp_path):
    large = tmp_path / "large.csv"
    large.write_text("kepid,koi_period\n" + "1,2.5\n" * 200)
    with pytest.raises(TooLarge, match="Choose a smaller file"):
        engine.train(large, TrainRequest(KOI, XGB))
    assert stage.paths("POST") == []


def test_cancel_and_delete_name_one_thing_only(engine, stage, acts):
    stage.on("POST", "/api/train/j1/cancel", acts.Reply({"ok": True}))
    stage.on("DELETE", "/api/merge/a%20b%23.csv", acts.Reply({"ok": True}))
    engine.cancel("j1")
    engine.delete_merged("a b#.csv")
    assert [r.path for r in stage.requests[-2:]] == ["/api/train/j1/cancel", "/api/merge/a%20b%23.csv"]
    for name in ("", ".", "..", "../../x"):
        with pytest.raises(AppError):
            engine.delete_merged(name)


def test_a_merged_file_is_trained_on_by_a_fresh_token(engine, stage, acts):
    merged = MergedFile(filename="m.csv", url="/media/m.csv", merge_token="stale")
    fresh = {"filename": "m.csv", "url": "/media/m.csv", "merge_token": "fresh"}
    stage.on("GET", "/api/merge", acts.Reply({"count": 1, "files": [fresh]}))
    stage.on("POST", "/api/train", acts.Reply(ACCEPTED, 202))
    assert engine.train_merged(merged, TrainRequest(KOI, XGB, features=Features.BLIND)).job_id == "j1"
    body = json.loads(stage.requests[-1].body)
    assert body == {"satellite": "KOI", "model": "xgb", "features": "blind", "merge_token": "fresh"}


def test_without_tokens_a_merged_file_goes_by_way_of_this_machine(reference, stage, acts):
    content = b"kepid,koi_period\n1,2\n"
    stage.on("GET", "/media/m.csv", acts.Reply(content, content_type="text/csv"))
    stage.on("POST", "/api/train", acts.Reply(ACCEPTED, 202))
    merged = MergedFile(filename="..\\m.csv", url="http://127.0.0.1:1/media/m.csv")
    assert reference.train_merged(merged, TrainRequest(KOI, XGB)).job_id == "j1"
    assert content in stage.requests[-1].body
    assert form_of(stage.requests[-1])["file"].startswith("m__")


# Files


def test_a_download_is_whole_or_not_there(reference, stage, acts, tmp_path):
    target, content, told = tmp_path / "out.csv", b"a,b\n" * 100_000, []
    stage.on("GET", "/media/out.csv", acts.Reply(content, content_type="text/html"))
    reference.download(
        "http://127.0.0.1:1/media/out.csv", target, progress=lambda done, total: told.append((done, total))
    )
    assert target.read_bytes() == content
    assert told[-1] == (len(content), len(content))
    for act in (acts.truncated, acts.reset, acts.Reply("gone", 404), acts.Reply("<!doctype HTML><p>Log in</p>")):
        stage.on("GET", "/media/out.csv", act)
        with pytest.raises(AppError):
            reference.download("/media/out.csv", target)
        assert target.read_bytes() == content
        assert list(tmp_path.iterdir()) == [target]


def test_a_download_can_be_stopped(reference, stage, acts, tmp_path):
    stage.on("GET", "/media/out.csv", acts.drip)
    told = []
    with pytest.raises(Cancelled):
        reference.download(
            "/media/out.csv",
            tmp_path / "out.csv",
            progress=lambda done, total: told.append(done),
            should_stop=lambda: bool(told),
        )
    assert list(tmp_path.iterdir()) == []


def test_a_picture_is_fetched_up_to_a_size(reference, stage, acts):
    stage.on("GET", "/media/a.png", acts.Reply(b"\x89PNG" + b"0" * 996, content_type="image/png"))
    assert len(reference.fetch("/media/a.png")) == 1000
    with pytest.raises(TooLarge):
        reference.fetch("/media/a.png", limit=999)


def test_a_wrong_token_is_told(engine, stage, acts):
    stage.on("GET", "/api/merge", acts.Reply({"ok": False, "error": "no"}, 401))
    with pytest.raises(NotAllowed, match="does not accept this token"):
        engine.merged()


def test_the_base_is_the_one_given(stage):
    assert urlsplit(Backend(f"{stage.base}/").base_url).path == ""
