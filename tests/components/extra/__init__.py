"""Components that only these tests have: a folder for each kind, as in `specc.components`, and the targets that they become."""
