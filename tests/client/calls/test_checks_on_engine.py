"""Our own engine raises no false alarms: its replies for the real catalogs pass every check."""

from collections.abc import Iterator

import pytest

from exoplanet_desktop.catalogs.reading.layout import sniff
from exoplanet_desktop.catalogs.tables.table import Table
from exoplanet_desktop.client.calls.backend import Backend
from exoplanet_desktop.client.calls.check_values import check_table, check_training
from exoplanet_desktop.client.calls.checks import check_prediction
from exoplanet_desktop.client.jobs.jobs import follow, judge, prediction_of
from exoplanet_desktop.client.jobs.parity import parity_check
from exoplanet_desktop.client.profiles.engine import EmbeddedEngine
from exoplanet_desktop.wire.payloads import TrainAccepted
from exoplanet_desktop.wire.requests import PredictRequest, TrainRequest
from exoplanet_desktop.wire.vocabulary import Model, Satellite


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    engine = EmbeddedEngine(tmp_path_factory.mktemp("engine"))
    yield engine.start()
    engine.stop()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("satellite", "name"),
    [(Satellite.KOI, "koi_train.csv"), (Satellite.K2, "k2pandc.csv"), (Satellite.TOI, "toi.csv")],
)
def test_a_training_and_its_prediction_pass_every_check(engine, shared_data, tmp_path, satellite, name):
    path = shared_data / name
    status = follow(engine, engine.train(path, TrainRequest(satellite, Model.DT, sentinel=False)))
    result = judge(status).result
    assert check_training(result, satellite, Model.DT, status.params) == []

    answer = engine.predict(path, PredictRequest(satellite, Model.DT))
    reply = prediction_of(follow(engine, answer)) if isinstance(answer, TrainAccepted) else answer
    engine.download(reply.csv_file, tmp_path / "out.csv")
    with Table.open(tmp_path / "out.csv") as table:
        asked = PredictRequest(satellite, Model.DT, row_count=table.row_count)
        assert check_prediction(reply, asked) == []
        assert check_table(table, reply, sniff(path)) == []

    parity = parity_check(engine, path, PredictRequest(satellite, Model.DT), result.accuracy)
    assert not parity.contradiction, parity.sentence
    assert parity.rows == 300
