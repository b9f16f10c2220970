"""The way to a backend: encrypted or not, trusted by whom, through which proxy."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from exoplanet_desktop.client.diagnosis import is_public_plain_http
from exoplanet_desktop.client.urls import is_loopback


@dataclass(frozen=True)
class Route:
    """Attributes:
    tls: whether what is sent is encrypted.
    ca_file: name of the file of authorities that is trusted in place of the system's; "" for the system's.
    proxy: address of the proxy without its password; "" where there is none.
    is_loopback: whether it stays on this machine.
    is_exposed: whether it crosses the internet without encryption.
    """

    tls: bool
    ca_file: str
    proxy: str
    is_loopback: bool
    is_exposed: bool


def route_to(base: str, ca_file: str = "") -> Route:
    """The way to the backend at `base`, as the system's settings are now. May look a name up: not for a GUI thread."""
    loopback = is_loopback(base)
    return Route(
        tls=urlsplit(base).scheme == "https",
        ca_file=Path(ca_file).name,
        proxy="" if loopback else _proxy(base),
        is_loopback=loopback,
        is_exposed=is_public_plain_http(base),
    )


def _proxy(base: str) -> str:
    from requests.utils import get_environ_proxies, select_proxy

    parts = urlsplit(select_proxy(base, get_environ_proxies(base)) or "")
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.hostname}{port}" if parts.hostname else ""
