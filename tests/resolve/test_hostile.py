"""Specs that try to take time or memory without end: each gets its answer within two seconds of the processor, never an exception.

The time is that of the process, so that a busy machine fails nothing.
"""

from collections.abc import Callable

import pytest

from specc.diagnostics.text import to_text
from specc.driver import check_file
from specc.limits import MAX_ERRORS

from .frame import mistakes

SECONDS = 2.0

SCHEMA = """rec 1
model Hostile
schema views {
  user_id : int    -> vocab        @user @id
  country : string -> vocab        @user
  age     : float  -> standardize  @user
  seconds : float
  MORE
  label click : bool
}
embeddings { dim=16 }
"""
TOWER = "tower x = [@categorical -> embed, @numeric] -> concat\n"
LOSS = "loss click = bce\n"


def spec(head: str, declarations: str = "", columns: str = "", loss: str = LOSS) -> str:
    return SCHEMA.replace("  MORE\n", columns) + declarations + TOWER + f"head click = {head} -> logit\n" + loss


def doubled(kind: str, first: str, each: str, count: int) -> str:
    """`p1` to `pN`, each made of the one before twice; `each` has `{}` where that stands."""
    lines = [f"{kind} p0{first}"] + [f"{kind} p{i}{each.replace('{}', f'p{i - 1}')}" for i in range(1, count)]
    return "\n".join(lines) + "\n"


def mixture(call: str) -> str:
    return (
        SCHEMA.replace("  MORE\n", "") + TOWER + f"tower mix = x -> {call}\nhead * = mix -> logit\nloss * = bce(label=click)\n"
    )


def levels(count: int, experts: int) -> str:
    groups = f"a : {experts} * mlp(8)\n b : {experts} * mlp(8)\n gate a = [a, b]\n"
    body = f"level {{ {groups} gate b = [a, b] }}\n" * (count - 1) + f"level {{ {groups} }}\n"
    return (
        SCHEMA.replace("  MORE\n", "")
        + TOWER
        + f"experts mix = x {{ {body} }}\nhead * = mix -> logit\nloss * = bce(label=click)\n"
    )


def columns(lines: list[str]) -> str:
    return "".join(f"  {line}\n" for line in lines)


