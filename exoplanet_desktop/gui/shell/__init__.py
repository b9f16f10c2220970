"""The main window, its menus and keys, startup and shutdown."""
