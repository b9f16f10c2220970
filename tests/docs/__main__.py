"""Writes anew what in docs/ is made by programs.

python -m tests.docs openapi             docs/openapi.json: what the engine says of its calls
python -m tests.docs benchmarks FILE …   the table of docs/benchmarks.md, from reports of `run.py bench --json FILE`;
                                         where a bench is in several, the last one counts
"""

import sys

from tests.docs import generated

if __name__ == "__main__":
    sys.exit(generated.main(sys.argv[1:], __doc__ or ""))
