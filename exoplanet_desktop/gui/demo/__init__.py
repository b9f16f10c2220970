"""The demo: drives the real window through its work, and takes pictures of each screen."""
