"""The text renderer against pictures drawn by hand."""

import re
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from specc.diagnostics import Diagnostic, Note, replacement
from specc.diagnostics.display import width
from specc.diagnostics.snippet import ROOM
from specc.diagnostics.text import MOST, to_text
from specc.text import Source, Span

from .marked import DLRM, spot


def picture(text: str) -> str:
    return dedent(text).lstrip("\n")


def one(text: str, start: int, end: int, label: str = "here", name: str = "a.rec") -> str:
    """The rows of the snippet of a diagnostic, without its title, place and summary."""
    rendered = to_text([Diagnostic("REC100", Span(Source(name, text), start, end), "wrong", label)])
    return rendered.partition(" |\n")[2].partition("\n\n1 error")[0]


def test_the_picture_of_the_design():
    diagnostic = Diagnostic(
        "REC207",
        spot(DLRM, "dot_interaction"),
        "`dot_interaction` needs vectors of one width",
        "got widths 32 (bottom) and 64 (26 embeddings)",
        notes=[Note(spot(DLRM, "32"), "`bottom` has width 32 because of this")],
        help="end `bottom` with 64, or set `embeddings { dim=32 }`",
    )
    assert to_text([diagnostic]) == picture("""
        error[REC207]: `dot_interaction` needs vectors of one width
         --> specs/dlrm.rec:7:36
          |
        4 | tower bottom = @numeric -> concat -> mlp(512, 256, 32)
          |                                                    -- `bottom` has width 32 because of this
        7 | tower cross  = [bottom, sparse] -> dot_interaction
          |                                    ^^^^^^^^^^^^^^^ got widths 32 (bottom) and 64 (26 embeddings)
          = help: end `bottom` with 64, or set `embeddings { dim=32 }`

        1 error
        """)


def test_several_marks_on_one_line_hang_from_right_to_left():
    diagnostic = Diagnostic(
        "REC207",
        spot(DLRM, "bottom", 1),
        "unlike",
        "the vectors",
        notes=[
            Note(spot(DLRM, "sparse"), "64 wide"),
            Note(spot(DLRM, "dot_interaction"), "wants one width"),
            Note(spot(DLRM, "cross"), ""),
        ],
    )
    assert to_text([diagnostic]) == picture("""
        error[REC207]: unlike
         --> specs/dlrm.rec:7:17
          |
        7 | tower cross  = [bottom, sparse] -> dot_interaction
          |       -----     ^^^^^^  ------     --------------- wants one width
          |                 |       |
          |                 |       64 wide
          |                 the vectors

        1 error
        """)


def test_a_mark_within_a_mark_keeps_its_label():
    source = Source("a.rec", "tower x = f(g(h))\n")
    diagnostic = Diagnostic("REC1", spot(source, "f(g(h))"), "m", "outer", notes=[Note(spot(source, "g(h)"), "inner")])
    assert to_text([diagnostic]).splitlines()[3:7] == [
        "1 | tower x = f(g(h))",
        "  |           ^^^^^^^ outer",
        "  |             |",
        "  |             inner",
    ]


def test_two_marks_that_end_together_share_no_label():
    source = Source("a.rec", "x = f(ab\n")
    diagnostic = Diagnostic("REC1", spot(source, "ab"), "m", "inner", notes=[Note(spot(source, "f(ab"), "outer")])
    assert to_text([diagnostic]).splitlines()[4:] == ["  |     --^^ inner", "  |     |", "  |     outer", "", "1 error"]


def test_lines_far_apart_have_dots_between_them():
    diagnostic = Diagnostic("REC1", spot(DLRM, "loss"), "m", notes=[Note(spot(DLRM, "head"), "this")])
    assert to_text([diagnostic]).splitlines()[2:8] == [
        "   |",
        " 8 | head click = cross -> logit",
        "   | ---- this",
        "...",
        "13 | loss click = bce",
        "   | ^^^^",
    ]


def test_another_file_has_its_own_snippet():
    other = Source("schemas/x.rec", "rec 1\nschema s { a : int -> vocab }\n")
    diagnostic = Diagnostic("REC106", spot(DLRM, "bottom"), "twice", "again", notes=[Note(spot(other, "a"), "first here")])
    diagnostic.notes[0].span.start, diagnostic.notes[0].span.end = 17, 18
    assert to_text([diagnostic]) == picture("""
        error[REC106]: twice
         --> specs/dlrm.rec:4:7
          |
        4 | tower bottom = @numeric -> concat -> mlp(512, 256, 32)
          |       ^^^^^^ again
          |
         ::: schemas/x.rec:2:12
          |
        2 | schema s { a : int -> vocab }
          |            - first here

        1 error
        """)


