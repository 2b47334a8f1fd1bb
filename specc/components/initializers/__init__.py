"""Initializers of embedding tables, one file each."""
