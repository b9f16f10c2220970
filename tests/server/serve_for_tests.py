"""An engine in a separate process, with the settings in the JSON object in its first argument.

Prints its address once it answers, or the sentence with which it refused to start.
"""

import json
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))  # lets job processes find `job_kinds` by the same path

    from exoplanet_desktop.errors import AppError
    from exoplanet_desktop.server.run import run
    from exoplanet_desktop.server.settings import EngineSettings

    wishes = json.loads(sys.argv[1])
    wishes["data_dir"] = Path(wishes["data_dir"])
    port = wishes.pop("port", 0)
    if clock := wishes.pop("clock", None):
        import shifted_clock

        shifted_clock.install(Path(clock))
    if silent_s := wishes.pop("silent_s", None):
        from exoplanet_desktop.server.connections import ClientConnection

        ClientConnection.silent_s, ClientConnection.look_every_s = silent_s, silent_s / 4
    kinds = wishes.pop("kinds", "job_kinds")
    if not wishes.pop("real_tasks", False):
        wishes.setdefault("warm", ())
        wishes["tasks"] = {kind: f"{kinds}:{kind}" for kind in ("train", "predict", "merge")}
    try:
        run(EngineSettings(**wishes), "127.0.0.1", port, lambda address: print(address, flush=True))
    except AppError as error:
        print(error, flush=True)
        sys.exit(1)
