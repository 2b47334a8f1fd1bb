"""What a Program costs before it runs: parameters, bytes and FLOPs, from its steps and sizes alone.

The record of a target says what a call of it costs (`specc.targets`), so no operator has to. `calls` gives every step its
shapes, `gradient` says through which of them training goes back, `weights` what each layer holds and its optimizer beside it,
`memory` what a step needs besides, `adding` adds up, `report` is what comes of it.
"""
