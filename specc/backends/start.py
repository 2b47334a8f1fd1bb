"""Starts TensorFlow."""

from __future__ import annotations

import os
import sys
import tempfile


def import_tensorflow() -> None:
    """Import TensorFlow without the lines that its C++ side writes to stderr at start, which no setting turns off.

    They are shown when the import fails. Nothing is done where it has been imported before.
    """
    if "tensorflow" in sys.modules and "keras" in sys.modules:
        return
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with tempfile.TemporaryFile() as swallowed:
        sys.stderr.flush()
        stderr = os.dup(2)
        os.dup2(swallowed.fileno(), 2)
        try:
            import keras
            import tensorflow

            keras.ops.convert_to_numpy(tensorflow.zeros(()))  # the devices are looked for at the first use
        except Exception:  # Ctrl-C is not a failure
            os.dup2(stderr, 2)
            swallowed.seek(0)
            sys.stderr.write(swallowed.read().decode(errors="replace"))
            raise
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)
