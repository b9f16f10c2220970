"""Several catalogs into one: which rows are the same, what stays, what is told."""
