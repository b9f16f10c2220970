"""Regenerates the generated parts of docs/.

python -m tests.docs openapi             docs/openapi.json: the engine's description of its calls
python -m tests.docs benchmarks FILE …   the table of docs/benchmarks.md, from reports of `run.py bench --json FILE`;
                                         if several include a bench, the last one counts
"""

import sys

from tests.docs import generated

if __name__ == "__main__":
    sys.exit(generated.main(sys.argv[1:], __doc__ or ""))
