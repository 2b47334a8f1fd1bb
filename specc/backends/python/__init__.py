"""Prints a Program as a Python package: its own files, and copies of the modules of the run time that these need."""
