"""Negative samplers of a retrieval loss, one file each."""
