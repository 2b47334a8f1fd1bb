"""Metrics over arrays, without TensorFlow; import them from their modules."""
