"""Our own engine receives paths; no other backend does, whatever it claims."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from exoplanet_desktop.catalogs.simulate.catalog import simulate
from exoplanet_desktop.catalogs.tables.plain import plain_copy
from exoplanet_desktop.client.calls.backend import Backend
from exoplanet_desktop.client.calls.labels import to_learn_from
from exoplanet_desktop.client.jobs.jobs import follow, merge_of, prediction_of
from exoplanet_desktop.client.jobs.merges import MergeTask, backend_merges
from exoplanet_desktop.client.profiles.engine import EmbeddedEngine
from exoplanet_desktop.errors import Cancelled, InputError
from exoplanet_desktop.wire.requests import MergeRequest, PredictRequest, TrainRequest
from exoplanet_desktop.wire.vocabulary import Duplicates, Model, ModelLabels, Satellite


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("own")


@pytest.fixture(scope="module")
def engine(folder: Path) -> Iterator[Backend]:
    engine = EmbeddedEngine(folder)
    yield engine.start()
    engine.stop()


@pytest.fixture
def koi(tmp_path: Path) -> Path:
    path = tmp_path / "my catalog.csv"
    simulate(Satellite.KOI, 300, 7, path)
    return path


def test_files_go_there_and_come_back_by_path(engine: Backend, folder: Path, koi: Path, tmp_path: Path) -> None:
    linked = tmp_path / "linked.csv"
    linked.symlink_to(koi)
    trained = follow(engine, engine.train(linked, TrainRequest(Satellite.KOI, Model.DT, sentinel=False)))
    assert trained.params["data_path"] == str(koi.resolve())
    accepted = engine.predict(koi, PredictRequest(Satellite.KOI, Model.DT, results_limit=0))
    reply = prediction_of(follow(engine, accepted))
    assert not [path for path in (folder / "uploads").iterdir() if "__pred_" not in path.name]

    there = engine.local_file(reply.csv_file)
    assert there is not None and there.parent == (folder / "uploads").resolve()
    seen: list[tuple[int, int | None]] = []
    engine.download(reply.csv_file, tmp_path / "out.csv", progress=lambda *at: seen.append(at))
    assert (tmp_path / "out.csv").read_bytes() == there.read_bytes()
    assert seen[-1] == (there.stat().st_size, there.stat().st_size)
    with pytest.raises(Cancelled):
        engine.download(reply.csv_file, tmp_path / "no.csv", should_stop=lambda: True)
    assert {path.name for path in tmp_path.iterdir()} == {"my catalog.csv", "linked.csv", "out.csv"}


def test_a_file_that_changes_while_its_job_waits_is_noticed(engine: Backend, koi: Path, tmp_path: Path) -> None:
    ahead = tmp_path / "ahead.csv"
    simulate(Satellite.KOI, 3000, 7, ahead)
    first = engine.train(ahead, TrainRequest(Satellite.KOI, Model.XGB))
    second = engine.train(koi, TrainRequest(Satellite.KOI, Model.DT, sentinel=False))
    koi.write_bytes(koi.read_bytes() + koi.read_bytes().splitlines()[1] + b"\n")
    engine.cancel(first.job_id)
    assert "changed while it was read" in (follow(engine, second).error or "")


def test_three_files_are_merged_by_a_rule_as_a_job(engine: Backend, koi: Path) -> None:
    with pytest.raises(InputError, match="At most 26"):
        engine.merge([koi] * 27, MergeRequest())
    accepted = engine.merge([koi, koi, koi], MergeRequest(rule=Duplicates.BY_IDENTIFIER_LAST, output_name="three"))
    reply = merge_of(follow(engine, accepted))
    assert (reply.merged_filename, reply.merged_rows, reply.dropped_each) == ("three.csv", 300, [300, 300, 0])


def test_no_other_backend_is_handed_a_path(stage: Any, acts: Any, koi: Path) -> None:
    claims = {"ok": True, "name": "x", "version": "1", "extensions": ["local-path"], "limits": {}}
    stage.on("GET", "/api/health", acts.Reply(claims))
    accepted = {"job_id": "1", "status_url": "/s", "logs_url": "/l"}
    stage.on("POST", "/api/train", acts.Reply(accepted, 202))
    stage.on("GET", "/media/uploads/x.csv", acts.Reply({}, 200))
    backend = Backend(stage.base)
    backend.train(koi, TrainRequest(Satellite.KOI, Model.DT))
    (sent,) = [request for request in stage.requests if request.method == "POST"]
    assert b"koi_period" in sent.body and str(koi).encode() not in sent.body
    assert backend.local_file("/media/uploads/x.csv") is None


MARKED = "kepid,kepoi_name,koi_disposition,label_source\n1,a,CONFIRMED,catalog\n2,b,CANDIDATE,model\n3,c,,\n"


def test_a_backend_that_cannot_leave_rows_out_gets_a_file_without_them(
    engine: Backend, stage: Any, acts: Any, tmp_path: Path
) -> None:
    csv = tmp_path / "marked.csv"
    csv.write_text(MARKED)
    reference = Backend(stage.base)
    stage.on("GET", "/api/get-uploads-file", acts.Reply({"ok": True, "count": 0, "files": []}))
    with to_learn_from(reference, csv, None) as (sent, left_out):
        assert (sent.name, left_out) == ("marked.csv", 1)
        assert sent.read_text() == MARKED.replace("2,b,CANDIDATE,model\n", "")
        copy = sent
    assert not copy.exists()
    with to_learn_from(reference, csv, ModelLabels.USE) as (sent, left_out):
        assert (sent, left_out) == (csv, 0)
    with to_learn_from(engine, csv, None) as (sent, left_out):
        assert (sent, left_out) == (csv, 0)
    csv.write_text(MARKED.splitlines()[0] + "\n2,b,CANDIDATE,Model\n")
    with pytest.raises(InputError, match="All labels in marked"):
        plain_copy(csv, tmp_path / "out.csv", model_labels=False)
    csv.write_text("kepid,label_source\n1,catalog\n")
    assert plain_copy(csv, tmp_path / "out.csv", model_labels=False).left_out == 0


def test_who_merges(engine: Backend, stage: Any, acts: Any, tmp_path: Path) -> None:
    stage.on("GET", "/api/get-uploads-file", acts.Reply({"ok": True, "count": 0, "files": []}))
    reference = Backend(stage.base)
    plain, predicted = tmp_path / "plain.csv", tmp_path / "predicted.csv"
    plain.write_text("kepid,koi_disposition\n1,CONFIRMED\n")
    predicted.write_text("kepid,koi_disposition,Predicted_Class,Prob_CONFIRMED\n1,,CONFIRMED,0.9\n")
    by_rule = MergeTask((plain, plain), rule=Duplicates.BY_IDENTIFIER_FIRST)
    assert backend_merges(reference, MergeTask((plain, plain)))
    assert backend_merges(reference, MergeTask((plain, plain), rule=Duplicates.NONE))
    assert not backend_merges(reference, by_rule)
    assert not backend_merges(reference, MergeTask((plain, plain, plain)))
    assert not backend_merges(reference, MergeTask((plain, predicted)))
    assert backend_merges(engine, by_rule) and backend_merges(engine, MergeTask((plain, predicted)))
    assert MergeTask((plain, plain), output_name="../both").file_name == "both.csv"
    assert by_rule.file_name.startswith("merged__plain__plain__2")
