"""What the executable runs, and every process that it starts: window, engine and jobs come in here."""

import multiprocessing

# First of all, on every system: a child process does its work in here and never returns.
multiprocessing.freeze_support()

if __name__ == "__main__":
    from exoplanet_desktop.__main__ import main

    raise SystemExit(main())
