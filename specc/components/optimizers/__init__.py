"""Optimizers, by Keras' names, one file each."""
