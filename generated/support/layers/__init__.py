"""Layers, samplers, losses and optimizers that Keras lacks, one concern a module; import them from their modules."""
