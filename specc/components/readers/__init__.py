"""Where a schema's rows come from, one file each."""
