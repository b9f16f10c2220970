"""Shows runs: the list, the progress dialog, results, comparison and reports."""
