"""The census-income result: `specs/census_ple.rec` over three seeds, mean test AUC of both tasks.

    python benchmarks/census.py FOLDER [--seeds 3] [--spec specs/census_ple.rec]

FOLDER holds the UCI data, either as UCI ships them (`census-income.data.gz` and `census-income.test.gz`, without a header
line) or as `train.csv.gz` and `test.csv.gz` with one. Protocol of MMoE (Ma et al., KDD 2018): train on the 199,523 rows of
the training file, split the test file 1:1 into validation and test; education and marital status are no inputs.
"""

from __future__ import annotations

import argparse
import gzip
import statistics
import tempfile
from pathlib import Path

import specc

COLUMNS = """
    age class_worker det_ind_code det_occ_code education wage_per_hour hs_college marital_stat major_ind_code
    major_occ_code race hisp_origin sex union_member unemp_reason full_or_part_emp capital_gains capital_losses
    stock_dividends tax_filer_stat region_prev_res state_prev_res det_hh_fam_stat det_hh_summ instance_weight
    mig_chg_msa mig_chg_reg mig_move_reg mig_same mig_prev_sunbelt num_emp fam_under_18 country_father
    country_mother country_self citizenship own_or_self vet_question vet_benefits weeks_worked year income_50k
"""


def with_header(folder: Path, scratch: Path) -> Path:
    """The folder itself, or one with UCI's files under a header line."""
    if (folder / "train.csv.gz").exists():
        return folder
    for raw, name in (("census-income.data.gz", "train.csv.gz"), ("census-income.test.gz", "test.csv.gz")):
        with gzip.open(folder / raw, "rt") as source, gzip.open(scratch / name, "wt") as target:
            target.write(",".join(COLUMNS.split()) + "\n")
            target.writelines(line.replace(", ", ",") for line in source)
    return scratch


def main() -> None:
    """Train with each seed and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--spec", default=str(Path(__file__).parents[1] / "specs" / "census_ple.rec"))
    parser.add_argument("--seeds", type=int, default=3)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        data = {"census": str(with_header(args.folder, Path(scratch)) / "*.csv.gz")}
        rows = []
        for seed in range(1, args.seeds + 1):
            out = Path(scratch) / f"run-{seed}"
            run = specc.train(args.spec, data=data, out=str(out), sets={"seed": seed}, verbose=False)
            rows.append(run.metrics["test"])
            print(f"seed {seed}: " + "  ".join(f"{name} {value:.4f}" for name, value in rows[-1].items()), flush=True)
        print("mean:   " + "  ".join(f"{name} {statistics.mean(row[name] for row in rows):.4f}" for name in rows[0]))


if __name__ == "__main__":
    main()
