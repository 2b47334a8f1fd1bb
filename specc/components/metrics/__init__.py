"""Metrics: what is measured on validation rows, one file each."""
