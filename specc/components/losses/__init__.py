"""Losses: what is learned, one file each."""
