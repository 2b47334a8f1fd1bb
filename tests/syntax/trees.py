"""Random trees, and a writer that knows nothing of the formatter: blanks, newlines and comments go wherever they may."""

from specc.syntax import tree
from specc.text import Source, Span

NOWHERE = Span(Source("nowhere", ""), 0, 0)
WORDS = ["a", "b", "x0", "movie_id", "vocab", "label", "embed", "a_rather_long_name_for_a_column", "i", "inn"]
LETTERS = 'ab "\\\n\t#\u00e9\u20ac{}(),'


class Trees:
    """Draws trees that could have been written, so with brackets where precedence asks for them."""

    def __init__(self, random):
        self.random = random

    def some(self, make, most, least=0):
        return [make() for _ in range(self.random.randint(least, most))]

    def maybe(self, make, chance=0.5):
        return make() if self.random.random() < chance else None

    def file(self):
        return tree.File(NOWHERE, self.some(lambda: self.item(2), 4))

    # ---- items

    def item(self, depth):
        if self.random.random() < 0.5:
            return self.definition(tree.Item(NOWHERE, [self.key()]), depth)
        head = [self.name(), *self.some(self.key, 1)]
        if isinstance(head[-1], tree.Star):
            return self.definition(tree.Item(NOWHERE, head), depth)
        item = tree.Item(NOWHERE, head, self.maybe(lambda: self.args(depth - 1), 0.3))
        if self.random.random() < 0.6:
            return self.definition(item, depth)
        item.body = self.maybe(lambda: self.body(depth - 1))
        return item

    def definition(self, item, depth):
        item.sign = self.random.choice("=:")
        item.value = self.expression(depth)
        item.within = self.maybe(lambda: self.expression(depth - 1), 0.2)
        item.tags = self.some(self.tag, 2)
        item.body = self.maybe(lambda: self.body(depth - 1), 0.2)
        return item

    def key(self):
        field = tree.Field(NOWHERE, self.name(), self.name())
        spread = tree.Range(NOWHERE, self.name(), self.name())
        return self.random.choice([self.name(), self.name(), tree.Star(NOWHERE), field, spread, self.number(), self.string()])

    def body(self, depth):
        return tree.Body(NOWHERE, self.some(lambda: self.item(depth - 1), 3 if depth > 0 else 0))

    def args(self, depth):
        return self.some(lambda: tree.Arg(NOWHERE, self.maybe(self.name), self.expression(depth)), 4)

    # ---- expressions, from loose to tight

    def expression(self, depth):
        stages = self.some(lambda: self.operators(depth, 0), 3, 1)
        return stages[0] if len(stages) == 1 else tree.Pipe(NOWHERE, stages)

    def operators(self, depth, level):
        levels = [["|"], ["&"], ["==", "!=", "<", "<=", ">", ">="], [".."], ["+", "-"], ["*", "/"]]
        if level == len(levels):
            operand = self.postfix(depth)
            return tree.Unary(NOWHERE, "-", operand) if self.random.random() < 0.1 else operand
        left = self.operators(depth, level + 1)
        for _ in range(1 if level in (2, 3) else 2):  # comparisons and ranges do not chain
            if self.random.random() < 0.1:
                op, right = self.random.choice(levels[level]), self.operators(depth, level + 1)
                left = tree.Range(NOWHERE, left, right) if op == ".." else tree.Binary(NOWHERE, op, left, right)
        return left

    def postfix(self, depth):
        if depth <= 0:
            return self.random.choice([self.name, self.number, self.string, self.tag])()
        if self.random.random() < 0.4:
            return self.random.choice(
                [self.number, self.string, self.tag, lambda: self.list(depth), lambda: self.body(depth)]
            )()
        made = self.name()
        if self.random.random() < 0.1:
            made = tree.Paren(NOWHERE, self.expression(depth - 1))
        for _ in range(self.random.randint(0, 2)):
            made = self.random.choice(
                [
                    lambda base: tree.Call(NOWHERE, base, self.args(depth - 1)),
                    lambda base: tree.Call(NOWHERE, base, self.args(depth - 1)),
                    lambda base: tree.Field(NOWHERE, base, self.name()),
                    lambda base: tree.At(NOWHERE, base, tree.Number(NOWHERE, self.random.randint(0, 100))),
                    lambda base: tree.Maybe(NOWHERE, base),
                ]
            )(made)
        return made

    def list(self, depth):
        return tree.List(NOWHERE, self.some(lambda: self.expression(depth - 1), 4))

    def name(self):
        return tree.Name(NOWHERE, self.random.choice(WORDS))

    def tag(self):
        return tree.Tag(NOWHERE, self.random.choice(WORDS))

    def number(self):
        return tree.Number(NOWHERE, self.random.choice([0, 7, 10**6, 0.5, 1e-05, 2.5e30, 128.0]))

    def string(self):
        return tree.String(NOWHERE, "".join(self.random.choice(LETTERS) for _ in range(self.random.randint(0, 12))))