BLOCK = " -> p{} -> p{}"
CASES: dict[str, tuple[Callable[[], str], set[str]]] = {
    "a mixture of 100,000 experts": (lambda: mixture("ple(tasks=[a, b], task_experts=100000, expert=mlp(8))"), {"REC308"}),
    "100,000 copies in a group": (lambda: levels(1, 1).replace("1 * mlp(8)", "100_000 * mlp(8)", 1), {"REC308"}),
    "copies of copies in a group": (lambda: levels(1, 1).replace("1 * mlp(8)", "1000 * [1000 * mlp(8)]", 1), {"REC306"}),
    "100 levels of 1,000 experts": (lambda: levels(100, 1000), {"REC903"}),
    "the same as a library form": (
        lambda: mixture("ple(tasks=[a, b], levels=100, task_experts=1000, shared_experts=1000, expert=mlp(8))"),
        {"REC903"},
    ),
    "experts that make no nodes": (
        lambda: mixture("ple(tasks=[a, b], levels=100, task_experts=1000, shared_experts=1000, expert=identity)"),
        {"REC903"},
    ),
    "1,000 unlike experts 1,000 times": (
        lambda: mixture(f"ple(tasks=[a, b], levels=100, task_experts=1000, expert=[{', '.join(['mlp(8)'] * 1000)}])"),
        {"REC306"},
    ),
    "a list of 30,000 experts": (lambda: mixture(f"mmoe(tasks=[a], expert=[{', '.join(['mlp(8)'] * 30_000)}])"), {"REC306"}),
    "50,000 tasks": (lambda: mixture(f"mmoe(tasks=[{', '.join(f't{i}' for i in range(50_000))}], expert=mlp(8))"), {"REC306"}),
    "1,000 tasks on 100 levels": (
        lambda: mixture(f"ple(levels=100, tasks=[{', '.join(f't{i}' for i in range(1000))}], expert=mlp(8))"),
        {"REC903"},
    ),
    "101 levels": (lambda: levels(101, 1), {"REC130"}),
    "100,000 widths": (lambda: spec(f"x -> mlp({', '.join(['8'] * 100_000)})"), {"REC306"}),
    "blocks that double": (lambda: spec("x -> p19", doubled("block", "(x) = x -> dense(8)", "(x) = [x -> {}, x -> {}] -> add", 20)), {"REC903"}),
    "blocks that double without nodes": (lambda: spec("x -> p19 -> concat", doubled("block", "(x) = [x, x]", "(x) = [x -> {}, x -> {}]", 20)), {"REC903"}),
    "a list that doubles as it goes": (lambda: spec("x" + " -> b" * 40 + " -> concat", "block b(x) = [x, x]\n"), {"REC903"}),
    "records of records": (lambda: spec("x" + " -> b" * 40 + " -> dense(8)", "block b(x) = {a: x, b: x}\n"), {"REC903"}),
    "records that share their fields": (
        lambda: spec("x" + " -> r(x" * 25 + ")" * 25 + " -> dense(8)", "block r(x, y) = {a: y, b: y}\n"),
        {"REC903"},
    ),
    "a block handed to a block twice": (lambda: spec("x -> " + "t(" * 25 + "mlp(8)" + ")" * 25, "block t(x, f) = x -> f -> f\n"), {"REC903"}),
    "copies of copies": (lambda: spec("x -> copies(1000, copies(1000, copies(1000, mlp(8)))) -> concat"), {"REC903"}),
    "copies of nothing": (lambda: spec("x -> copies(1000, copies(1000, identity)) -> concat"), {"REC903"}),
    "params that double: numbers": (lambda: spec("x -> mlp(p19)", doubled("param", " = [8, 8]", " = [{}, {}]", 20)), {"REC307"}),
    "params that double: experts": (lambda: spec("x -> mmoe(tasks=[a], expert=p19)", doubled("param", " = mlp(8)", " = [{}, {}]", 20)), {"REC306"}),
    "params that double: selectors": (lambda: spec("p29 -> embed -> concat", doubled("param", " = @user", " = {} | {}", 30)), {"REC903"}),
    "params that double: conditions": (
        lambda: spec("x", doubled("param", " = seconds > 3", " = {} & {}", 30), loss="loss click = bce(where=p29)\n"),
        {"REC903"},
    ),
    "params that double: pipelines": (lambda: spec("x -> p29", doubled("param", " = mlp(8)", " = {} -> {}", 30)), {"REC903"}),
    "500 params inside each other": (lambda: spec("p499 -> concat", doubled("param", " = [x]", " = [{}]", 500)), {"REC904"}),
    "5,000 blocks inside each other": (lambda: spec("x -> p4999", doubled("block", "(x) = x -> dense(8)", "(x) = x -> {}", 5000)), {"REC904"}),
    "params as deep as brackets may be": (
        lambda: spec("p39 -> concat", doubled("param", " = x", f" = {'[' * 55}{{}}{']' * 55}", 40)),
        {"REC904"},
    ),
    "a block that uses itself": (lambda: spec("x -> b", "block b(x) = x -> b\n"), {"REC109"}),
    "300 blocks in a circle": (lambda: spec("x -> b0", "".join(f"block b{i}(x) = x -> b{(i + 1) % 300}\n" for i in range(300))), {"REC109"}),
    "a param in its own list": (lambda: spec("a -> concat", "param a = [a, a]\n"), {"REC107"}),
    "a param in its own selector": (lambda: spec("a -> embed -> concat", "param a = a - user_id\n"), {"REC107"}),
    "5,000 towers, written from the end": (
        lambda: spec("t4999", "".join(f"tower t{i} = t{i - 1} -> dense(8)\n" for i in range(4999, 0, -1)) + "tower t0 = x\n"),
        set(),
    ),
    "5,000 columns, written from the end": (
        lambda: spec("x", columns=columns([f"c{i} = c{i - 1} + c{i - 1}" for i in range(4999, 0, -1)] + ["c0 : float"])),
        set(),
    ),
    "5,000 columns in a circle": (lambda: spec("x", columns=columns([f"c{i} = c{(i + 1) % 5000} + 1" for i in range(5000)])), {"REC109"}),
    "10,000 unused columns": (lambda: spec("x", columns=columns(["C1..C10000 : float -> standardize  @none"]), loss=LOSS.replace("x", "y")), set()),
    "two million columns": (lambda: spec("x", columns=columns([f"C{k}_1..C{k}_9999 : float" for k in range(200)])), {"REC909"}),
    "a table of 10^15 rows": (lambda: spec("x", columns=columns(["big : string -> hash(1_000_000_000_000_000)  @user"])), {"REC308"}),
    "a table of 10^15 numbers": (
        lambda: spec("x", columns=columns(["big : string -> hash(2_000_000_000)  @user"])).replace("dim=16", "dim=500_000"),
        {"REC907"},
    ),
    "a width of 10^12": (lambda: spec("x").replace("dim=16", "dim=1_000_000_000_000"), {"REC308"}),
    "a width of 50 million, joined": (lambda: spec(f"[{', '.join(['x -> dense(1_000_000)'] * 50)}] -> concat"), {"REC902"}),
    "a number of 400 digits": (lambda: spec(f"x -> mlp({'9' * 400})"), {"REC912"}),
    "a float beyond 64 bits": (lambda: spec("x -> dropout(1e400)"), {"REC912"}),
    "5,000 brackets": (lambda: spec("[" * 5000 + "x" + "]" * 5000 + " -> concat"), {"REC911"}),
    "60 brackets": (lambda: spec("[" * 60 + "x" + "]" * 60 + " -> concat"), set()),
    "5,000 conditions": (lambda: spec("x", loss=f"loss click = bce(where={' & '.join(['seconds > 3'] * 5000)})\n"), {"REC911"}),
    "19,000 layers": (lambda: spec("x" + " -> dense(8)" * 19_000), set()),
    "6,000 unknown names": (
        lambda: spec(f"[{', '.join(f'nam{i}' for i in range(6_000))}] -> concat", columns=columns(["name1..name6000 : float -> standardize"])),
        {"REC110", "REC908"},
    ),
    "5,000 tags": (
        lambda: spec("x", columns=columns([f"c{i} : float -> standardize  @t{i}" for i in range(4000)])) + "".join(f"tower y{i} = @t{i} -> concat\n" for i in range(4000)),
        {"REC140", "REC908"},
    ),
    "patterns inside each other": (lambda: spec("x", columns=columns(["s : string", f'e = extract(s, "{"(?:" * 1500}b{")" * 1500}") -> vocab'])), {"REC446"}),
    "a name of 20,000 letters like another": (
        lambda: spec(f"[{'a' * 19_995}bbbbb] -> concat", columns=columns([f"{'a' * 20_000} : float -> standardize"])),
        {"REC110"},
    ),
    "a name of 20,000 letters like 40 others": (
        lambda: spec(f"[{'a' * 20_000}] -> concat", columns=columns([f"{'a' * 19_998}{i} : float -> standardize" for i in range(10, 50)])),
        {"REC110"},
    ),
    "a range of names of 20,000 digits": (
        lambda: spec("x", columns=columns([f"a{'1' * 20_000}_..a{'1' * 20_000}_ : float"])),
        {"REC402"},
    ),
    "a name of 900,000 letters": (lambda: spec("b" * 900_000), {"REC110"}),
    "a line of 900,000 letters": (lambda: "rec 1 " + "a" * 900_000, {"REC004"}),
    "five million characters": (lambda: "rec 1\n" + "# hello\n" * 700_000, {"REC901"}),
    "100,000 statements": (lambda: "rec 1\n" + "a = 1\n" * 100_000, {"REC905"}),
    "20,000 words": (lambda: spec("x", columns=columns([f"v : string -> vocab({', '.join(f'{chr(34)}v{i}{chr(34)}' for i in range(20_000))})"])), {"REC306"}),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_answer_in_time(name, within):
    make, codes = CASES[name]
    text = make()

    def answer():
        found = mistakes(text)
        return found, to_text(found)

    found, printed = within(SECONDS, answer)
    assert {diagnostic.code for diagnostic in found} == codes, printed[:2000]
    assert len(found) <= MAX_ERRORS + 1
    if codes and len(codes) == 1:
        assert len(found) == 1, printed[:2000]


BYTES = {
    "invalid UTF-8": (b"rec 1\nmodel A\xff\n", {"REC020"}),
    "UTF-16": ("rec 1\n".encode("utf-16"), {"REC020"}),
    "a NUL": (b"rec 1\nmodel A\0\n", {"REC020"}),
    "a file of 5 MB": (b"rec 1\n" + b"# hello\n" * 700_000, {"REC901"}),
    "nothing": (b"", {"REC104"}),
    "a byte order mark alone": (b"\xef\xbb\xbf", {"REC104"}),
    "line ends of old systems": (b"rec 1\rmodel A\r\nschema s {\r\n a : int -> index(2)\r\n}\r\n", set()),
}


@pytest.mark.parametrize("name", BYTES)
def test_any_bytes(name, tmp_path, within):
    data, codes = BYTES[name]
    path = tmp_path / "spec.rec"
    path.write_bytes(data)
    found = within(SECONDS, lambda: check_file(str(path)))
    assert {diagnostic.code for diagnostic in found} == codes, to_text(found)
