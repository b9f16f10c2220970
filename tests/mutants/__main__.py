"""Whether the tests bite: changes single places of the code and shows which changes no test notices.

Each change is made in a temporary copy and tried with the tests of its room that reach it, then with those of the rooms
that use it. The same seed draws the same sample.
"""

import sys

from tests.mutants import runner

if __name__ == "__main__":
    sys.exit(runner.main(sys.argv[1:], __doc__ or ""))
