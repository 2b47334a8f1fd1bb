"""Predicts with what `python -m mmoe.train` wrote, from files of rows as they are; no labels have to be there.

    python -m mmoe.predict [--run FOLDER] [--data NAME=PATH] -o FILE

Generated from mmoe.rec: see model.py.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping

import polars as pl

from support.features.dataset import paths_of
from support.features.written import beside, write_table
from support.training.prediction import predict
from support.training.saved import load_features

from .data import DATA, make_features
from .model import load_model

RUN = "runs/mmoe"


def predictions(folder: str, paths: Mapping[str, str]) -> pl.DataFrame:
    """A prediction of each head, beside the columns of the rows.

    folder: what was trained. paths: files by table, where they are not those that `data.py` says.
    """
    rows = DATA.read_inputs(paths)
    network = load_model(os.path.join(folder, "model.keras"))
    features = load_features(folder, make_features())
    inputs = [tensor.name for tensor in network.inputs]
    outputs = predict(network, features.encode(rows, inputs))
    made = [pl.Series(name, values.reshape(-1)) for name, values in outputs.items()]
    return beside(rows, DATA.scalars, made)


def main() -> None:
    """Writes the predictions."""
    parser = argparse.ArgumentParser(prog="python -m mmoe.predict")
    parser.add_argument("--run", default=RUN, metavar="FOLDER", help="what was trained")
    parser.add_argument("--data", action="append", default=[], metavar="NAME=PATH", help="a table's rows are in this file")
    parser.add_argument("-o", "--out", required=True, metavar="FILE", help="where to write: .parquet or .csv")
    options = parser.parse_args()
    write_table(predictions(options.run, paths_of(options.data)), options.out)


if __name__ == "__main__":
    main()
