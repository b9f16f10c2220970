"""A merge for the command line: by the backend if it supports the options, otherwise on this machine."""

from pathlib import Path
from typing import TYPE_CHECKING

from exoplanet_desktop.cli.console import Console
from exoplanet_desktop.cli.work import watch
from exoplanet_desktop.errors import InputError

if TYPE_CHECKING:
    from exoplanet_desktop.client.calls.backend import Backend
    from exoplanet_desktop.client.jobs.merges import MergeTask
    from exoplanet_desktop.wire.payloads import MergeReply


def merged(backend: "Backend", request: "MergeTask", output: Path | None, console: Console) -> tuple["MergeReply", str]:
    """Returns the reply and what did the merge. Raises InputError if the merged file could not be kept anywhere."""
    from exoplanet_desktop.client.http.transfers import copy_file
    from exoplanet_desktop.client.jobs.jobs import merge_of
    from exoplanet_desktop.client.jobs.merges import backend_merges, merge_here
    from exoplanet_desktop.client.jobs.received import check_merged
    from exoplanet_desktop.files.temporary import temporary_folder
    from exoplanet_desktop.wire.payloads import TrainAccepted

    if not backend_merges(backend, request):
        if output is None:
            raise InputError(
                f"The backend at {backend.base_url} cannot merge these catalogs this way; this machine can. Use -o to "
                "name the merged file."
            )
        return merge_here(request, output, console.progress), "this machine"
    sending = console.sending(" and ".join(path.name for path in request.paths))
    answer = backend.merge(request.paths, request, readings=request.readings, told=console.note, progress=sending)
    reply = merge_of(watch(backend, answer, console)) if isinstance(answer, TrainAccepted) else answer
    if output is not None:
        with temporary_folder("merged") as folder:  # the target may be a pipe
            table = folder / "merged.csv"
            backend.download(reply.merged_url, table, progress=console.receiving(output.name))
            check_merged(table, reply)
            copy_file(table, output)
    return reply, "the backend"
