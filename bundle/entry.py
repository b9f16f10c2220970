"""The executable's entry point, also for all its child processes: window, engine and jobs start here."""

import multiprocessing

# This must come first on every system: a child process does its work in here and never returns.
multiprocessing.freeze_support()

if __name__ == "__main__":
    from exoplanet_desktop.__main__ import main

    raise SystemExit(main())
