"""Troubleshooting: log, diagnostics, crash reports; and credits."""
