"""A catalog as a table: loading, filtering, sorting, summarising, exporting."""
