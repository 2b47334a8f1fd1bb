"""Encoders of schema columns: from a stored value to what the network reads, one file each."""
