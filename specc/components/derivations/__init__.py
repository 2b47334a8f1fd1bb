"""Columns that are made of other columns, one file each."""
