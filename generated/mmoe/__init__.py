"""MovieLensMMoE, a recommender in Keras."""
