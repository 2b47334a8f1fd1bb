"""Operators: what may stand behind an arrow in a pipeline, one file each."""
