"""The two ways out of a Program: `keras` makes Keras models of it, `python` prints it. Neither knows an operator by name."""
