"""How the losses of several tasks make the one that is minimized, one file each."""
