"""Figures drawn from numbers: on screen, in files and in reports by one and the same painting."""
