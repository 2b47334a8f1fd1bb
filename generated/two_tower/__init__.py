"""TwoTower, a recommender in Keras."""
