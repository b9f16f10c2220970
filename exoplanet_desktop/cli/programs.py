"""The commands that stay open: the window, its demo, and the server."""

import os
import secrets
import sys
from pathlib import Path

import click

from exoplanet_desktop.cli.options import PATH, data_dir_option
from exoplanet_desktop.cli.paths import existing, open_log, token_in
from exoplanet_desktop.cli.window import end_by_ctrl_c, has_display, open_window
from exoplanet_desktop.errors import InputError, UnavailableError


@click.command()
@click.argument("csv", nargs=-1, type=PATH)
@data_dir_option
def gui(csv: tuple[Path, ...] = (), data_dir: Path | None = None) -> int:
    """Open the window, with any catalogs that are named. This is the default command."""
    return open_window(csv, data_dir)


@click.command()
@click.option("--csv", type=PATH, metavar="FILE", help="The catalog to use; by default a simulated one.")
@click.option("--screenshots", type=PATH, metavar="DIR", help="Folder for screenshots of each step.")
@click.option(
    "--looks",
    type=click.Choice(["one", "all"]),
    default="one",
    show_default=True,
    help="Screenshots in the light theme only, or also in the dark theme and with large text.",
)
@data_dir_option
def demo(csv: Path | None, screenshots: Path | None, looks: str, data_dir: Path | None) -> int:
    """Drive the window through Train, Predict, Merge, Use and Train."""
    if csv is not None:
        existing(csv)
    if screenshots is not None and screenshots.exists() and not screenshots.is_dir():
        raise InputError(f"{screenshots} is a file. Name a folder for the pictures.")
    if not has_display() or (screenshots is not None and _can_draw_unseen()):
        # Screenshots need no display, and without one they look the same everywhere.
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    end_by_ctrl_c()
    open_log(data_dir)
    from exoplanet_desktop.gui.demo.play import run_demo

    return run_demo(csv, screenshots, data_dir, all_looks=looks == "all")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 for all.")
@click.option("--port", type=click.IntRange(0, 65535), default=8001, show_default=True, help="0 for any free port.")
@click.option("--token-file", type=PATH, metavar="FILE", help="File with the token that clients must send.")
@click.option("--no-auth", is_flag=True, help="Accept every program on this machine without a token; on loopback only.")
@click.option(
    "--cluster",
    metavar="ADDRESS|local",
    help="Dask cluster to share the work: tcp://HOST:PORT of its scheduler, or `local` for one on this machine.",
)
@data_dir_option
def serve(
    host: str, port: int, token_file: Path | None, no_auth: bool, cluster: str | None, data_dir: Path | None
) -> None:
    """Serve the engine to other programs until Ctrl+C.

    Prints one line with its address when it is ready. Without --token-file, it creates a token in the data folder.

    Anyone who reaches a cluster's scheduler can run programs on it: beyond this machine, use tls:// or an SSH tunnel.
    """
    from exoplanet_desktop.server.run import serve as serve_at

    if no_auth and token_file is not None:
        raise InputError("--no-auth and --token-file contradict each other. Use only one of them.")
    folder = open_log(data_dir)
    if no_auth:
        token, lock = None, "no token"
    else:
        token_file = token_file or _own_token(folder)
        token, lock = token_in(token_file), f"token in {token_file}"
    serve_at(host, port, folder, token, lambda address: click.echo(f"Listening on {address} ({lock})"), cluster)


def _own_token(folder: Path) -> Path:
    """The file with this data folder's token, created if missing, readable only by this user."""
    file = folder / "token"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
            opened.write(secrets.token_urlsafe(32) + "\n")
    except FileExistsError:
        return file
    except OSError as error:
        raise UnavailableError(
            f"The token cannot be saved in {file} ({error.strerror}). Choose another folder with --data-dir."
        ) from error
    return file


def _can_draw_unseen() -> bool:
    """Whether to draw offscreen: other systems lack fonts without a display, and an explicit platform wins."""
    return sys.platform.startswith("linux") and not os.environ.get("QT_QPA_PLATFORM")
