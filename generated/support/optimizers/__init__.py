"""Optimizers that Keras lacks: by rows of tables, and several for one model."""
