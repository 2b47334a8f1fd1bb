"""The two ways out of a Program: `run` makes Keras models of it, `source` prints it. Neither knows an operator by name."""
