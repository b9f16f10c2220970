"""Turns a commit into a portable program: build, licences, sizes, test as shipped, archive, bill of materials."""
