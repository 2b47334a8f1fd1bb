"""The words of the language: every operator, encoder, loss, sampler, metric, optimizer, reader and split, one file each.

A word is a class that says its arguments (typed, with defaults and ranges), its rule, what it becomes, and its documentation.
`registry` finds a word by its folder and file name, so a new word is a new file and nothing else.
"""
