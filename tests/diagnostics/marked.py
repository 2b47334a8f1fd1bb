"""Sources and spans for the tests."""

from specc.text import Source, Span


def spot(source: Source, wanted: str, nth: int = 0) -> Span:
    """The span of the nth occurrence of `wanted`."""
    start = -1
    for _ in range(nth + 1):
        start = source.text.index(wanted, start + 1)
    return Span(source, start, start + len(wanted))


DLRM = Source(
    "specs/dlrm.rec",
    """rec 1
model DLRM

tower bottom = @numeric -> concat -> mlp(512, 256, 32)

# 26 tables
tower cross  = [bottom, sparse] -> dot_interaction
head click = cross -> logit




loss click = bce
""",
)
