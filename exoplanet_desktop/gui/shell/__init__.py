"""The main window, its menus and keys, and how it starts and closes."""
