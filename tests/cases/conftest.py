from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from exoplanet_desktop.wire.vocabulary import Satellite
from tests.cases.lab import Lab, trained
from tests.conftest import CHECKOUT

FOLDER = CHECKOUT.parent / "shared" / "cases"


@pytest.fixture(scope="session")
def reading() -> Path:
    if not FOLDER.is_dir():
        pytest.skip("the small files are not here (../shared/cases)")
    return FOLDER / "reading"


@pytest.fixture(scope="session")
def catalogs(reading: Path) -> Path:
    return reading.parent / "catalogs"


@pytest.fixture(scope="session")
def lab(reading: Path, shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A model trained on the real table, and its predictions for the base file."""
    folder = tmp_path_factory.mktemp("lab")
    with ThreadPoolExecutor(2) as executor:
        classifier = trained(shared_data / "koi_train.csv", Satellite.KOI, executor, folder)
        yield Lab(classifier, executor, reading / "base_small.csv", folder)
