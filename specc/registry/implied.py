"""The components that a spec need not write, by the places that imply them."""

LOOKUP = "embed"  # where a column is read as a vector
MIXTURE = "mixture"  # where a gate is a list of experts
OPTIMIZER = "adam"  # where `train` names none
