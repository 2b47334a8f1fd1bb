"""What a Program may call: a record for each target, and nothing else.

The catalogue is the list of what a saved IR and a run folder may name. A record says which arguments the target takes, in which
type it computes under mixed precision, whether it owns weights, and, where anybody counted, what a call of it costs. Files here
declare records, one concern each; `catalogue` finds them.
"""
