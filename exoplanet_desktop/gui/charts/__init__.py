"""Charts drawn from numbers: the same painting code for screen, files and reports."""
