"""`python -m exoplanet_desktop`, the installed command, and every child process of a frozen program."""

import multiprocessing


def main() -> int:
    """Run the command line; returns its exit code."""
    # This must come first: a child process of a frozen program starts here too, does its work, and never returns.
    multiprocessing.freeze_support()
    from exoplanet_desktop.cli import run

    return run()


if __name__ == "__main__":
    raise SystemExit(main())
