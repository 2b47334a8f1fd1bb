"""Ctrl-C in any command: one line and 130."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import specc.cli.commands.explain
from specc.backends.start import import_tensorflow
from specc.cli import main

pytestmark = pytest.mark.usefixtures("hearing")

ROOT = str(Path(__file__).parents[2])


@pytest.mark.parametrize("kind", [KeyboardInterrupt, ImportError, RuntimeError])
def test_one_line_whatever_a_package_makes_of_it(kind, monkeypatch, capsys):
    def run(args):
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt as error:
            raise kind("initialization failed") if kind is not KeyboardInterrupt else error from None

    monkeypatch.setattr(specc.cli.commands.explain, "run", run)
    before = signal.getsignal(signal.SIGINT)
    assert main(["explain", "REC001"]) == 130
    assert capsys.readouterr() == ("", "specc: stopped\n")
    assert signal.getsignal(signal.SIGINT) is before


def test_what_tensorflow_says_at_its_start_is_not_shown(monkeypatch, capfd):
    class Finder:
        @staticmethod
        def find_spec(name, path=None, target=None):
            if name == "keras":
                os.write(2, b"noise")
                raise KeyboardInterrupt

    monkeypatch.delitem(sys.modules, "keras", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Finder, *sys.meta_path])
    with pytest.raises(KeyboardInterrupt):
        import_tensorflow()
    assert capfd.readouterr().err == ""


@pytest.mark.skipif(os.name != "posix", reason="nohup, and `&` of a script")
def test_who_ignores_it_is_not_made_to_hear_it():
    code = "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_IGN)\nfrom specc.cli import main\n"
    code += "import specc.cli.commands.explain as one; whole = one.run\n"
    code += "one.run = lambda args: signal.raise_signal(signal.SIGINT) or whole(args)\nsys.exit(main(['explain', 'REC001']))"
    done = subprocess.run([sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": ROOT}, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("REC001: ")
