"""From a Spec to a Program: operators become layer calls, schemas become reading, joining and encoding steps."""
