"""Column and label options are applied to the last row, refused with a reason, and remembered for the next time."""

import pytest


@pytest.fixture(scope="module")
def own(tmp_path_factory, rows, write):
    """The catalog in the user's own terms: other column names, numbers as labels."""
    folder = tmp_path_factory.mktemp("own")
    names = {"koi_period": "P", "koi_depth": "deep", "koi_disposition": "verdict"}
    label = rows[0].index("koi_disposition")
    numbers = {"FALSE POSITIVE": "0", "CONFIRMED": "1", "CANDIDATE": "2"}
    header = [names.get(name, name) for name in rows[0]]
    body = [[*row[:label], numbers[row[label]], *row[label + 1 :]] for row in rows[1:]]
    write(folder / "own.csv", [header, *body])
    write(folder / "names.csv", [["file", "program"], ["P", "koi_period"], ["deep", "koi_depth"]])
    return folder


MEANT = ("--label-column", "verdict", "--labels", "0=FALSE POSITIVE,1=CONFIRMED,2=candidate")


@pytest.mark.slow
def test_the_users_names_and_labels_train_as_the_archives_do(run, own, catalog, trained, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    asked = ("train", own / "own.csv", "--model", "dt", "--no-sentinel", "--data-dir", tmp_path, "--json")
    said = run(*asked, "--rename", own / "names.csv", *MEANT)
    assert said.code == 0, said.err
    plain = run("train", catalog, "--model", "dt", "--no-sentinel", "--data-dir", tmp_path, "--json")
    scores = [done.json["result"]["accuracy"] for done in (said, plain)]
    assert scores[0] == scores[1]

    again = run(*asked)
    assert again.code == 0, again.err
    assert "is read with the options saved" in again.err
    assert again.json["result"]["accuracy"] == scores[0]

    predicted = run("predict", own / "own.csv", "--model", "dt", "-o", tmp_path / "out.csv", "--data-dir", trained)
    assert predicted.code == 0, predicted.err
    assert "agreement" in predicted.out
    with (tmp_path / "out.csv").open(encoding="utf-8") as file:
        assert {"P", "deep", "verdict"} <= set(file.readline().split(","))

    forgotten = run(*asked, "--forget-reading")
    assert forgotten.code == 2
    assert "`koi_period`" in forgotten.sentence


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--rename", "{own}/own.csv"), "should begin with the line file,program"),
        (("--rename", "{own}/none.csv"), "cannot be read"),
        (("--labels", "0"), "does not say what a label means"),
        (("--labels", "0=PLANET"), "is not a class"),
        (("--label-column", "nothing"), "no column `nothing`"),
        (("--satellite", "KOI", "--label-column", "nothing"), "no column `nothing`"),
    ],
)
def test_what_cannot_be_meant_is_refused(run, own, tmp_path, args, words):
    asked = [str(arg).replace("{own}", str(own)) for arg in args]
    done = run("train", own / "own.csv", "--data-dir", tmp_path, *asked)
    assert done.code == 2
    assert words in done.sentence
    assert done.out == ""


def test_numbers_for_labels_are_never_guessed(run, own, tmp_path):
    done = run(
        "train", own / "own.csv", "--rename", own / "names.csv", "--label-column", "verdict", "--data-dir", tmp_path
    )
    assert done.code == 2
    assert "“0” (" in done.sentence
    assert "--labels" in done.sentence


@pytest.mark.parametrize("task", ["train", "predict"])
@pytest.mark.parametrize("named", [(), ("--satellite", "K2"), ("--satellite", "TOI")])
def test_a_table_of_planets_is_refused_whatever_is_named(run, write, tmp_path, task, named):
    header = ["pl_name", "hostname", "discoverymethod", "pl_orbper", "pl_rade", "st_teff", "st_rad"]
    path = write(tmp_path / "ps.csv", [header, ["K2-9 b", "K2-9", "Transit", "18.4", "2.25", "3390", "0.31"]])
    done = run(task, path, *named, "--data-dir", tmp_path)
    assert done.code == 2
    assert "Planetary Systems, which holds confirmed planets only" in done.sentence


def test_a_class_that_is_gone_is_told_before_the_training(run, rows, write, tmp_path):
    label = rows[0].index("koi_disposition")
    broken = [[*row[:label], row[label].replace("FALSE POSITIVE", "F. P."), *row[label + 1 :]] for row in rows[1:]]
    path = write(tmp_path / "gone.csv", [rows[0], *broken])
    done = run("train", path, "--model", "dt", "--no-sentinel", "--data-dir", tmp_path)
    assert done.code == 0, done.err
    assert "No row of `koi_disposition` is FALSE POSITIVE" in done.err.partition("Starting the engine")[0]
    assert "“F. P.” (" in done.err.partition("Starting the engine")[0]
    assert "“F. P.” (" in done.out
