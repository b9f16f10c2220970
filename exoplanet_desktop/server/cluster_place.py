"""Where the scheduler of a Dask cluster is, and what a connection to it needs."""

from dataclasses import dataclass, field
from typing import Any

LOCAL = "local"  # in place of an address: a cluster that the engine keeps itself


@dataclass(frozen=True)
class ClusterPlace:
    """Where a scheduler listens.

    Attributes:
        address: `tcp://host:port` or `tls://host:port`.
        ca, cert, key: what an encrypted connection needs, as PEM texts; empty where Dask's own configuration has it.
    """

    address: str
    ca: str = field(default="", repr=False)
    cert: str = field(default="", repr=False)
    key: str = field(default="", repr=False)

    def security(self) -> Any:
        """Dask's Security of a client."""
        from distributed import Security

        if not self.key:
            return Security()
        keys = {"tls_ca_file": self.ca, "tls_client_cert": self.cert, "tls_client_key": self.key}
        return Security(require_encryption=True, **keys)
