"""The formats for machines: JSON against its published schema, SARIF and GitHub's commands against what their standards say."""

import json
from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field

from specc.diagnostics import Diagnostic, Edit, Fix, Note, catalogue, replacement
from specc.diagnostics.renderers import FORMATS, render
from specc.text import Source, Span

from .marked import DLRM, spot

SCHEMA = Path(catalogue.__file__).parent / "diagnostics.schema.json"


class Strict(BaseModel):
    """The test allows no other field; the schema does, so that who validates with it is not stopped by a new one."""

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra=lambda schema: schema.pop("additionalProperties"))


class Place(Strict):
    """A place in a file, in Unicode code points."""

    line: Annotated[int, Field(ge=1, description="from 1")]
    column: Annotated[int, Field(ge=1, description="from 1")]
    offset: Annotated[int, Field(ge=0, description="from the start of the file, from 0")]


class Range(Strict):
    """The characters from `start` to `end`."""

    file: Annotated[str, Field(description="relative to the working directory; `<stdin>` and the like for what is not a file")]
    start: Place
    end: Annotated[Place, Field(description="exclusive")]


class Secondary(Strict):
    """Another place that has to do with it."""

    span: Range
    text: str


class Replacement(Strict):
    """The text that replaces the characters of a span; either may be empty."""

    span: Range
    text: str


class Repair(Strict):
    """Edits after which the diagnostic is not reported any more. Their spans do not overlap."""

    title: Annotated[str, Field(description="what they do")]
    edits: list[Replacement]


class Finding(Strict):
    """One error, warning or note."""

    code: Annotated[str, Field(pattern=r"^REC\d{3}$", description="stable; `specc explain CODE` prints its page")]
    severity: Annotated[Literal["error", "warning", "note"], Field(description="only errors make a command fail")]
    message: Annotated[str, Field(description="what is wrong")]
    label: Annotated[str, Field(description="what is to be said at the place itself; may be empty")]
    span: Annotated[Range | None, Field(description="null if it is in no text, such as a missing file")]
    notes: list[Secondary]
    help: Annotated[list[str], Field(description="what to do")]
    fixes: Annotated[list[Repair], Field(description="what can be done without further thought: each is one way")]


class Report(Strict):
    """What `specc check --format json` prints."""

    version: Annotated[Literal[1], Field(description="raised when a field changes its meaning or goes; a new field leaves it")]
    errors: Annotated[int, Field(ge=0)]
    warnings: Annotated[int, Field(ge=0)]
    diagnostics: list[Finding]


EVIL = "a\x1b[2J\r\n::error::x, %0A: {0} [link](http://x)"
WIDE = Source("schemas/x y:z#ü.rec", "rec 1\n# 💡\nx = '💡💡' -> bad é\n  -> more\n")
CASES = [
    Diagnostic(
        "REC207",
        spot(DLRM, "dot_interaction"),
        "unlike",
        "got 32 and 64",
        notes=[Note(spot(DLRM, "32"), "this")],
        help=["a", "b"],
        severity="warning",
        fixes=[replacement(spot(DLRM, "32"), "64"), Fix(EVIL, [Edit(Span(DLRM, 0, 0), EVIL), Edit(spot(WIDE, "bad"), "")])],
    ),
    Diagnostic("REC001", None, EVIL, EVIL, help=EVIL),
    Diagnostic(
        "REC207", spot(WIDE, "bad"), "wide", notes=[Note(Span(WIDE, spot(WIDE, "bad").start, len(WIDE.text) - 1), EVIL)]
    ),
    Diagnostic("REC103", spot(WIDE, "bad é\n  -> more"), "lines", severity="note"),
    Diagnostic("REC104", Span(WIDE, len(WIDE.text), len(WIDE.text)), "end"),
]


def test_the_schema_of_the_json_is_published(update_golden):
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Report.model_json_schema()}
    text = json.dumps(schema, indent=2) + "\n"
    if update_golden:
        SCHEMA.write_text(text)
    assert SCHEMA.read_text() == text


@pytest.mark.parametrize("diagnostics", [[], CASES])
def test_json_is_as_its_schema_says(diagnostics):
    report = Report.model_validate_json(render(diagnostics, "json"))
    assert (report.errors, report.warnings) == ((3, 1) if diagnostics else (0, 0))
    assert [d.message for d in report.diagnostics] == [d.message for d in diagnostics]


def test_json_counts_in_code_points():
    first, evil, wide, lines, end = json.loads(render(CASES, "json"))["diagnostics"]
    one, other = first.pop("fixes")
    place = {"start": {"line": 4, "column": 52, "offset": 69}, "end": {"line": 4, "column": 54, "offset": 71}}
    assert one == {"title": "write `64`", "edits": [{"span": {"file": "specs/dlrm.rec", **place}, "text": "64"}]}
    assert (other["title"], [edit["text"] for edit in other["edits"]]) == (EVIL, [EVIL, ""])
    assert other["edits"][0]["span"]["start"] == other["edits"][0]["span"]["end"] == {"line": 1, "column": 1, "offset": 0}
    assert first == {
        "code": "REC207",
        "severity": "warning",
        "message": "unlike",
        "label": "got 32 and 64",
        "span": {
            "file": "specs/dlrm.rec",
            "start": {"line": 7, "column": 36, "offset": 121},
            "end": {"line": 7, "column": 51, "offset": 136},
        },
        "notes": [
            {
                "span": {
                    "file": "specs/dlrm.rec",
                    "start": {"line": 4, "column": 52, "offset": 69},
                    "end": {"line": 4, "column": 54, "offset": 71},
                },
                "text": "this",
            }
        ],
        "help": ["a", "b"],
    }
    assert evil["span"] is None
    assert wide["span"]["start"] == {"line": 3, "column": 13, "offset": 6 + 4 + 12}
    assert (lines["span"]["start"]["line"], lines["span"]["end"]["line"]) == (3, 4)
    assert end["span"]["start"] == end["span"]["end"] == {"line": 5, "column": 1, "offset": len(WIDE.text)}


