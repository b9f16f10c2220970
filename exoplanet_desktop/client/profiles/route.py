"""The route to a backend: whether encrypted, trusted by which authorities, through which proxy."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from requests.utils import get_environ_proxies, select_proxy

from exoplanet_desktop.client.http.urls import is_loopback
from exoplanet_desktop.client.profiles.diagnosis import is_public_plain_http


@dataclass(frozen=True)
class Route:
    """Attributes:
    tls: whether the connection is encrypted.
    ca_file: name of the file with trusted authorities; "" for those of the system.
    proxy: address of the proxy without its password; "" if there is none.
    is_loopback: whether the connection stays on this machine.
    is_exposed: whether it crosses the internet unencrypted.
    """

    tls: bool
    ca_file: str
    proxy: str
    is_loopback: bool
    is_exposed: bool


def route_to(base: str, ca_file: str = "") -> Route:
    """The route to the backend at `base` under the current system settings.

    May look a name up: not for the GUI thread.
    """
    loopback = is_loopback(base)
    return Route(
        tls=urlsplit(base).scheme == "https",
        ca_file=Path(ca_file).name,
        proxy="" if loopback else _proxy(base),
        is_loopback=loopback,
        is_exposed=is_public_plain_http(base),
    )


def _proxy(base: str) -> str:

    parts = urlsplit(select_proxy(base, get_environ_proxies(base)) or "")
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.hostname}{port}" if parts.hostname else ""
