"""What is raised when the data, and not the program, are wrong."""


class DataError(Exception):
    """The data do not hold what the schema says.

    `column` is the schema's name of a column, `file` a path, `row` counts the data rows of that file (or of the table) from 1;
    a header is not a row. `help` says what to do next. `kind` sorts mistakes by what puts them right: `file` (missing), `table`
    (not readable as one), `column` (missing), `type`, `null`, `range`, `events` (unequal lengths), `key`, `rows` (none left),
    `split`, `fit` (nothing to learn from) or `weight`.
    """

    def __init__(
        self,
        message: str,
        *,
        column: str | None = None,
        file: str | None = None,
        row: int | None = None,
        help: str | None = None,
        kind: str = "type",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.column = column
        self.file = file
        self.row = row
        self.help = help
        self.kind = kind

    def __str__(self) -> str:
        text = f"row {self.row}: {self.message}" if self.row else self.message
        if self.column:
            text = f"column `{self.column}`{', ' if self.row else ': '}{text}"
        if self.file:
            text = f"{self.file}{', ' if self.row or self.column else ': '}{text}"
        return f"{text}\nhelp: {self.help}" if self.help else text
