"""MovieLensPLE, a recommender in Keras."""
