"""From a tree to what the spec means: names, types, shapes. Every mistake becomes a diagnostic, and one mistake becomes one.

`declare` collects the declarations of a file and its imports; `columns` resolves schemas; `pipelines` evaluates towers to
typed values, one graph node an operator call; `experts` runs mixture topologies; `objectives` resolves heads, losses and
metrics; `data` and `training` the rest; `unused` says what nobody reads. `session.Session` is what they share.
"""
