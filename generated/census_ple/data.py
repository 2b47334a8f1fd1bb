"""The data of CensusPLE: what is read, what is made of it, and how it is encoded.

Generated from census_ple.rec: see model.py.
"""

from __future__ import annotations

from functools import partial

import polars as pl

from support.features.categories import Buckets
from support.features.columns import FloatColumn, IntColumn, StringColumn
from support.features.csv_files import read_csv
from support.features.dataset import Dataset, Table
from support.features.features import Feature, Features
from support.features.numeric import Log1p, Standardize
from support.features.split import by_file
from support.features.vocabulary import Vocabulary

CENSUS_COLUMNS = {
    "age": IntColumn(), "sex": StringColumn(), "race": StringColumn(), "hisp_origin": StringColumn(),
    "citizenship": StringColumn(), "country_self": StringColumn(), "country_father": StringColumn(),
    "country_mother": StringColumn(), "hs_college": StringColumn(), "class_worker": StringColumn(), "det_ind_code": IntColumn(),
    "det_occ_code": IntColumn(), "major_ind_code": StringColumn(), "major_occ_code": StringColumn(),
    "union_member": StringColumn(), "unemp_reason": StringColumn(), "full_or_part_emp": StringColumn(),
    "own_or_self": IntColumn(), "num_emp": IntColumn(), "wage_per_hour": FloatColumn(), "weeks_worked": IntColumn(),
    "capital_gains": FloatColumn(), "capital_losses": FloatColumn(), "stock_dividends": FloatColumn(),
    "tax_filer_stat": StringColumn(), "det_hh_fam_stat": StringColumn(), "det_hh_summ": StringColumn(),
    "fam_under_18": StringColumn(), "region_prev_res": StringColumn(), "state_prev_res": StringColumn(),
    "mig_chg_msa": StringColumn(), "mig_chg_reg": StringColumn(), "mig_move_reg": StringColumn(), "mig_same": StringColumn(),
    "mig_prev_sunbelt": StringColumn(), "vet_question": StringColumn(), "vet_benefits": IntColumn(), "year": IntColumn(),
    "income_50k": StringColumn(), "marital_stat": StringColumn(),
}  # fmt: skip
CENSUS = Table(
    "census",
    columns=CENSUS_COLUMNS,
    read=partial(read_csv, file_column=True),
    path="census-income/*.csv.gz",
    derived={
        "income": pl.col("income_50k") == "50000+.",
        "never_married": pl.col("marital_stat") == "Never married",
    },
)
DATA = Dataset(
    rows=CENSUS,
    split=partial(by_file, valid=0.5, test="test.csv.gz", seed=1),
    training_only=["income_50k", "marital_stat", "income", "never_married"],
)


def make_features() -> Features:
    """The columns that the model reads, each with its encoders; `fit` on training rows learns what they need."""
    return Features([
        Feature("age", [Buckets(bounds=[18.0, 25.0, 30.0, 35.0, 40.0, 45.0, 50.0, 55.0, 60.0, 65.0, 75.0])]),
        Feature("sex", [Vocabulary()]), Feature("race", [Vocabulary()]), Feature("hisp_origin", [Vocabulary()]),
        Feature("citizenship", [Vocabulary()]), Feature("country_self", [Vocabulary()]),
        Feature("country_father", [Vocabulary()]), Feature("country_mother", [Vocabulary()]),
        Feature("hs_college", [Vocabulary()]), Feature("class_worker", [Vocabulary()]), Feature("det_ind_code", [Vocabulary()]),
        Feature("det_occ_code", [Vocabulary()]), Feature("major_ind_code", [Vocabulary()]),
        Feature("major_occ_code", [Vocabulary()]), Feature("union_member", [Vocabulary()]),
        Feature("unemp_reason", [Vocabulary()]), Feature("full_or_part_emp", [Vocabulary()]),
        Feature("own_or_self", [Vocabulary()]), Feature("num_emp", [Vocabulary()]),
        Feature("wage_per_hour", [Log1p(), Standardize()]), Feature("weeks_worked", [Standardize()]),
        Feature("capital_gains", [Log1p(), Standardize()]), Feature("capital_losses", [Log1p(), Standardize()]),
        Feature("stock_dividends", [Log1p(), Standardize()]), Feature("tax_filer_stat", [Vocabulary()]),
        Feature("det_hh_fam_stat", [Vocabulary()]), Feature("det_hh_summ", [Vocabulary()]),
        Feature("fam_under_18", [Vocabulary()]), Feature("region_prev_res", [Vocabulary()]),
        Feature("state_prev_res", [Vocabulary()]), Feature("mig_chg_msa", [Vocabulary()]),
        Feature("mig_chg_reg", [Vocabulary()]), Feature("mig_move_reg", [Vocabulary()]), Feature("mig_same", [Vocabulary()]),
        Feature("mig_prev_sunbelt", [Vocabulary()]), Feature("vet_question", [Vocabulary()]),
        Feature("vet_benefits", [Vocabulary()]), Feature("year", [Vocabulary()]),
    ])  # fmt: skip
