"""The command that repeats a run asks for what the run asked for."""

import shlex
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import pytest

from exoplanet_desktop.catalogs.simulate.catalog import simulate
from exoplanet_desktop.cli import tasks
from exoplanet_desktop.record.entry import StoredRun
from exoplanet_desktop.record.replay import command
from exoplanet_desktop.wire.options import Options
from exoplanet_desktop.wire.requests import MergeRequest, PredictRequest, TrainRequest
from exoplanet_desktop.wire.vocabulary import Balance, Duplicates, Features, KnownRows, Model, ModelLabels, Satellite

TRAINING = TrainRequest(Satellite.KOI, Model.DT)
PREDICTION = PredictRequest(Satellite.KOI, Model.RF)
KINDS: list[tuple[click.Command, type[Options]]] = [
    (tasks.train, TrainRequest),
    (tasks.predict, PredictRequest),
    (tasks.merge, MergeRequest),
]


class _AskedError(Exception):
    """Carries what a command would have asked a backend for."""


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    simulate(Satellite.KOI, 60, 3, tmp_path / "koi.csv")
    return tmp_path / "koi.csv"


def asked_again(kind: str, asked: Options, csv: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """What the command of a run asks for."""

    @contextmanager
    def nobody(*_: object) -> Any:
        yield None

    def caught(*given: object, **more: object) -> None:
        raise _AskedError(next(one for one in (*given, *more.values()) if isinstance(one, Options)))

    monkeypatch.setattr(tasks, "backend_at", nobody)
    monkeypatch.setattr(tasks, "train_on", caught)
    monkeypatch.setattr(tasks, "_reply", caught)
    monkeypatch.setattr("exoplanet_desktop.cli.merging.merged", caught)
    files = [str(csv)] * (2 if kind == "merge" else 1)
    run = StoredRun(
        "0" * 32, kind, "again", "SUCCEEDED", False, "Lab", "http://lab:8001", None, "", "", None, None, None, False,
        request={**asked.to_json(), "paths": files, "files": ["koi.csv"] * len(files)},
    )  # fmt: skip
    words = shlex.split(command(run, embedded=True).splitlines()[-1])
    with pytest.raises(_AskedError) as found:
        getattr(tasks, kind).main(words[2:], standalone_mode=False)
    return found.value.args[0]


@pytest.mark.parametrize(
    "asked",
    [
        TRAINING,
        replace(TRAINING, features=Features.BLIND, balance=Balance.BALANCED, model=Model.SVM),
        replace(TRAINING, sentinel=False, model_labels=ModelLabels.USE),
        replace(TRAINING, without=("koi_score", "koi_fpflag_nt")),
    ],
)
def test_a_training_is_asked_for_again(asked: TrainRequest, csv: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert asked_again("train", asked, csv, monkeypatch).completed() == asked.completed()


@pytest.mark.parametrize(
    "asked",
    [PREDICTION, replace(PREDICTION, from_row=0, to_row=9, features=Features.BLIND, known_rows=KnownRows.MODEL)],
)
def test_a_prediction_is_asked_for_again(asked: PredictRequest, csv: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(csv.parent)
    again = asked_again("predict", asked, csv, monkeypatch)
    assert replace(again, results_limit=None).completed() == asked.completed()


@pytest.mark.parametrize("rule", Duplicates)
def test_a_merge_is_asked_for_again(rule: Duplicates, csv: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(csv.parent)
    again = asked_again("merge", MergeRequest(rule=rule, identifier="kepid"), csv, monkeypatch)
    assert (again.rule, again.identifier) == (rule, "kepid")


@pytest.mark.parametrize(("command", "kind"), KINDS)
def test_a_command_has_the_options_that_repeat_a_run(command: click.Command, kind: type[Options]) -> None:
    known = {word for one in command.params for word in one.opts}
    said = {one.switch[1] if one.switch else one.command for one in kind.declared().values()} - {""}
    assert said and said <= known
