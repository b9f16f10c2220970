"""Running jobs: their state, and the dialog that shows one."""
