"""Charts drawn from numbers: on screen, in files and in reports by the same painting."""
