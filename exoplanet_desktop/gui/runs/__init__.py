"""The room of the runs: their list, what is done with them, several side by side, all models one after another."""
