"""A Dask cluster in separate processes, until its stdin is closed: `[number of workers]`.

Prints a JSON object with the scheduler's address.
"""

import json
import sys

if __name__ == "__main__":
    import dask
    from distributed import LocalCluster

    settings = {
        "distributed.scheduler.allowed-failures": 1,
        "distributed.scheduler.http.routes": [],
        "distributed.worker.http.routes": [],
    }
    with (
        dask.config.set(settings),
        LocalCluster(
            n_workers=int(sys.argv[1]),
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
            local_directory=sys.argv[2],
            silence_logs=50,
        ) as cluster,
    ):
        print(json.dumps({"address": cluster.scheduler_address}), flush=True)
        sys.stdin.read()
