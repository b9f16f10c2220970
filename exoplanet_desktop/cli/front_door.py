"""Window, server and every task as a command. Only the commands import heavy libraries."""

from pathlib import Path

import click

from exoplanet_desktop import __version__
from exoplanet_desktop.cli.guard import COMMAND
from exoplanet_desktop.cli.paths import is_there
from exoplanet_desktop.cli.programs import demo, gui, serve
from exoplanet_desktop.cli.tasks import merge, predict, simulate, train
from exoplanet_desktop.cli.vetting import checks


class _FrontDoor(click.Group):
    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Opens a file in place of a command in the window, as after a double click, or reports it missing.

        No command has a suffix or a folder in its name.
        """
        if args and args[0] not in self.commands:
            named = Path(args[0])
            if named.suffix or named.name != args[0] or is_there(named):
                args = [gui.name or "gui", *args]
        return super().resolve_command(ctx, args)


@click.group(
    cls=_FrontDoor,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name=COMMAND, message="%(prog)s %(version)s")
@click.pass_context
def front_door(context: click.Context) -> None:
    """Train, predict and merge NASA exoplanet catalogs (KOI, K2, TOI).

    Without a command, or with a catalog in its place, the window opens. All other commands work without a display;
    they start an engine of their own unless --backend names one.
    """
    if context.invoked_subcommand is None:
        context.invoke(gui)


for _command in (gui, serve, train, predict, merge, checks, simulate, demo):
    front_door.add_command(_command)
