"""What a Program costs before it runs: parameters, bytes and FLOPs, from its steps and sizes alone.

`rules/` knows what a call of each target costs, so no operator has to. `calls` gives every step its shapes, `gradient`
says through which of them training goes back, `memory` replays a training step, `adding` adds up, `report` is what comes of it.
"""
