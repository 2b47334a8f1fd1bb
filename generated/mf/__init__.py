"""BiasedMF, a recommender in Keras."""
