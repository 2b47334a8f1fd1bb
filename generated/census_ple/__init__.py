"""CensusPLE, a recommender in Keras."""