def test_a_span_of_some_lines_is_underlined_line_by_line():
    text = "a = [x,\n  y,   \n\n    z] -> f\n"
    assert one(text, 4, text.index("]") + 1) == picture("""
        1 | a = [x,
          |     ^^^
        2 |   y,
          |   ^^
        4 |     z] -> f
          |     ^^ here""")


def test_a_span_of_many_lines_shows_its_ends():
    text = "{\n" + "  x\n" * 8 + "}\n"
    assert one(text, 0, len(text) - 1) == picture("""
         1 | {
           | ^
        ...
        10 | }
           | ^ here""")


@pytest.mark.parametrize(
    ("text", "start", "end", "rows"),
    [
        ("ab", 1, 1, ["1 | ab", "  |  ^ here"]),  # empty
        ("ab", 2, 2, ["1 | ab", "  |   ^ here"]),  # the end of a file without a line end
        ("ab\n", 3, 3, ["2 |", "  | ^ here"]),  # and with one
        ("ab\ncd", 2, 3, ["1 | ab", "  |   ^ here"]),  # a line end
        ("ab\ncd", 1, 3, ["1 | ab", "  |  ^ here"]),  # up to and with a line end
        ("", 0, 0, ["1 |", "  | ^ here"]),
        ("ab", 5, 9, ["1 | ab", "  |   ^ here"]),  # past the end
    ],
)
def test_edges(text, start, end, rows):
    assert one(text, start, end).splitlines() == rows


def test_carets_stand_under_what_they_mean_by_display_width():
    line = '\tx = "日本" e\u0301 ｱ bad'
    start = line.index("bad")
    # by hand: a tab to 4, `x = "` 5, two wide letters 4, `" ` 2, e with its accent 1, a space, a halfwidth letter 1, a space
    assert one(line, start, start + 3).splitlines() == [
        '1 |     x = "日本" e\u0301 ｱ bad',
        "  | " + " " * (4 + 5 + 4 + 2 + 1 + 1 + 1 + 1) + "^^^ here",
    ]
    assert one(line, line.index("本"), line.index("本") + 1).splitlines()[1] == "  | " + " " * (4 + 5 + 2) + "^^ here"
    assert one(line, line.index("\u0301"), line.index("\u0301") + 1).splitlines()[1].endswith(" ^ here")


def test_tabs_go_to_their_stops():
    assert one("a\tb\tc", 4, 5).splitlines() == ["1 | a   b   c", "  |         ^ here"]


def test_a_long_line_is_cut_around_its_mark():
    text = "a" * 400 + " bad " + "b" * 400
    row, carets = one(text, 401, 404).splitlines()
    assert re.fullmatch(r"1 \| \.\.\.a{20,} bad b{20,}\.\.\.", row)
    assert len(row) <= len("1 | ") + ROOM + 6
    assert row[carets.index("^") : carets.rindex("^") + 1] == "bad"


def test_marks_at_both_ends_of_a_long_line():
    source = Source("a.rec", "first " + "x" * 500 + " last")
    diagnostic = Diagnostic("REC1", spot(source, "first"), "m", "one", notes=[Note(spot(source, "last"), "two")])
    row, carets, *_ = to_text([diagnostic]).splitlines()[3:]
    assert row.startswith("1 | first xxx")
    assert row.endswith("x...")
    assert carets.startswith("  | ^^^^^")
    assert carets.endswith("--- two")
    assert row[carets.index("---") :] == "..."


def test_a_span_longer_than_the_room_is_seen_from_its_start():
    row, carets = one("ab = " + "x" * 900 + " end", 5, 905).splitlines()
    assert row.startswith("1 | ab = xxx")
    assert row.endswith("x...")
    assert carets.count("^") >= ROOM - 10
    assert len(carets) <= len(row) + len(" here")


def test_a_line_of_megabytes_costs_no_time():
    source = Source("a.rec", "x" * 5_000_000 + "\u0301" * 1_000_000)
    diagnostics = [Diagnostic("REC1", Span(source, at, at + 1), "m") for at in range(0, 6_000_000, 60_000)]
    text = to_text(diagnostics)
    assert len(text) < 100 * 1000


