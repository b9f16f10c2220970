"""`python -m exoplanet_desktop`, the installed command, and every child process of a frozen program."""

import multiprocessing


def main() -> int:
    """Run the command line; returns its exit code."""
    # First of all: a child process of a frozen program comes in here too, does its work, and never returns.
    multiprocessing.freeze_support()
    from exoplanet_desktop.cli import run

    return run()


if __name__ == "__main__":
    raise SystemExit(main())
