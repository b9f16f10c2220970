"""The notice after copying a command or program: what it needs before it can run."""

from exoplanet_desktop.gui.base.text import tr
from exoplanet_desktop.record.replay import OWN_FOLDER, TOKEN_FILE


def told(as_command: bool, embedded: bool, token: bool) -> str:
    """The notice, in a sentence or two."""
    if not as_command:
        return tr(
            "The program was copied. It uses the backend in the environment variable EXOPLANET_BACKEND, with the "
            "token in EXOPLANET_TOKEN."
        )
    if embedded:
        return tr(
            "The command was copied. It starts an engine on the folder {folder}, because this window is using its "
            "own; a prediction needs a training there first.",
            folder=OWN_FOLDER,
        )
    if token:
        return tr("The command was copied. It does not contain the token: write that into {file}.", file=TOKEN_FILE)
    return tr("The command was copied.")