def test_nothing_of_a_hostile_spec_reaches_the_terminal():
    evil = "\x1b[2J\x1b]0;owned\x07\x9b31m\u202egnol\u2066\x00\r\x08\u2028\ud800\x7f"
    source = Source(f"{evil}.rec", f"x = {evil} y")
    diagnostic = Diagnostic("REC1", Span(source, 4, 5), evil, evil, notes=[Note(spot(source, "y"), evil)], help=[evil, "a\nb"])
    text = to_text([diagnostic])
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u202a-\u202e\u2066-\u2069\ud800-\udfff]", text)
    assert "x = <U+001B>[2J<U+001B>]0;owned<U+0007><U+009B>31m<U+202E>gnol<U+2066><U+0000><U+000D>" in text
    assert r"= help: a\nb" in text  # a line of the spec cannot pass for one of ours
    assert text.encode()
    assert "\x1b[2J" not in to_text([diagnostic], color=True)


def test_a_message_has_an_end():
    text = to_text([Diagnostic("REC1", None, "unknown name `" + "x" * 5_000_000 + "`")])
    assert len(text) < 1100
    assert text.splitlines()[0].endswith("xxx...")


def test_without_a_place():
    assert to_text([Diagnostic("REC001", None, "there is no file `x.rec`", help=["look", "again"])]) == picture("""
        error[REC001]: there is no file `x.rec`
          = help: look
          = help: again

        1 error
        """)


def test_the_last_line_counts():
    def at(name):
        return Diagnostic("REC1", Span(Source(name, "x"), 0, 1), "m")

    assert to_text([]) == ""
    assert to_text([at("a")]).endswith("\n\n1 error\n")
    assert to_text([at("a"), at("a")]).endswith("\n\n2 errors\n")
    assert to_text([at("a"), at("b"), at("b")]).endswith("\n\n3 errors in 2 files\n")
    many = to_text([at("a")] * 1234)
    assert many.endswith(f"\n\n1,234 errors, the first {MOST} are shown\n")
    assert many.count("error[REC1]") == MOST


def test_each_severity_has_its_name_and_its_colour():
    error, warning, note = (Diagnostic("REC1", spot(DLRM, "32"), "m", severity=one) for one in ("error", "warning", "note"))
    text = to_text([warning, error, warning, note])
    assert [line for line in text.splitlines() if "REC1" in line] == [
        "warning[REC1]: m",
        "error[REC1]: m",
        "warning[REC1]: m",
        "note[REC1]: m",
    ]
    assert text.endswith("\n\n1 error, 2 warnings, 1 note\n")
    assert to_text([warning]).endswith("\n\n1 warning\n")
    for one, style in ((error, "1;31"), (warning, "1;33"), (note, "1;32")):
        assert f"\x1b[{style}m^^\x1b[0m" in to_text([one], color=True)


def test_a_fix_is_named_where_no_help_says_it():
    fix = replacement(spot(DLRM, "32"), "64")
    assert "= help: write `64`\n" in to_text([Diagnostic("REC1", spot(DLRM, "32"), "m", fixes=[fix])])
    assert "write" not in to_text([Diagnostic("REC1", spot(DLRM, "32"), "m", help="end with 64", fixes=[fix])])


def test_colour_changes_nothing_but_colour():
    other = Source("b.rec", "model 日本 X\n")
    diagnostic = Diagnostic(
        "REC207", spot(DLRM, "bottom", 1), "m", "l", notes=[Note(spot(DLRM, "32"), "n"), Note(spot(other, "X"), "o")], help="h"
    )
    colored = to_text([diagnostic, diagnostic], color=True)
    assert colored.startswith("\x1b[1;31merror[REC207]\x1b[0m\x1b[1m: m\x1b[0m\n")
    assert "\x1b[1;31m^^^^^^\x1b[0m \x1b[1;31ml\x1b[0m" in colored
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == re.sub(r" +$", "", to_text([diagnostic, diagnostic]), flags=re.MULTILINE)
    assert "\x1b" not in to_text([diagnostic])


characters = st.text(st.sampled_from("ab \t\n\r\x1b\x00日é\u0301\u200d\u202e\ud800💡[]"), max_size=300)


@settings(max_examples=150, deadline=None)
@given(characters, st.data())
def test_any_text_and_any_span_give_a_harmless_bounded_picture(text, data):
    source = Source("a.rec", text)
    places = st.integers(0, len(text))

    def span():
        return Span(source, *sorted((data.draw(places), data.draw(places))))

    notes = [Note(span(), text[:9]) for _ in range(data.draw(st.integers(0, 3)))]
    rendered = to_text([Diagnostic("REC1", span(), text[:20], "label", notes=notes)])
    assert re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200d\u202e\ud800]", rendered) is None
    assert rendered.count("label") == 1
    assert "^" in rendered
    for row in rendered.splitlines():
        if re.match(r" *\d+ \|", row):
            assert sum(map(width, row)) <= len("999 | ") + ROOM + 12  # dots on both sides, and one character over the edge
