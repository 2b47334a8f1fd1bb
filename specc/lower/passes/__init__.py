"""Passes over a Program, one file each."""
