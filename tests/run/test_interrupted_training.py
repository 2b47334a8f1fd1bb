"""Ctrl-C: what was learned is kept, and the exit code is 130; there is never a traceback."""

import json
import signal

import polars as pl
import pytest

import specc
import specc.run.making as making
from specc.cli import main
from specc.run.measured import Measured

from .test_places_of_runs import SPEC, VIEWS, files, views

pytestmark = pytest.mark.usefixtures("hearing")

STOPS = "train { optimizer=adam(1e-2), batch=64, epochs=9, seed=1, early_stop(click.auc, patience=9) }"


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "m.rec").write_text(SPEC.replace(SPEC.splitlines()[-1], STOPS))
    (tmp_path / "views.rec").write_text(VIEWS)
    views().write_csv(tmp_path / "v.csv")
    return tmp_path


@pytest.fixture
def press(monkeypatch):
    """Presses Ctrl-C before these measurements are made, of which each epoch has one."""

    def at(*calls: int) -> None:
        made = [0]

        def measure(self: Measured) -> dict[str, float]:
            made[0] += 1
            if made[0] in calls:
                signal.raise_signal(signal.SIGINT)
            return whole(self)

        monkeypatch.setattr(Measured, "__call__", measure)

    whole = Measured.__call__
    return at


def test_the_best_weights_so_far_are_a_run(project, press, capsys):
    press(4)
    assert main(["train", "m.rec", "--quiet", "--out", "run"]) == 130
    out, err = capsys.readouterr()
    about = json.loads((project / "run" / "run.json").read_text())
    assert about["interrupted"] == 4
    assert about["best_epoch"] in (1, 2, 3)
    assert err == f"specc: stopped in epoch 4; the weights are those of epoch {about['best_epoch']}; written to run\n"
    assert "click.auc" in out
    measured = specc.evaluate("run")
    metrics = json.loads((project / "run" / "metrics.json").read_text())
    assert measured["valid"] == metrics["valid"]
    assert measured["test"] == metrics["test"]
    log = pl.read_csv(project / "run" / "log.csv")
    assert log.height == 3  # of the epochs that are complete
    assert log["val_click.auc"].max() == pytest.approx(metrics["valid"]["click.auc"])
    assert sorted(path.name for path in project.iterdir()) == ["m.rec", "run", "v.csv", "views.rec"]


def test_without_a_metric_to_compare_the_weights_are_the_last(project, press, capsys):
    (project / "m.rec").write_text(SPEC.replace("epochs=2", "epochs=5"))
    press(3)
    with pytest.raises(KeyboardInterrupt) as stopped:
        specc.train("m.rec", out="run", verbose=False)
    run = stopped.value.run
    assert (run.about["interrupted"], run.about["best_epoch"]) == (3, None)
    assert specc.evaluate(run)["valid"] == run.metrics["valid"]
    assert capsys.readouterr() == ("", "")


def test_before_an_epoch_is_complete_there_is_no_run(project, press, capsys):
    specc.train("m.rec", out="keep", verbose=False)
    before = files(project)
    for out in ("keep", "new/deep"):
        press(1)
        assert main(["train", "m.rec", "--quiet", "--out", out]) == 130
        assert capsys.readouterr().err == "specc: stopped in epoch 1, and there is no run: no epoch was complete\n"
    assert files(project) == before
    assert not (project / "new").exists()


def test_the_second_time_ends_at_once(project, press, capsys):
    press(3, 4)  # in epoch 3, and while the run that this leaves is measured
    assert main(["train", "m.rec", "--quiet", "--out", "run"]) == 130
    assert capsys.readouterr().err == "specc: stopped\n"
    assert not (project / "run").exists()


def test_a_run_that_is_finished_is_finished(project, press, capsys):
    (project / "m.rec").write_text(SPEC)
    press(3)  # the test part, after two epochs
    assert main(["train", "m.rec", "--quiet", "--out", "run"]) == 130
    err = capsys.readouterr().err.splitlines()
    assert err[0] == "the run is being finished; Ctrl-C again ends at once"
    assert err[1].startswith("specc: stopped after training; the weights are those of epoch 2")
    assert specc.run.Run.load("run").about["interrupted"] is None
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_twice_while_a_run_is_finished(project, press, monkeypatch, capsys):
    (project / "m.rec").write_text(SPEC)
    press(3)

    def save(*args):
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(making, "save_run", save)
    assert main(["train", "m.rec", "--quiet", "--out", "run"]) == 130
    assert capsys.readouterr().err.splitlines()[1:] == ["specc: stopped"]
    assert not (project / "run").exists()


def test_who_ignores_it_trains_to_the_end(project, press, capsys):
    (project / "m.rec").write_text(SPEC)
    press(1, 3)  # in an epoch, and while the run is finished
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    assert main(["train", "m.rec", "--quiet", "--out", "run"]) == 0
    assert capsys.readouterr().err == ""
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
