"""Jobs on a Dask cluster: the same numbers, and one clear error for every cluster failure."""

import csv
import importlib.util
import io
import json
import math
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from exoplanet_desktop.errors import InputError
from exoplanet_desktop.server.cluster import check_cluster

HERE = Path(__file__).parent
ROOT = HERE.parents[1]

needs_dask = pytest.mark.skipif(
    any(importlib.util.find_spec(name) is None for name in ("distributed", "cryptography")),
    reason="the extra `cluster` is not installed",
)


@contextmanager
def cluster_of(workers: int, folder: Path, *more_paths: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A cluster's process and its scheduler's address; `more_paths` come first in its workers' import path."""
    paths = [*more_paths, ROOT, HERE]
    process = subprocess.Popen(
        [sys.executable, str(HERE / "cluster_for_tests.py"), str(workers), str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, paths))},
    )
    with process:
        try:
            assert process.stdout is not None
            yield process, json.loads(process.stdout.readline())["address"]
        finally:
            assert process.stdin is not None
            process.stdin.close()
            try:
                process.wait(30)
            finally:
                process.kill()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a cluster with two workers on loopback."""
    with cluster_of(2, tmp_path_factory.mktemp("cluster")) as (_, address):
        yield address


@pytest.fixture(scope="module")
def on_cluster(cluster: str, live_engine: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """An engine with small jobs on that cluster; their traces are in its data folder."""
    engine = live_engine(tmp_path_factory.mktemp("shared"), cluster=cluster, kinds="cluster_kinds")
    yield engine
    engine.stop()


def marks(engine: Any, kind: str) -> list[Path]:
    return list((engine.data_dir / "marks").glob(f"{kind}-*"))


def forget_marks(engine: Any) -> None:
    for mark in marks(engine, "*"):
        mark.unlink()


@needs_dask
def test_parts_run_on_the_workers(on_cluster: Any) -> None:
    result = on_cluster.ended(on_cluster.train().json()["job_id"])["result"]
    assert 1 <= len(set(result["labels"])) <= 2
    assert not {int(pid) for pid in result["labels"]} & {*on_cluster.children(), int(result["stage"])}


@needs_dask
def test_a_part_whose_worker_dies_is_done_by_another(on_cluster: Any) -> None:
    forget_marks(on_cluster)
    status = on_cluster.ended(on_cluster.train("rf").json()["job_id"])
    assert status["status"] == "SUCCEEDED", status["error"]
    assert len(marks(on_cluster, "died")) == 1


@needs_dask
def test_a_part_that_kills_its_workers_is_one_clear_error(on_cluster: Any) -> None:
    forget_marks(on_cluster)
    status = on_cluster.ended(on_cluster.train("gb").json()["job_id"])
    assert (status["status"], status["error_code"]) == ("FAILED", "unavailable")
    assert "workers" in status["error"] and "memory" in status["error"]
    assert "distributed" not in status["error"]
    assert on_cluster.ended(on_cluster.train().json()["job_id"])["status"] == "SUCCEEDED"


@needs_dask
@pytest.mark.parametrize("how", ["cancelled", "killed"])
def test_the_parts_of_a_job_that_ends_early_stop(on_cluster: Any, how: str) -> None:
    forget_marks(on_cluster)
    job_id = on_cluster.train("svm").json()["job_id"]
    on_cluster.wait_until(lambda: len(marks(on_cluster, "began")) == 2, "both parts to begin")
    if how == "cancelled":
        assert on_cluster.post(f"/api/train/{job_id}/cancel").json()["status"] == "CANCELLED"
    else:
        os.kill(on_cluster.job_process(), signal.SIGKILL)
        assert "killed" in on_cluster.ended(job_id)["error"]
    on_cluster.wait_until(lambda: len(marks(on_cluster, "stopped")) == 2, "both parts to stop")


@needs_dask
def test_a_lost_cluster_is_one_clear_error(start_engine: Any, tmp_path: Path) -> None:
    with cluster_of(1, tmp_path) as (process, address):
        engine = start_engine(cluster=address, kinds="cluster_kinds")
        job_id = engine.train("svm").json()["job_id"]
        engine.wait_until(lambda: marks(engine, "began"), "a part to begin")
        process.kill()
        status = engine.ended(job_id)
    assert (status["status"], status["error_code"]) == ("FAILED", "unavailable")
    assert "lost its scheduler" in status["error"]
    both = {"file_a": ("a.csv", engine.csv), "file_b": ("b.csv", engine.csv)}
    assert engine.post("/api/merge", files=both).status_code == 200  # a merge needs no cluster


@needs_dask
def test_an_engine_does_not_start_without_workers_or_without_an_answer(start_engine: Any, tmp_path: Path) -> None:
    with cluster_of(0, tmp_path) as (_, empty), socket.socket() as nobody, ThreadPoolExecutor(2) as both:
        nobody.bind(("127.0.0.1", 0))  # and does not listen
        silent = f"tcp://127.0.0.1:{nobody.getsockname()[1]}"
        wishes = {"has no workers": empty, "No cluster answers": silent}
        started = [
            both.submit(start_engine, tmp_path / str(number), cluster=address)
            for number, address in enumerate(wishes.values())
        ]
        for words, engine in zip(wishes, (future.result() for future in started), strict=True):
            assert words in engine.first_line and engine.process.wait(30) == 1


@needs_dask
def test_other_versions_are_told_before_work_starts(start_engine: Any, tmp_path: Path) -> None:
    other = tmp_path / "other"
    record = other / "scikit_learn-0.99.dist-info"
    record.mkdir(parents=True)
    (record / "METADATA").write_text("Metadata-Version: 2.1\nName: scikit-learn\nVersion: 0.99\n")
    with cluster_of(1, tmp_path, other) as (_, address):
        engine = start_engine(cluster=address)
        assert engine.process.wait(30) == 1
    assert "scikit-learn 0.99 instead of" in engine.first_line


@needs_dask
def test_a_local_cluster_lives_and_ends_with_its_engine(start_engine: Any) -> None:
    engine = start_engine(cluster="local", kinds="cluster_kinds")
    result = engine.ended(engine.train().json()["job_id"])["result"]
    workers = {int(pid) for pid in result["labels"]}
    assert workers and int(result["stage"]) not in workers
    assert engine.stop() == 0
    engine.wait_until_gone([*workers])
    assert not list((engine.data_dir / "work").iterdir())


@needs_dask
def test_a_local_cluster_ends_with_an_engine_that_is_killed(start_engine: Any) -> None:
    engine = start_engine(cluster="local", kinds="cluster_kinds")
    result = engine.ended(engine.train().json()["job_id"])["result"]
    others = engine.children()
    engine.kill()
    engine.wait_until_gone([*others, *map(int, result["labels"])])


@pytest.mark.slow
@needs_dask
def test_numbers_are_the_same_as_without(
    cluster: str, start_engine: Callable[..., Any], shared_data: Path, tmp_path: Path
) -> None:
    rows = (shared_data / "koi_train.csv").read_text().splitlines(keepends=True)[:1501]
    catalog, table = "".join(rows), (shared_data / "koi_test_raw.csv").read_text()
    engines = [
        start_engine(tmp_path / "threads", real_tasks=True, warm=[]),
        start_engine(tmp_path / "cluster", real_tasks=True, warm=[], cluster=cluster),
    ]
    jobs = [engine.train(csv=catalog).json()["job_id"] for engine in engines]
    ours, theirs = (engine.ended(job, 120)["result"] for engine, job in zip(engines, jobs, strict=True))
    measured = [name for name, value in ours.items() if isinstance(value, float) and name != "elapsed_sec"]
    assert {"accuracy", "cv_mean", "cv_std", "auc_score", "log_loss", "brier"} <= {*measured}
    for name in measured:
        assert theirs[name] == pytest.approx(ours[name], abs=1e-3), name
    assert theirs["confusion_matrix"] == ours["confusion_matrix"]
    for name in ("importance", "intervals", "blind", "curves"):
        assert same(theirs[name], ours[name], 1e-3), name
    tables = []
    for engine in engines:
        reply = engine.predict(csv=table)
        assert reply.status_code == 200, reply.text
        tables.append([*csv.DictReader(io.StringIO(engine.get(reply.json()["csv_file"]).text))])
    assert len(tables[0]) == len(tables[1]) == len(table.splitlines()) - 1
    for left, right in zip(*tables, strict=True):
        for name in left:
            if name.startswith("Prob_"):
                assert math.isclose(float(left[name]), float(right[name]), rel_tol=0, abs_tol=1e-6)
            else:
                assert left[name] == right[name]


def same(left: Any, right: Any, within: float) -> bool:
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key], within) for key in left)
    if isinstance(left, list):
        return len(left) == len(right) and all(same(a, b, within) for a, b in zip(left, right, strict=True))
    if isinstance(left, float) and isinstance(right, float):
        return math.isclose(left, right, rel_tol=0, abs_tol=within)
    return bool(left == right)


@pytest.mark.parametrize("missing", ["distributed", "cryptography"])
def test_without_the_extra_the_remedy_is_named(tmp_path: Path, missing: str) -> None:
    if missing == "cryptography" and importlib.util.find_spec("distributed") is None:
        pytest.skip("the extra `cluster` is not installed")
    # In a separate process: its imports change nothing here.
    script = (
        "import sys, multiprocessing as m\n"
        f"sys.modules[{missing!r}] = None\n"
        "from exoplanet_desktop.server.cluster_host import host\n"
        "ours, theirs = m.Pipe()\n"
        f"host(theirs, 'local', {str(tmp_path)!r})\n"
        "print(ours.recv_bytes().decode())\n"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, cwd=ROOT)
    word, sentence = json.loads(ran.stdout)
    assert word == InputError.code and "pip install 'exoplanet-desktop[cluster]'" in sentence


@pytest.mark.parametrize(
    "wish", ["", "here", "http://a:1", "tcp://", "tcp://host", "tcp://a b:1", "tcp://h:1\n", "LOCAL"]
)
def test_what_is_no_cluster(wish: str) -> None:
    with pytest.raises(InputError, match="not the address of a cluster"):
        check_cluster(wish)


@pytest.mark.parametrize("wish", ["local", "tcp://scheduler:8786", "tls://10.0.0.1:8786", "tcp://[::1]:8786"])
def test_what_is_a_cluster(wish: str) -> None:
    assert check_cluster(wish) == wish
