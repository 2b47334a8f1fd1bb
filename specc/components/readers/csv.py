"""`csv`: comma-separated text."""

from __future__ import annotations

from specc.registry.word import Arg, Choice, ListOf, Mapping, Text, Word


class Csv(Word):
    """Rows of CSV files, also compressed (.gz); with `*` in the path all files that match, in the order of their names. A
    folder part `name=value` is a column, as in Hive.

    An empty field is a missing value, but in a column `string` an empty text, and as a bag or sequence an empty one. `null`
    says how else a missing value is written, for all columns. It is compared with whole fields, without the blanks around them.

    Example: `ratings = csv("ratings.csv", null=["NA", "?"])`
    """

    target = "specc.runtime.features.read.read_csv"
    path = Arg(Text(), doc="a file, or a pattern with `*`; relative to the folder that specc is run in, then to the spec")
    sep = Arg(Text(), ",", "what stands between two fields", named=True)
    header = Arg(Choice("first", "none"), "first", "none: the columns come in the order of the schema", named=True)
    key = Arg(Text(), None, "what the file calls the key of an entity", named=True)
    null = Arg(ListOf(Text(), least=1), None, "how a missing value is written: one string, or several", named=True)
    separate = Arg(Mapping(Text()), None, "what stands between the elements of a bag or sequence", named=True)
