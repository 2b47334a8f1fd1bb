"""YoutubeDNN, a recommender in Keras."""
