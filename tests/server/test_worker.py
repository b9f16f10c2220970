import json
import multiprocessing
import sys
import threading

import pytest

from exoplanet_desktop.server import worker


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")  # its end is a SystemExit
def test_a_job_process_knows_whether_a_job_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """It then loads only what that job needs."""
    monkeypatch.setattr(worker, "_end", sys.exit)  # of the thread alone
    before = set(threading.enumerate())
    engine, own = multiprocessing.Pipe()
    line = worker._Line(own)
    [listener] = set(threading.enumerate()) - before
    assert not line.has_job
    engine.send_bytes(json.dumps(["run", {"id": "1"}]).encode())
    engine.send_bytes(json.dumps(["stop", "1"]).encode())
    engine.close()
    listener.join(20)
    assert line.has_job
    job, stop = line.next_job()
    assert job == {"id": "1"}
    assert stop.is_set()
    assert not line.has_job
    own.close()
