"""A clock that keeps running while the computer sleeps, unlike `time.monotonic` on some systems."""

import sys
import time

if sys.platform == "linux":

    def awake_or_not() -> float:
        """Seconds since an arbitrary moment, including sleep."""
        return time.clock_gettime(time.CLOCK_BOOTTIME)

elif sys.platform == "darwin":

    def awake_or_not() -> float:
        # This clock includes sleep; the one behind time.monotonic does not.
        return time.clock_gettime(time.CLOCK_MONOTONIC)

else:

    def awake_or_not() -> float:
        return time.monotonic()  # on Windows it includes sleep
