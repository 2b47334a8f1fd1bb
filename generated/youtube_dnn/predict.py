"""Predicts with what `python -m youtube_dnn.train` wrote, from files of rows as they are; no labels have to be there.

    python -m youtube_dnn.predict [--run FOLDER] [--data NAME=PATH] -o FILE [--top K]

Generated from youtube_dnn.rec: see model.py.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping

import polars as pl

from support.features.dataset import paths_of
from support.features.written import beside, write_table
from support.training.best import best_of
from support.training.prediction import predict
from support.training.saved import load_features

from .data import DATA, make_features
from .model import load_model

RUN = "runs/youtube_dnn"
RETRIEVALS = ["watch"]  # losses, of which the best candidates are predicted


def predictions(folder: str, paths: Mapping[str, str], top: int = 10) -> pl.DataFrame:
    """A prediction of each head, and the best `top` candidates with their scores, beside the columns of the rows.

    folder: what was trained. paths: files by table, where they are not those that `data.py` says.
    """
    rows = DATA.read_inputs(paths)
    network = load_model(os.path.join(folder, "model.keras"))
    features = load_features(folder, make_features())
    inputs = [tensor.name for tensor in network.inputs]
    outputs = predict(network, features.encode(rows, inputs))
    made = [pl.Series(name, values.reshape(-1)) for name, values in outputs.items() if name not in RETRIEVALS]
    made += best_of(folder, "watch", outputs["watch"], top)
    return beside(rows, DATA.scalars, made)


def main() -> None:
    """Writes the predictions."""
    parser = argparse.ArgumentParser(prog="python -m youtube_dnn.predict")
    parser.add_argument("--run", default=RUN, metavar="FOLDER", help="what was trained")
    parser.add_argument("--data", action="append", default=[], metavar="NAME=PATH", help="a table's rows are in this file")
    parser.add_argument("-o", "--out", required=True, metavar="FILE", help="where to write: .parquet or .csv")
    parser.add_argument("--top", type=int, default=10, metavar="K", help="candidates of a row")
    options = parser.parse_args()
    write_table(predictions(options.run, paths_of(options.data), options.top), options.out)


if __name__ == "__main__":
    main()
