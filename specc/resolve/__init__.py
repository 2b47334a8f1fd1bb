"""From a tree to what the spec means: names, types, shapes. Every mistake becomes a diagnostic, and one mistake becomes one.

`resolved` says the order. `declare` collects the `declarations` of a file and its imports, each written as `kinds` says;
`references` finds circles before anything is evaluated; `params` checks ranges. `schemas` declares columns (`fields`) and
resolves each when it is first needed (`pending`), with `storages`, `encoding` and `derived`; `tables` resolves the sets of
embeddings. `pipelines` evaluates towers (`bindings`) to typed values and `stages` runs their operators, one node of the
`graph` a call (`op_context`), with `selectors` (by `tags`), `blocks` and `experts`; `arguments`, `argument_values` and
`literals` read what stands in brackets, `columns` finds the column that is meant, and `rows` reads expressions over columns.
Parts that need each other ask the scope's evaluator, which `evaluating` puts together. `heads`, `losses` (with `objectives`,
`candidates` and `labels`) and `metrics` follow, then `sources` and `settings`; `unused` says what nobody reads, and `weights`
which nodes learn. `session.Session` is what they share. It reports mistakes (`reporting`), but not what others left
`unreliable`.
"""
