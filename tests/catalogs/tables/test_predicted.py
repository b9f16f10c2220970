"""Prediction columns, counted."""

from pathlib import Path

from exoplanet_desktop.catalogs.facts.satellites import TOI
from exoplanet_desktop.catalogs.tables.predicted import BINS, predicted
from exoplanet_desktop.catalogs.tables.table import Table

NAMES = (*TOI.identifiers, TOI.label, *TOI.required)


def read(path: Path, header: str, lines: list[str]) -> Table:
    path.write_text("\n".join([header, *lines]) + "\n")
    return Table.open(path)


def test_classes_confidence_and_agreement_are_counted(tmp_path: Path) -> None:
    rows = [
        ("KP", "CONFIRMED", "0.96"),
        ("CP", "CONFIRMED", "1.0"),
        ("CP", "CANDIDATE", "0.5"),
        ("PC", "CANDIDATE", "nan"),
        ("", "FALSE POSITIVE", "0.0"),
        ("??", "CANDIDATE", "7"),
        ("FA", "", ""),
    ]
    lines = [f"{n},{n},{raw},1,2,3,4,{said},{sure}" for n, (raw, said, sure) in enumerate(rows)]
    with read(tmp_path / "toi.csv", ",".join((*NAMES, "Predicted_Class", "Confidence")), lines) as table:
        found = predicted(table)
    assert found is not None
    assert (found.column, found.label) == ("Predicted_Class", "tfopwg_disp")
    assert found.counts == {"CONFIRMED": 2, "CANDIDATE": 3, "FALSE POSITIVE": 1}
    assert found.pairs == {("CONFIRMED", "CONFIRMED"): 2, ("CONFIRMED", "CANDIDATE"): 1, ("CANDIDATE", "CANDIDATE"): 1}
    assert found.spellings["CONFIRMED"] == ("CP", "KP")
    assert found.confidence["CONFIRMED"][BINS - 1] == 2
    assert sum(found.confidence["CANDIDATE"]) == 1 and found.confidence["FALSE POSITIVE"][0] == 1


def test_a_table_without_labels_or_predictions(tmp_path: Path) -> None:
    with read(tmp_path / "a.csv", "x,pred_label", ["1,CONFIRMED", "2,planet"]) as table:
        found = predicted(table)
        assert found is not None and found.counts == {"CONFIRMED": 1, "planet": 1}
        assert not found.pairs and not found.confidence
    with read(tmp_path / "b.csv", "x,y", ["1,2"]) as table:
        assert predicted(table) is None
