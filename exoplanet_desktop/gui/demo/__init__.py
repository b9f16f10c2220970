"""The demo: drives the real window through a typical session, and takes screenshots of each screen."""
