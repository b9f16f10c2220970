"""Reading options on the command line."""

import csv
import json

import pytest


@pytest.fixture(scope="module")
def odd(rows, tmp_path_factory):
    """The catalog with semicolons and decimal commas, below two lines that look like a header."""
    path = tmp_path_factory.mktemp("odd") / "odd.csv"
    with path.open("w", encoding="latin-1", newline="") as file:
        file.write("a;b\nmy notes; of; é; March\n")
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow(rows[0])
        writer.writerows([[cell.replace(".", ",") if cell[:1].isdigit() else cell for cell in row] for row in rows[1:]])
    return path


SAID = ("--delimiter", "semicolon", "--decimal", "comma", "--skip-lines", 2, "--encoding", "ISO-8859-1")


@pytest.mark.slow
def test_a_file_is_trained_on_and_predicted_as_told(run, odd, catalog, tmp_path):
    here = ("--model", "dt", "--data-dir", tmp_path)
    done = run("train", odd, *here, "--no-sentinel", *SAID)
    assert done.code == 0, done.err
    first = [line for line in done.out.splitlines() if line.startswith("accuracy")]
    assert [line for line in run("train", catalog, *here, "--no-sentinel").out.splitlines() if "accuracy" in line][
        :1
    ] == first

    out = tmp_path / "out.csv"
    done = run("predict", odd, *here, *SAID, "-o", out)
    assert done.code == 0, done.err
    assert "400 rows" in done.out
    said = tmp_path / "reading.json"
    said.write_text(json.dumps({"delimiter": ";", "decimal": ",", "skip": 2, "encoding": "latin-1"}))
    again = run("predict", odd, *here, "--reading", said, "-o", out)
    assert again.out == done.out


def test_readings_of_a_merge_are_given_once_a_file(run, odd, catalog, tmp_path):
    said = json.dumps({"delimiter": ";", "decimal": ",", "skip": 2, "encoding": "latin-1"})
    here = ("--data-dir", tmp_path, "--rule", "first", "-o", tmp_path / "out.csv")
    done = run("merge", catalog, odd, *here, "--reading", "{}", "--reading", said)
    assert done.code == 0, done.err
    assert "400 rows" in done.out
    done = run("merge", catalog, odd, catalog, *here, "--reading", "{}", "--reading", said)
    assert done.code == 2
    assert "--reading was given 2 times for 3 files" in done.sentence


def test_a_file_that_is_not_understood_names_the_options(run, tmp_path):
    path = tmp_path / "koi.csv"
    path.write_text("1.5,2.5,3.5\n1.5,2.5,3.5\n")
    done = run("train", path, "--data-dir", tmp_path)
    assert done.code == 2
    assert "Options such as --delimiter and --skip-lines set how to read it" in done.sentence
    done = run("train", tmp_path / "none.csv", "--data-dir", tmp_path)
    assert done.code == 2
    assert "--delimiter" not in done.sentence, "that would not help"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--delimiter", "x"), "--delimiter “x” is not one of comma, semicolon, tab, pipe, space"),
        (("--decimal", "semicolon"), "--decimal “semicolon” is not one of comma, point"),
        (("--encoding", "ebcdic"), "--encoding “ebcdic” is not one of utf-8"),
        (("--skip-lines", "-1"), "--skip-lines -1 is not a number of lines"),
        (("--reading", "nowhere.json"), "nowhere.json cannot be read"),
        (("--reading", '{"delimiter": "x"}'), "unknown delimiter"),
        (
            ("--reading", '{"delimeter": ";"}'),
            "There is no reading option “delimeter”. Choose among delimiter, encoding",
        ),
        (("--labels", "0=CONFIRMED,0=CANDIDATE"), "`0` is given two meanings"),
    ],
)
def test_words_that_mean_nothing_are_refused(run, catalog, tmp_path, options, words):
    done = run("predict", catalog, *options, "--data-dir", tmp_path)
    assert done.code == 2
    assert words in done.sentence


def test_a_text_column_that_is_not_there_is_told(run, catalog, tmp_path):
    done = run(
        *("predict", catalog, "--train-on", catalog, "--model", "dt", "--text-columns", "nowhere"),
        *("--data-dir", tmp_path / "data"),
    )
    assert done.code == 0, done.err
    assert "The file has no column `nowhere` to read as text." in done.out
