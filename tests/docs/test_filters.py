"""Each filter in the documents works on a catalog of its kind."""

import re
from pathlib import Path

import pytest

from exoplanet_desktop.catalogs.tables.table import Table
from tests.docs.blocks import DOCUMENTS

_BLOCK = re.compile(r"^```filter\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILTERS = [
    line
    for document in DOCUMENTS
    for block in _BLOCK.findall(document.read_text(encoding="utf-8"))
    for line in block.splitlines()
]

KOI = """kepoi_name,kepler_name,koi_disposition,koi_period,koi_prad,koi_depth,koi_depth_err1,koi_teq,koi_insol,\
Prob_CONFIRMED,Prob_CANDIDATE
K00752.01,Kepler-227 b,CONFIRMED,9.48,2.26,615.8,19.5,793,9.35,0.9,0.05
K00753.01,,CANDIDATE,19.89,14.6,10829,5.1,,39.3,0.1,0.3
"""


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("filters") / "koi.csv"
    path.write_text(KOI)
    return path


def test_there_are_examples() -> None:
    assert len(FILTERS) > 8


@pytest.mark.parametrize("expression", FILTERS)
def test_a_filter_of_the_documents_works(expression: str, catalog: Path) -> None:
    with Table.open(catalog) as table:
        assert table.select(expression).row_count <= 2
