"""A merge for the command line: by the backend where it merges as asked, else on this machine."""

from pathlib import Path
from typing import TYPE_CHECKING

from exoplanet_desktop.catalogs.merging.duplicates import Duplicates
from exoplanet_desktop.cli.console import Console
from exoplanet_desktop.cli.work import watch
from exoplanet_desktop.errors import InputError

if TYPE_CHECKING:
    from exoplanet_desktop.client.backend import Backend
    from exoplanet_desktop.client.merges import MergeRequest
    from exoplanet_desktop.wire.payloads import MergeReply


def merged(
    backend: "Backend", request: "MergeRequest", output: Path | None, console: Console
) -> tuple["MergeReply", str]:
    """The reply, and who merged. Raises InputError where nobody could keep the merged file."""
    from exoplanet_desktop.client.jobs import merge_of
    from exoplanet_desktop.client.merges import backend_merges, merge_here

    if not backend_merges(backend, request):
        if output is None:
            raise InputError(
                f"The backend at {backend.base_url} cannot merge these catalogs this way; this machine can. Use -o to "
                "name the merged file."
            )
        return merge_here(request, output, console.progress), "this machine"
    sending = console.sending(" and ".join(path.name for path in request.paths))
    if backend.has("merge-rules"):
        job = backend.merge_by_rule(
            request.paths,
            rule=request.rule,
            identifier=request.identifier,
            readings=request.readings,
            told=console.note,
            progress=sending,
        )
        reply = merge_of(watch(backend, job, console))
    else:
        a, b = request.paths
        dedupe = request.rule is Duplicates.EXACT
        reply = backend.merge(a, b, dedupe=dedupe, readings=request.readings, progress=sending)
    if output is not None:
        backend.download(reply.merged_url, output, progress=console.receiving(output.name))
    return reply, "the backend"
