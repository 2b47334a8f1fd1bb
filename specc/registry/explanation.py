"""What `specc explain` prints: the page of a code, the reference of a component, or a list of both."""

from __future__ import annotations

import textwrap

from specc import registry
from specc.diagnostics import Diagnostic, catalogue
from specc.diagnostics.errors import SpecError
from specc.registry import foreign
from specc.registry.reference import KINDS, components


def explain(name: str) -> str:
    """The page of a code (`REC207`, `rec207` and `207` are one), or the reference of each component of that name, as text.

    Raises SpecError for a name that is neither, with the nearest ones.
    """
    name = name.strip()
    page = catalogue.find(name)
    text = page.as_text() if page is not None else components(name)
    if not text:
        message = f"there is no code and no component `{name}`"
        raise SpecError([Diagnostic("REC810", None, message, help=_nearest(name))])
    return text


def listing() -> str:
    """All codes with their titles, and all components by kind."""
    pages = [page for code in catalogue.codes() if (page := catalogue.page(code))]
    parts = ["Codes:", "\n".join([f"    {page.code}  {page.title}" for page in pages])]
    for kind, (title, _, _) in KINDS.items():
        names = textwrap.fill(", ".join(registry.names(kind)), 96, initial_indent=" " * 4, subsequent_indent=" " * 4)
        parts += [f"{title}:", names]
    return "\n\n".join(parts) + "\n"


def _nearest(name: str) -> list[str]:
    """Help lines: what another tool calls so, or else the names that resemble it."""
    called = [f"{hint} ({noun})" for kind, (_, noun, _) in KINDS.items() if (hint := foreign.word(kind, name))]
    if called:
        return called
    from difflib import get_close_matches

    known = sorted({name for kind in KINDS for name in registry.names(kind)})
    near = get_close_matches(name.lower(), known) or catalogue.near(name)
    help = [f"did you mean {' or '.join(f'`{one}`' for one in near)}?"] if near else []
    return [*help, "`specc explain` lists all codes and components"]
