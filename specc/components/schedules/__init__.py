"""How the learning rate of an optimizer goes, one file each."""
