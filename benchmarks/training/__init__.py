"""Training steps of specc beside those of the libraries that its user would otherwise write or install."""
