"""Keras' optimizers, by rows of tables."""
# mypy: disable-error-code="misc"

import keras

from .rows import ByRows


@keras.saving.register_keras_serializable(package="specc")
class LazyAdadelta(ByRows, keras.optimizers.Adadelta):
    """Adadelta (Zeiler 2012); of tables only the rows of the step."""


@keras.saving.register_keras_serializable(package="specc")
class LazyAdagrad(ByRows, keras.optimizers.Adagrad):
    """Adagrad (Duchi et al. 2011); of tables only the rows of the step."""


@keras.saving.register_keras_serializable(package="specc")
class LazyAdam(ByRows, keras.optimizers.Adam):
    """Adam (Kingma & Ba 2015); of tables only the rows of the step."""


@keras.saving.register_keras_serializable(package="specc")
class LazyAdamW(ByRows, keras.optimizers.AdamW):
    """Adam with decoupled weight decay (Loshchilov & Hutter 2019); of tables only the rows of the step."""


@keras.saving.register_keras_serializable(package="specc")
class LazyAdamax(ByRows, keras.optimizers.Adamax):
    """Adam with the infinity norm (Kingma & Ba 2015); of tables only the rows of the step."""


@keras.saving.register_keras_serializable(package="specc")
class LazyFtrl(ByRows, keras.optimizers.Ftrl):
    """Follow the regularized leader (McMahan et al. 2013); of tables only the rows of the step."""


@keras.saving.register_keras_serializable(package="specc")
class LazyLion(ByRows, keras.optimizers.Lion):
    """Lion (Chen et al. 2023); of tables only the rows of the step."""


@keras.saving.register_keras_serializable(package="specc")
class LazyNadam(ByRows, keras.optimizers.Nadam):
    """Adam with Nesterov momentum (Dozat 2016); of tables only the rows of the step."""


@keras.saving.register_keras_serializable(package="specc")
class LazyRMSprop(ByRows, keras.optimizers.RMSprop):
    """RMSprop (Tieleman & Hinton 2012); of tables only the rows of the step."""


@keras.saving.register_keras_serializable(package="specc")
class LazySGD(ByRows, keras.optimizers.SGD):
    """Stochastic gradient descent, with momentum where given; of tables only the rows of the step."""
