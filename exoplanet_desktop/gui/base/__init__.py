"""Shared by every room of the window: texts, colours, settings, worker threads, the event loop."""
