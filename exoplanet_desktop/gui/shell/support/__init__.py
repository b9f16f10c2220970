"""What helps where something is wrong: log, diagnostics, what a crash left; and whose work this program is."""
