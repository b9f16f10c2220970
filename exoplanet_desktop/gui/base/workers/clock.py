"""A clock that goes on while the computer sleeps, as `time.monotonic` does not on every system."""

import sys
import time

if sys.platform == "linux":

    def awake_or_not() -> float:
        """Seconds since some moment, sleep included."""
        return time.clock_gettime(time.CLOCK_BOOTTIME)

elif sys.platform == "darwin":

    def awake_or_not() -> float:
        # Here this clock counts sleep, while the one behind time.monotonic stands still.
        return time.clock_gettime(time.CLOCK_MONOTONIC)

else:

    def awake_or_not() -> float:
        return time.monotonic()  # Windows counts sleep here
