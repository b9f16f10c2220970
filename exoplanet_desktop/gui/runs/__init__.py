"""Running jobs without a view: what was asked, how it goes, and the record of all runs."""
