"""Runs the server by hand: `python -m tests.reference_server [--port N] [--contract FOLDER] [--misbehave NAME]`."""

import argparse
import sys
from pathlib import Path

from tests.reference_server.acts import MISBEHAVIOURS
from tests.reference_server.lab import mount as mount_lab
from tests.reference_server.recorded import mount, read
from tests.reference_server.stage import Elsewhere, Stage

CONTRACT = Path(__file__).resolve().parents[3] / "shared" / "contract"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--contract", type=Path, default=CONTRACT, help="folder of the recorded exchanges")
    parser.add_argument("--misbehave", metavar="NAME", choices=sorted(MISBEHAVIOURS), help="how every call misbehaves")
    asked = parser.parse_args()
    stage = Stage(asked.port)
    exchanges = read(asked.contract)
    if exchanges:
        mount(stage, exchanges)
    else:
        mount_lab(stage)
    with Elsewhere() as other:
        if asked.misbehave:
            stage.spoil(MISBEHAVIOURS[asked.misbehave][0], other.base)
        print(f"Listening on {stage.base} with {len(exchanges)} recorded exchanges; Ctrl+C ends it.", flush=True)
        try:
            stage.serve_forever(0.1)
        except KeyboardInterrupt:
            sys.exit(0)


if __name__ == "__main__":
    main()