@pytest.mark.parametrize("format", FORMATS)
def test_no_format_lets_an_escape_code_through(format):
    text = render(CASES, format)
    assert "\x1b" not in text
    assert "\r" not in text
    assert text.encode("ascii" if format in ("json", "sarif") else "utf-8")


def test_sarif():
    log = json.loads(render(CASES, "sarif"))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    assert run["columnKind"] == "utf16CodeUnits"
    driver = run["tool"]["driver"]
    assert driver["name"] == "specc"
    assert [rule["id"] for rule in driver["rules"]] == ["REC001", "REC103", "REC104", "REC207"]
    assert [driver["rules"][result["ruleIndex"]]["id"] for result in run["results"]] == [d.code for d in CASES]
    first, evil, wide, lines, end = run["results"]
    assert first["message"]["text"] == "unlike\ngot 32 and 64\nhelp: a\nhelp: b"
    assert first["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "specs/dlrm.rec"},
                "region": {"startLine": 7, "startColumn": 36, "endLine": 7, "endColumn": 51},
            }
        }
    ]
    assert first["relatedLocations"] == [
        {
            "id": 1,
            "physicalLocation": {
                "artifactLocation": {"uri": "specs/dlrm.rec"},
                "region": {"startLine": 4, "startColumn": 52, "endLine": 4, "endColumn": 54},
            },
            "message": {"text": "this"},
        }
    ]
    assert [result["level"] for result in run["results"]] == ["warning", "error", "error", "note", "error"]
    one, other = first["fixes"]
    region = {"startLine": 4, "startColumn": 52, "endLine": 4, "endColumn": 54}
    assert one == {
        "description": {"text": "write `64`"},
        "artifactChanges": [
            {
                "artifactLocation": {"uri": "specs/dlrm.rec"},
                "replacements": [{"deletedRegion": region, "insertedContent": {"text": "64"}}],
            }
        ],
    }
    assert "{{0}}" in other["description"]["text"]
    insertion, deletion = other["artifactChanges"]
    start = {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 1}
    assert insertion["replacements"] == [{"deletedRegion": start, "insertedContent": {"text": EVIL}}]
    assert deletion["artifactLocation"]["uri"] == "schemas/x%20y%3Az%23%C3%BC.rec"
    assert deletion["replacements"][0]["insertedContent"] == {"text": ""}
    assert "locations" not in evil
    assert "fixes" not in evil
    assert "{{0}} [link\\](http://x)" in evil["message"]["text"]
    place = wide["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "schemas/x%20y%3Az%23%C3%BC.rec"
    # two characters outside the basic plane stand before `bad`: each is two UTF-16 code units
    assert place["region"] == {"startLine": 3, "startColumn": 13 + 2, "endLine": 3, "endColumn": 16 + 2}
    assert lines["locations"][0]["physicalLocation"]["region"]["endColumn"] == 10
    assert end["locations"][0]["physicalLocation"]["region"]["startLine"] == 5


def test_sarif_of_an_absolute_path_is_a_file_uri():
    diagnostic = Diagnostic("REC100", Span(Source("/tmp/a b.rec", "x"), 0, 1), "m")
    (result,) = json.loads(render([diagnostic], "sarif"))["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "file:///tmp/a%20b.rec"


def test_sarif_takes_its_rules_from_the_catalogue():
    for code in catalogue.codes():
        (rule,) = json.loads(render([Diagnostic(code, None, "m")], "sarif"))["runs"][0]["tool"]["driver"]["rules"]
        page = catalogue.page(code)
        assert page is not None
        assert rule["shortDescription"]["text"] == page.title
        assert rule["help"]["markdown"] == page.markdown


def test_github():
    first, evil, wide, lines, end = render(CASES, "github").splitlines()
    assert first == (
        "::warning file=specs/dlrm.rec,line=7,col=36,endLine=7,endColumn=51,title=REC207::"
        "unlike%0Agot 32 and 64%0Aspecs/dlrm.rec:4:52: this%0Ahelp: a%0Ahelp: b"
    )
    assert evil.startswith("::error title=REC001::a<U+001B>[2J\\r\\n::error::x, %250A: {0} [link](http://x)%0A")
    assert wide.startswith("::error file=schemas/x y%3Az#ü.rec,line=3,col=13,endLine=3,endColumn=16,title=REC207::wide%0A")
    assert lines == "::notice file=schemas/x y%3Az#ü.rec,line=3,endLine=4,title=REC103::lines"  # no columns over several lines
    assert end == "::error file=schemas/x y%3Az#ü.rec,line=5,col=1,endLine=5,endColumn=1,title=REC104::end"


def test_github_escapes_a_comma_in_a_path():
    diagnostic = Diagnostic("REC100", Span(Source("a,b%.rec", "x"), 0, 1), "m")
    assert render([diagnostic], "github").startswith("::error file=a%2Cb%25.rec,line=1,")


def test_unknown_format():
    with pytest.raises(ValueError, match="text, json, sarif, github"):
        render([], "xml")
