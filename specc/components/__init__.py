"""The components of the language: every operator, encoder, loss, sampler, metric, optimizer, reader and split, one file each.

A component is a class that says its arguments (typed, with defaults and ranges), its rule, what it becomes, and its
documentation. `registry` finds it by its folder and file name, so a new component is a new file and nothing else.
"""
