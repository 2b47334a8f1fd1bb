"""CensusWrittenOut, a recommender in Keras."""
