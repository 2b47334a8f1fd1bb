"""What Keras, Merlin Models, NVTabular, torch and scikit-learn call the things that specc has under another name.

Each table says our name, and then the foreign ones as they are known; case and `_` make no difference when one is looked up.
A component that specc has itself is found before anybody asks here. The tests hold that our names exist and that no foreign
name is one of ours.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from specc.registry.common import ACTIVATIONS

# By kind of component, as the folders of `specc/components` are called.
WORDS: dict[str, dict[str, str]] = {
    "ops": {
        "batch_norm": "BatchNormalization BatchNorm1d bn",
        "cgc": "CGCBlock",
        "concat": "concatenate cat merge ConcatFeatures",
        "dense": "Linear LazyLinear fc fully_connected",
        "dot": "inner_product DotProduct",
        "dot_interaction": "DotProductInteraction FeatureInteraction InteractionArch",
        "embed": "Embedding EmbeddingBag Embeddings EmbeddingTable embedding_lookup lookup",
        "l2_normalize": "UnitNormalization L2Norm normalize",
        "layer_norm": "LayerNormalization",
        "max": "GlobalMaxPooling1D MaxPooling max_pool maximum",
        "mean": "GlobalAveragePooling1D AveragePooling MeanPooling avg_pool average avg",
        "mixture": "MixtureOfExperts moe",
        "mlp": "MLPBlock DNN feed_forward",
        "mmoe": "MMOEBlock MultiGateMixtureOfExperts",
        "multiply": "mul product hadamard",
        "ple": "PLEBlock ProgressiveLayeredExtraction",
        "stop_gradient": "detach",
        "subtract": "sub difference",
        "sum": "SumPooling sum_pool reduce_sum",
    },
    "encoders": {
        "buckets": "Bucketize Discretization bucketized_column bucketized cut",
        "clip": "clamp",
        "fill": "FillMissing SimpleImputer fillna fill_null impute",
        "hash": "Hashing HashBucket FeatureHasher categorical_column_with_hash_bucket",
        "index": "categorical_column_with_identity",
        "log1p": "LogOp",
        "minmax": "MinMaxScaler NormalizeMinMax",
        "quantiles": "KBinsDiscretizer qcut",
        "standardize": "StandardScaler Normalize Normalization zscore",
        "vocab": "LabelEncoder OrdinalEncoder Categorify StringLookup IntegerLookup categorical factorize",
    },
    "balancers": {"uncertainty": "uncertainty_weighting homoscedastic kendall AutomaticWeightedLoss"},
    "losses": {
        "bce": "binary_crossentropy BCELoss BCEWithLogitsLoss log_loss",
        "bpr": "BPRLoss BPRmaxLoss PairwiseLogisticLoss bayesian_personalized_ranking",
        "mse": "mean_squared_error MSELoss squared_error",
        "softmax": "categorical_crossentropy sparse_categorical_crossentropy CrossEntropyLoss sampled_softmax InfoNCE",
    },
    "metrics": {
        "accuracy": "BinaryAccuracy accuracy_score acc",
        "auc": "roc_auc roc_auc_score AUROC",
        "logloss": "bce binary_crossentropy",
        "mae": "mean_absolute_error",
        "map": "mean_average_precision AvgPrecision",
        "mrr": "mean_reciprocal_rank",
        "ndcg": "ndcg_score",
        "recall": "hit_rate hit_ratio hr",
        "rmse": "root_mean_squared_error",
    },
    "optimizers": {"rowwise_adagrad": "ExactRowWiseAdagrad", "sgd": "GradientDescent"},
    "samplers": {
        "in_batch": "InBatchSampler InBatchNegatives",
        "log_uniform": "LogUniformCandidateSampler LogUniformSampler",
        "popularity": "PopularityBasedSampler PopularityBasedSamplerV2",
        "uniform": "UniformNegativeSampling UniformSampler",
    },
    "initializers": {
        "glorot": "GlorotUniform xavier xavier_uniform",
        "normal": "RandomNormal gaussian",
        "uniform": "RandomUniform",
    },
    "readers": {"csv": "read_csv", "parquet": "read_parquet"},
    "splits": {"leave_last": "leave_one_out", "random": "train_test_split random_split ShuffleSplit"},
}

# Arguments of all components and the settings of blocks; what a foreign name stands for depends on what is called.
ARGUMENTS: dict[str, str] = {
    "activation": "act nonlinearity activation_fn",
    "balance": "loss_weighting loss_balancing task_weighting balancer",
    "batch": "batch_size bs",
    "bias": "use_bias item_bias",
    "bounds": "boundaries bin_boundaries bins edges",
    "by": "group group_by groups",
    "combiner": "pooling mode reduction",
    "dim": "output_dim embedding_dim embedding_size embed_dim",
    "dropout": "dropout_rate",
    "epochs": "num_epochs n_epochs max_epochs",
    "epsilon": "eps",
    "experts": "num_experts n_experts",
    "global_clipnorm": "clip_grad_norm max_grad_norm",
    "high": "max max_value",
    "init": "initializer embeddings_initializer",
    "l2": "regularizer embeddings_regularizer",
    "label": "target y y_true",
    "last": "max_len max_length",
    "learning_rate": "lr step_size eta",
    "levels": "num_layers num_levels",
    "low": "min min_value",
    "max_size": "max_tokens max_categories",
    "min_count": "min_frequency freq_threshold",
    "n": "num_bins num_buckets n_quantiles num_sampled num_negatives k",
    "negatives": "sampler samplers negative_sampler",
    "norm": "normalization batch_norm use_bn",
    "oov": "num_oov_indices",
    "precision": "dtype mixed_precision",
    "rate": "p dropout_rate",
    "row_weight": "sample_weight weights",
    "seed": "random_state random_seed",
    "sep": "separator delimiter",
    "shared_experts": "num_shared_experts",
    "task_experts": "num_task_experts",
    "tasks": "targets outputs",
    "temperature": "tau logits_temperature",
    "units": "hidden_units hidden_dims hidden_size out_features dimensions",
    "valid": "val validation validation_split",
    "value": "fill_value constant",
    "weight": "loss_weight",
    "where": "filter condition mask",
}


def plain(name: str) -> str:
    """A name without what differs between the tools: case and `_`."""
    return name.lower().replace("_", "")


@cache
def _ours(kind: str) -> dict[str, str]:
    """Our name for each foreign one of a kind."""
    return {plain(other): own for own, others in WORDS.get(kind, {}).items() for other in others.split()}


def word(kind: str, name: str) -> str:
    """What to write instead of a foreign name, as a help line; nothing where it is not known."""
    own = _ours(kind).get(plain(name))
    if own is not None:
        return f"it is called `{own}` here"
    if kind == "ops" and name.lower() in ACTIVATIONS:
        return f"an activation belongs to its layer: `dense(64, activation={name.lower()})`"
    return ""


def argument(name: str, known: Iterable[str]) -> str:
    """The same for the name of an argument, where `known` are those that there are."""
    own = next((own for own in known if plain(name) in map(plain, ARGUMENTS.get(own, "").split())), None)
    return f"it is called `{own}` here" if own else ""
