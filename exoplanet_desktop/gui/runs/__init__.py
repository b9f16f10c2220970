"""Jobs without a view: request, progress, and the record of all runs."""
