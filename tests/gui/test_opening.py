"""The messages on opening a catalog."""

from pathlib import Path

from exoplanet_desktop.gui.tables.opening import read


def test_the_notes_tell_of_cells_that_were_not_read_as_they_stand(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("x,y\n" + "1,2\n" * 20 + "n.d.,3\n<5,4\n")
    table, opened = read(path, None, True, None, lambda share, stage: None, lambda: False, lambda: False)
    with table:
        assert opened.numeric == {"x", "y"}
        assert opened.all_notes == (
            "1 cell of `x` is a limit and not a measurement; its number is used (line 23, “<5”).",
            "1 cell of `x` is neither a number nor missing and counts as missing (line 22, “n.d.”).",
        )
