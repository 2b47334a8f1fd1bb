"""What training needs before its first step."""

import keras
import numpy as np


def build_training(training: keras.Model) -> None:
    """Makes the optimizer's slots and the counters of the losses, for a compiled model whose outputs are a dict. Keras would
    make them inside of the first step: that is then traced twice, and the largest slot is there twice, and stays.
    """
    training.optimizer.build(training.trainable_variables)
    blank = {name: np.zeros((1, *output.shape[1:]), "float32") for name, output in training.output.items()}
    training.compute_loss(y=blank, y_pred=blank, sample_weight=dict.fromkeys(blank, np.zeros(1, "float32")))
    training.reset_metrics()