class Writer:
    """Writes a tree with blanks, newlines and comments drawn at random."""

    def __init__(self, random, comments=True):
        self.random = random
        self.comments = []
        self.with_comments = comments
        self.out = []

    def text(self):
        return "".join(self.out)

    def blank(self):
        """Blanks, which may stand anywhere between tokens."""
        self.out.append(self.random.choice(["", "", " ", "  ", "\t"]))

    def gap(self):
        """A place where a newline ends nothing."""
        self.blank()
        if self.random.random() < 0.1:
            for _ in range(self.random.randint(1, 2)):
                self.newline()
        self.blank()

    def newline(self):
        if self.with_comments and self.random.random() < 0.5:
            comment = f"# comment {len(self.comments)}"
            self.comments.append(comment)
            self.out.append(" " + comment)
        self.out.append("\n")

    def put(self, *parts):
        for part in parts:
            if isinstance(part, str):
                self.word(part)
            else:
                self.node(part)

    def word(self, word):
        last = self.out[-1][-1:] if self.out and self.out[-1] else next((o[-1] for o in reversed(self.out) if o), "")
        joins = '_"@.-=&|<>!*/'  # two of these, or letters, might be read as one token
        if (word[0].isalnum() or word[0] in joins) and (last.isalnum() or last in joins):
            self.out.append(" ")
        self.out.append(word)

    def commas(self, parts, close):
        """Elements in brackets, perhaps with a comma behind the last."""
        self.gap()
        for index, part in enumerate(parts):
            if index:
                self.gap()
                self.word(",")
                self.gap()
            self.put(part)
        if parts and self.random.random() < 0.3:
            self.gap()
            self.word(",")
        self.gap()
        self.word(close)

    def operator(self, op):
        self.gap()
        self.word(op)
        self.gap()

    def separated(self, found):
        for index, item in enumerate(found):
            if index:
                if self.random.random() < 0.3:
                    self.gap()
                    self.word(",")
                    self.gap()
                else:
                    self.blank()
                    self.newline()
                    self.gap()
            self.put(item)

    def node(self, node):
        getattr(self, "_" + type(node).__name__.lower())(node)

    def _file(self, node):
        self.gap()
        self.separated(node.items)
        self.gap()

    def _body(self, node):
        self.word("{")
        self.gap()
        self.separated(node.items)
        if node.items and self.random.random() < 0.2:
            self.word(",")
        self.gap()
        self.word("}")

    def _item(self, node):
        for index, part in enumerate(node.head):
            if index:
                self.out.append(" ")
            self.put(part)
        if node.args is not None:
            self.blank()
            self.word("(")
            self.commas(node.args, ")")
        if node.value is not None:
            self.blank() if isinstance(node.head[-1], tree.Star) else self.gap()
            self.word(node.sign)
            self.gap()
            self.put(node.value)
            if node.within is not None:
                self.out.append(" ")
                self.gap()
                self.word("in")
                self.out.append(" ")
                self.gap()
                self.put(node.within)
            for tag in node.tags:
                self.out.append(" ")
                self.blank()
                self.put(tag)
        if node.body is not None:
            self.blank()
            self.put(node.body)

    def _name(self, node):
        self.word(node.text)

    def _tag(self, node):
        self.word("@" + node.name)

    def _star(self, node):
        self.word("*")

    def _number(self, node):
        self.word(repr(node.value))

    def _string(self, node):
        text = node.value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
        self.word(f'"{text}"')

    def _arg(self, node):
        if node.name is not None:
            self.put(node.name)
            self.gap()
            self.word("=")
            self.gap()
        self.put(node.value)

    def _call(self, node):
        self.put(node.callee)
        self.blank()
        self.word("(")
        self.commas(node.args, ")")

    def _field(self, node):
        self.put(node.base)
        self.gap()
        self.out.append(".")
        self.gap()
        self.out.append(node.name.text)

    def _at(self, node):
        self.put(node.base)
        self.blank()
        self.out.append(f"@{node.k.value}")

    def _maybe(self, node):
        self.put(node.base)
        self.blank()
        self.out.append("?")

    def _unary(self, node):
        self.word(node.op)
        self.gap()
        self.put(node.operand)

    def _binary(self, node):
        self.put(node.left)
        self.operator(node.op)
        self.put(node.right)

    def _range(self, node):
        self.put(node.low)
        self.gap()
        self.out.append("..")
        self.gap()
        self.put(node.high)

    def _paren(self, node):
        self.word("(")
        self.gap()
        self.put(node.inner)
        self.gap()
        self.word(")")

    def _pipe(self, node):
        for index, stage in enumerate(node.stages):
            if index:
                self.operator("->")
            self.put(stage)

    def _list(self, node):
        self.word("[")
        self.commas(node.items, "]")
