"""Every bound that keeps a hostile or mistaken spec from taking time or memory without end. Each has a diagnostic, REC9xx."""

# ---- Text: what one file may hold. A spec of a thousand lines reaches a tenth of any of these.

MAX_FILE_BYTES = 1_000_000
MAX_TOKENS = 300_000
MAX_ITEMS = 20_000
MAX_NESTING = 64  # brackets and operators inside each other; phases after the parser recurse over the tree
MAX_NUMBER_LENGTH = 40  # characters
MAX_STRING_LENGTH = 10_000  # characters
MAX_SYNTAX_ERRORS = 50  # reported for one file

# ---- Data of specc's own: saved IR and the files of a run. The largest spec makes a tenth of such a Program.

MAX_IR_BYTES = 50_000_000
MAX_STATE_BYTES = 4_000_000_000  # what encoders have learned: a vocabulary of a hundred million words
MAX_IR_NESTING = 300  # lists and objects inside each other

# ---- Meaning

MAX_ERRORS = 500  # reported for one spec
MAX_EXPANSION = 100_000  # expressions that are looked at while params and blocks are put in their places
MAX_ROW = 10_000  # operators of one condition or computed number, its params in their places

# ---- Networks and data

MAX_WIDTH = 1_000_000  # of one tensor: beyond it nothing trains, and a typo is likely
MAX_ROWS = 2**31 - 1  # of one table: ids are int32
MAX_NODES = 20_000  # operator calls of one network, after expansion
MAX_COPIES = 1_000  # of one block side by side
MAX_STEPS = 100_000  # of one sequence
MAX_COLUMNS = 10_000  # of one range
MAX_COLUMNS_IN_ALL = 20_000  # of all schemas
MAX_LEVELS = 100  # of one mixture topology
