"""The example specs that several tests read."""

from pathlib import Path

HERE = Path(__file__).parent
EXAMPLES = sorted((HERE / "examples").rglob("*.rec"))
