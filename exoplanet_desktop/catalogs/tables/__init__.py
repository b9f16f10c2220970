"""A catalog as a table: loaded, filtered, sorted, summed up, exported."""
