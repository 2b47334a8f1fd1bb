"""Text to tree and back: no meaning.

    reading    a file becomes a `Source`, or a diagnostic
    lexer      a text becomes tokens; which newlines end an item
    lr         walks the tables that `generate` made from `grammars/rec.lark`
    build      tokens become nodes of `tree` while the parser reduces
    parser     `parse` and `parse_expression`, which put these together
    repair     for a text that does not parse: `slips` of other languages, `brackets`, then `recover`; `explain` finds the words
    format     the canonical text: `comments` find their places, `expressions` and `rows` are laid out, `doc` prints

Only what a text without errors needs is imported at once; `repair` and `format` are imported by those who need them.
"""

from specc.syntax.parser import Parsed, parse, parse_expression
from specc.syntax.reading import decode_source, read_source

__all__ = ["Parsed", "decode_source", "parse", "parse_expression", "read_source"]
