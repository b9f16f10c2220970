"""Looks at an X display from outside: lists its visible windows, and asks one to close."""

import ctypes
import ctypes.util
from dataclasses import dataclass

_VIEWABLE = 2
_CLIENT_MESSAGE = 33


@dataclass(frozen=True)
class Window:
    """A visible window."""

    number: int
    title: str


class _Attributes(ctypes.Structure):
    """XWindowAttributes up to `map_state`, with room for the rest."""

    _fields_ = (
        *((name, ctypes.c_int) for name in ("x", "y", "width", "height", "border_width", "depth")),
        ("visual", ctypes.c_void_p),
        ("root", ctypes.c_ulong),
        *((name, ctypes.c_int) for name in ("class_", "bit_gravity", "win_gravity", "backing_store")),
        ("backing_planes", ctypes.c_ulong),
        ("backing_pixel", ctypes.c_ulong),
        ("save_under", ctypes.c_int),
        ("colormap", ctypes.c_ulong),
        ("map_installed", ctypes.c_int),
        ("map_state", ctypes.c_int),
        ("rest", ctypes.c_char * 128),
    )


class _ClientMessage(ctypes.Structure):
    """XClientMessageEvent, padded to the size of an XEvent."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("serial", ctypes.c_ulong),
        ("send_event", ctypes.c_int),
        ("display", ctypes.c_void_p),
        ("window", ctypes.c_ulong),
        ("message_type", ctypes.c_ulong),
        ("format", ctypes.c_int),
        ("data", ctypes.c_long * 5),
        ("rest", ctypes.c_char * 96),
    )


class Display:
    """A connection to an X server; raises OSError if there is none, or no libX11."""

    def __init__(self, name: str) -> None:
        self._x = ctypes.CDLL(ctypes.util.find_library("X11") or "libX11.so.6")
        self._x.XOpenDisplay.restype = ctypes.c_void_p
        self._x.XOpenDisplay.argtypes = [ctypes.c_char_p]
        self._x.XDefaultRootWindow.restype = ctypes.c_ulong
        self._x.XInternAtom.restype = ctypes.c_ulong
        self._ignored = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)(lambda *_: 0)
        self._x.XSetErrorHandler(self._ignored)  # a window may be gone before we ask about it
        opened = self._x.XOpenDisplay(name.encode())
        if not opened:
            raise OSError(f"no X server at {name}")
        self._display = ctypes.c_void_p(opened)
        self._root = ctypes.c_ulong(self._x.XDefaultRootWindow(self._display))

    def windows(self) -> list[Window]:
        """The visible windows, topmost last."""
        root, parent, count = ctypes.c_ulong(), ctypes.c_ulong(), ctypes.c_uint()
        children = ctypes.POINTER(ctypes.c_ulong)()
        refs = (ctypes.byref(root), ctypes.byref(parent), ctypes.byref(children), ctypes.byref(count))
        if not self._x.XQueryTree(self._display, self._root, *refs):
            return []
        numbers = [children[index] for index in range(count.value)]
        if children:
            self._x.XFree(children)
        return [Window(number, self._title(number)) for number in numbers if self._is_viewable(number)]

    def close(self, window: Window) -> None:
        """Ask a window to close, like the button in its title bar."""
        protocols = self._x.XInternAtom(self._display, b"WM_PROTOCOLS", 0)
        delete = self._x.XInternAtom(self._display, b"WM_DELETE_WINDOW", 0)
        message = _ClientMessage(type=_CLIENT_MESSAGE, window=window.number, message_type=protocols, format=32)
        message.data[0] = delete
        self._x.XSendEvent(self._display, ctypes.c_ulong(window.number), 0, ctypes.c_long(0), ctypes.byref(message))
        self._x.XFlush(self._display)

    def _is_viewable(self, number: int) -> bool:
        attributes = _Attributes()
        found = self._x.XGetWindowAttributes(self._display, ctypes.c_ulong(number), ctypes.byref(attributes))
        return bool(found) and attributes.map_state == _VIEWABLE

    def _title(self, number: int) -> str:
        name = ctypes.c_char_p()
        if not self._x.XFetchName(self._display, ctypes.c_ulong(number), ctypes.byref(name)):
            return ""
        title = (name.value or b"").decode(errors="replace")
        self._x.XFree(name)
        return title
