"""Which rows are trained on, one file each."""
