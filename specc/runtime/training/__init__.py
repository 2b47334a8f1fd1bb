"""What a run and a generated package share beside the model: targets, metrics, a baseline, and when to stop.

Import from the modules. In the order of use (frames are chosen rows as read, `inputs` the same rows encoded, by input name;
`features.encode` also gives the ids of candidates, which are no input of the model):

    labels, weights = targets(frame, OBJECTIVES, inputs)             # objectives.py: by loss; ids for a retrieval loss
    batches = Batches({**inputs, "watch_positive": labels["watch"]}, labels, weights, batch=1024, shuffle=True)
    training.fit(
        batches.dataset(),
        epochs=30,
        shuffle=False,                                               # Batches shuffles by the seed and the epoch
        callbacks=[batches, Validation(validate, "watch.recall@10")] # validation.py: metrics after each epoch, best weights
    )
    ranked = {"watch": Ranked(ids, counts, candidates_network)}      # ranking.py: what a retrieval output ranks
    evaluate(model, frame, inputs, MEASURES, ranked)                 # evaluation.py: {"watch.recall@10": 0.1, ...}
    popularity(frame, inputs, MEASURES, ranked)                      # popularity.py: the same metrics of the baseline
    gate_weights(gates, inputs)                                      # gates.py: {"mix.level_1.gate_income.weight_0": 0.4, ...}

`OBJECTIVES` is a dict of `Objective` by loss, `MEASURES` a dict of `Measure` (measures.py) by metric, `income.auc`.
"""
