"""`checks`: from a catalog to named reasons, on the command line."""

import csv


def test_the_checks_of_a_catalog_are_told_with_what_cannot_be_tested(run, shared_data, tmp_path):
    out, pairs = tmp_path / "checks.csv", tmp_path / "pairs.csv"
    done = run("checks", shared_data / "toi.csv", "-o", out, "--pairs", pairs, "--bound", "radius=30")
    assert done.code == 0, done.err
    assert "not testable: the file has no impact parameter" in done.out
    assert "fails if radius in Earth radii is above 30" in done.out
    assert "A failed check is a reason to look, not a disposition." in done.out
    with out.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 7703
    assert {row["v-shape_outcome"] for row in rows} == {"not testable"}
    assert all(row["failed"] for row in rows if "fail" in (row["radius_outcome"], row["signal_outcome"]))
    with pairs.open(newline="", encoding="utf-8") as file:
        found = [{row["parent"], row["child"]} for row in csv.DictReader(file)]
    assert {"422.01", "428.01"} in found


def test_one_object_is_told_failed_checks_first(run, shared_data):
    done = run("checks", shared_data / "koi_cumulative.csv", "--object", "KOI-1450.01")
    assert done.code == 0, done.err
    lines = done.out.splitlines()
    assert lines[0].split() == ["object", "K01450.01"]
    failed = [line for line in lines if ": fail" in line]
    assert lines[3 : 3 + len(failed)] == failed
    assert any(line.startswith("radius: fail") and "too large for a planet" in line for line in failed)
    told = run("checks", shared_data / "koi_cumulative.csv", "--object", "K00263.01", "--json").json
    assert {told["matches"][0]["parent"], told["matches"][0]["child"]} == {"K00263.01", "K01614.01"}
    assert told["checks"]["signal"] == {"outcome": "pass", "value": 36.0, "bound": 7.1}


def test_json_has_the_shares_by_disposition(run, catalog):
    done = run("checks", catalog, "--json")
    assert done.code == 0, done.err
    told = done.json
    assert told["satellite"] == "KOI"
    assert sum(part["of"] for part in told["any"]["by_disposition"].values()) == told["objects"]


def test_what_is_wrong_is_a_sentence(run, catalog, tmp_path):
    for args, words in (
        (("--bound", "radius"), "is not a bound"),
        (("--bound", "radius=nan"), "is not a bound"),
        (("--bound", "size=3"), "There is no check “size”"),
        (("--object", "K99999.01"), "has no object K99999.01"),
        (("-o", catalog), "is one of the input catalogs"),
    ):
        done = run("checks", catalog, *args)
        assert done.code == 2, (args, done.err)
        assert words in done.err


def test_what_may_mislead_a_check_is_told(run, rows, tmp_path):
    header, *objects = [[*row] for row in rows]
    depth, radius = header.index("koi_depth"), header.index("koi_prad")
    for row in objects:
        row[depth] = str(float(row[depth]) / 1e6) if row[depth] else ""
    objects[0][radius] = "large"
    odd = tmp_path / "odd.csv"
    with odd.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *objects])
    done = run("checks", odd, "--json")
    assert done.code == 0, done.err
    notes = done.json["notes"]
    assert any("koi_depth" in note and "another unit" in note for note in notes)
    assert any("koi_prad" in note and "large" in note for note in notes)
    assert all(note in done.err for note in notes)
