"""Addresses: normalises what a user types, and maps a server's addresses back onto that base.

A server behind a proxy writes `http://127.0.0.1:8000/…` into its replies, so we never follow a reply's address as it
is: we use only its path and query, below the base. This also keeps the token from other hosts.
"""

import ipaddress
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from exoplanet_desktop.errors import InputError, UnavailableError

_EXAMPLE = "Write it like http://192.0.2.7:8001."


def normalise_base(text: str) -> str:
    """The base address without a trailing slash; adds `http://` if there is no scheme.

    Raises InputError for text that is not a web address.

    >>> normalise_base(" lab.example:8001/ ")
    'http://lab.example:8001'
    """
    address = text.strip()
    if "://" not in address:
        address = f"http://{address}"
    try:
        parts = urlsplit(address)
        # Both raise ValueError only when they are first read.
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or parts.scheme not in ("http", "https") or port == 0 or any(c.isspace() or c == "\\" for c in address):
        raise InputError(f"“{text.strip()}” is not the address of a backend. {_EXAMPLE}")
    if parts.username or parts.password:
        raise InputError(
            "The backend's address contains a user name or password. Leave it out and use a token instead."
        )
    return urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/"), "", ""))


def is_loopback(base: str) -> bool:
    """Whether an address means this machine, which a proxy cannot reach."""
    host = urlsplit(base).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def rebase(base: str, url: str) -> str:
    """`url`, absolute or relative, as an address below `base`: keeps its path and query, never its host.

    Raises UnavailableError if it has no usable path.

    >>> rebase("http://lab.example:8001", "http://127.0.0.1:8000/media/a.csv?x=1")
    'http://lab.example:8001/media/a.csv?x=1'
    """
    root = urlsplit(base)
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        parts = urlsplit("")
    path = "/" + parts.path.lstrip("/")
    # `..` could leave the base path on a shared host, and no sound server names a file that way.
    if path == "/" or ".." in unquote(path).replace("\\", "/").split("/"):
        raise UnavailableError(
            f"The backend at {base} returned an invalid address (“{url[:80]}”). Ask whoever runs it."
        )
    if root.path and not (path == root.path or path.startswith(f"{root.path}/")):
        path = root.path + path
    # Keep percent signs: quoted text must not be quoted twice.
    return urlunsplit((root.scheme, root.netloc, quote(path, safe="/%:@!$&'()*+,;=~-._"), parts.query, ""))
