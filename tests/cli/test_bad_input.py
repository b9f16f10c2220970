"""Any mistake in a command or its files gives one sentence with cause and remedy, and a reliable exit code."""

import socket

import pytest


@pytest.fixture(scope="module")
def bad(tmp_path_factory, rows, write):
    """A folder of files that no task can use."""
    folder = tmp_path_factory.mktemp("bad")
    label = rows[0].index("koi_disposition")
    period = rows[0].index("koi_period")
    (folder / "empty.csv").touch()
    (folder / "binary.csv").write_bytes(bytes(range(256)) * 20)
    (folder / "page.csv").write_text("<!DOCTYPE html><html><body>Log in</body></html>")
    write(folder / "no_rows.csv", rows[:1])
    write(folder / "no_label.csv", [row[:label] + row[label + 1 :] for row in rows])
    write(folder / "no_period.csv", [row[:period] + row[period + 1 :] for row in rows])
    write(folder / "one_class.csv", [rows[0], *[row for row in rows[1:] if row[label] == "CONFIRMED"]])
    return folder


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def told(done, code, words):
    assert done.code == code, done.err
    assert words in done.sentence
    assert done.sentence.endswith((".", "`."))
    assert done.out == ""


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("empty.csv", "empty.csv is empty"),
        ("binary.csv", "binary.csv is not text"),
        ("page.csv", "not a CSV file"),
        ("no_rows.csv", "no rows"),
        ("no_label.csv", "no column `koi_disposition`"),
        ("no_period.csv", "no column `koi_period`"),
        ("one_class.csv", "CONFIRMED"),
        ("none.csv", "There is no file"),
        (".", "is not a file"),
    ],
)
def test_a_file_that_cannot_be_trained_on(run, bad, tmp_path, file, words):
    told(run("train", bad / file, "--satellite", "KOI", "--model", "dt", "--data-dir", tmp_path), 2, words)


@pytest.mark.parametrize(
    ("file", "words"),
    [("empty.csv", "is empty"), ("no_rows.csv", "no rows"), ("no_period.csv", "`koi_period`"), ("none.csv", "no file")],
)
def test_a_file_that_cannot_be_predicted_on(run, bad, trained, file, words):
    told(run("predict", bad / file, "--satellite", "KOI", "--model", "dt", "--data-dir", trained), 2, words)


def test_a_file_that_cannot_be_merged(run, bad, catalog, tmp_path):
    told(run("merge", catalog, bad / "empty.csv", "--data-dir", tmp_path), 2, "empty.csv is empty")
    told(run("merge", bad / "none.csv", catalog, "--data-dir", tmp_path), 2, "There is no file")


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--from-row", 400, "--to-row", 500), "numbered 0 to 399"),
        (("--from-row", 7, "--to-row", 6), "There are no rows 7 to 6"),
        (("--to-row", -1), "rows are counted from 0"),
        (("--from-row", "x"), "not a valid integer"),
        (("--model", "rf"), "Train one first"),
        (("--model", "cnn"), "Choose one of xgb, rf, gb, dt, lr, svm"),
        (("--features", "some"), "Choose one of vetted, blind"),
        (("--satellite", "JWST"), "Choose one of KOI, K2, TOI"),
        (("-o", "/nowhere/at/all.csv"), "There is no folder"),
    ],
)
def test_a_prediction_that_cannot_be_done(run, catalog, trained, args, words):
    told(run("predict", catalog, "--satellite", "KOI", "--model", "dt", "--data-dir", trained, *args), 2, words)


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("train",), "Missing argument"),
        (("train", "{catalog}", "--satellite", "JWST"), "Choose one of KOI, K2, TOI"),
        (("train", "{catalog}", "--satellite", "K2"), "Choose another file or another satellite"),
        (("train", "{catalog}", "--model", "cnn"), "Choose one of xgb"),
        (("train", "{catalog}", "--balance", "some"), "Choose one of none, balanced"),
        (("train", "{catalog}", "--nonsense"), "No such option"),
        (("train", "{catalog}", "--token-file", "x"), "needs --backend"),
        (("train", "{catalog}", "--backend", "ftp://x"), "not the address of a backend"),
        (("predict", "{catalog}", "-o", "{catalog}"), "one of the input catalogs"),
        (("merge", "{catalog}"), "at least two files"),
        (("simulate", "--satellite", "KOI", "--rows", 0, "-o", "x.csv"), "at least one row"),
        (("simulate", "--rows", 5, "-o", "x.csv"), "--satellite"),
        (("serve", "--host", "0.0.0.0", "--no-auth"), "Without a token"),
        (("serve", "--token-file", "none"), "There is no file none"),
        (("gui", "none.csv"), "There is no file none.csv"),
        (("none.csv",), "There is no file none.csv"),
        (("{catalog}", "none.csv"), "There is no file none.csv"),
        ((f"{'long' * 100}.csv",), "There is no file longlong"),
        (("train", f"{'long' * 100}.csv"), "There is no file longlong"),
        (("..",), ".. is not a file"),
        (("demo", "--csv", "none.csv"), "There is no file none.csv"),
        (("nonsense",), "No such command 'nonsense'"),
    ],
)
def test_a_command_that_cannot_be(run, catalog, tmp_path, args, words):
    given = [str(arg).format(catalog=catalog) for arg in args]
    data = ["--data-dir", tmp_path / "data"] if given[0] != "nonsense" else []
    told(run(*given, *data, cwd=tmp_path), 2, words)
    assert sorted(path.name for path in tmp_path.iterdir()) in ([], ["data"])


def test_a_backend_that_is_not_there(run, catalog, tmp_path):
    address = f"http://127.0.0.1:{free_port()}"
    for task in (("train", catalog), ("predict", catalog), ("merge", catalog, catalog)):
        done = run(*task, "--backend", address, "--data-dir", tmp_path)
        told(done, 1, f"Nothing listens at {address}")
        assert str(tmp_path / "exoplanet-desktop.log") in done.sentence


def test_a_port_in_use(run, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        told(run("serve", "--port", port, "--data-dir", tmp_path), 1, f"The port {port} is in use")


def test_a_data_folder_that_cannot_be(run, catalog, tmp_path):
    (tmp_path / "file").touch()
    done = run("train", catalog, "--model", "dt", "--data-dir", tmp_path / "file")
    assert done.code == 1
    assert "data folder" in done.sentence
