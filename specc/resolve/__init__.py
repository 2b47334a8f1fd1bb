"""From a tree to what the spec means: names, types, shapes. Every mistake becomes a diagnostic, and one mistake becomes one.

`resolved` says the order. `declare` collects the declarations of a file and its imports, each written as `kinds` says;
`references` finds circles before anything is evaluated; `params` checks ranges. `columns` resolves schemas, with `storages`,
`encoding` and `derived`; `tables` the sets of embeddings. `pipelines` evaluates towers to typed values, one graph node an
operator call (`site`), with `selectors`, `blocks` and `experts`; `arguments` and `sorts` read what stands in brackets, and
`rows` expressions over columns. `heads`, `losses` (and `retrieval`) and `metrics` follow, then `sources`, `splitting` and
`settings`; `unused` says what nobody reads. `session.Session` is what they share: the diagnostics, and what is not known.
"""
