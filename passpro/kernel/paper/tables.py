"""Tables on paper: tagged rows, heading repeated on each page, totals never torn from above."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from passpro.kernel.paper.look import MM, Style
from passpro.kernel.paper.paper import LEFT, WIDTH, Paper
from passpro.kernel.paper.writer import Tag

SMALL = Style(500, "text-xs", "ink-soft", 1.4)
HEAD = Style(600, "text-xs", "ink-soft", 1.3)
# {kind of row: (weight of heading, weight of cells, ink, background)}
_KINDS = {
    "": (600, 500, "ink", ""),
    "group": (700, 700, "violet-strong", ""),
    "subtotal": (600, 600, "ink", "mist"),
    "total": (700, 700, "violet-strong", "violet-soft"),
    "debit": (600, 500, "bad", "bad-soft"),
}
_STAYS_ABOVE = ("subtotal", "total")


@dataclass(frozen=True, slots=True)
class Column:
    """`part`: of the width of the table; `is_bold`: the column that one looks for."""

    title: str
    part: float
    is_number: bool = False
    is_bold: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """`cells`: one text a column; a `group` has one, across. `small`: below the heading cell."""

    cells: Sequence[str]
    kind: str = ""
    small: str = ""
    heading_span: int = 1


class Table:
    """`heading`: index of the column that names its row. `text`, `pad`: tokens and millimetres."""

    def __init__(
        self,
        paper: Paper,
        columns: Sequence[Column],
        *,
        heading: int = 0,
        text: str = "text-s",
        pad: tuple[float, float] = (1.7, 2),
    ) -> None:
        self.paper, self.columns, self.heading = paper, columns, heading
        self.pad_y, self.pad_x = pad[0] * MM, pad[1] * MM
        self._text = text
        total = sum(column.part for column in columns)
        self.widths = [WIDTH * column.part / total for column in columns]
        self.lefts = [LEFT + sum(self.widths[:index]) for index in range(len(columns))]
        self._styles = {
            (kind, weight): Style(weight, text, look[2], 1.4)
            for kind, look in _KINDS.items()
            for weight in (500, 600, 700)
        }

    def draw(self, rows: Sequence[Row]) -> None:
        """Heading and rows at the present height; nothing for no row."""
        if not rows:
            return
        paper = self.paper
        self._head = [
            HEAD.wrapped(column.title, width - 2 * self.pad_x)
            for column, width in zip(self.columns, self.widths, strict=True)
        ]
        has_head = any(column.title for column in self.columns)
        self._head_height = (
            max(map(len, self._head)) * HEAD.line + 2 * self.pad_y if has_head else 0
        )
        blocks = self._blocks(rows)
        table = paper.root.add("Table")
        heights = [sum(self._height(row) for row in block) for block in blocks]
        paper.need(self._head_height + heights[0])
        if has_head:
            self._draw_head(table.add("THead").add("TR"))
        body = table.add("TBody")
        for block, height in zip(blocks, heights, strict=True):
            if height > paper.room:
                paper.new_page()
                if has_head:
                    self._draw_head(None)
            for row in block:
                self._draw_row(row, body.add("TR"))

    def height(self, rows: Sequence[Row]) -> float:
        """Without the heading: to keep a short table with its title."""
        return sum(self._height(row) for row in rows)

    def _blocks(self, rows: Sequence[Row]) -> list[list[Row]]:
        """Rows that stay together: a group's name with what follows, a sum with what precedes."""
        blocks: list[list[Row]] = []
        for row in rows:
            stays = row.kind in _STAYS_ABOVE or (blocks and blocks[-1][-1].kind == "group")
            if blocks and stays:
                blocks[-1].append(row)
            else:
                blocks.append([row])
        return blocks

    def _cells(self, row: Row) -> list[tuple[int, str, float, float]]:
        """(column, text, left, width) of each cell."""
        if row.kind == "group":
            return [(0, row.cells[0], LEFT, WIDTH)]
        span = row.heading_span
        first = sum(self.widths[:span])
        found = []
        for index, text in enumerate(row.cells):
            column = index + span - 1 if index else 0
            width = first if index == 0 else self.widths[column]
            found.append((column, text, self.lefts[column], width))
        return found

    def _style(self, row: Row, column: int) -> Style:
        heading, cells, _, _ = _KINDS[row.kind]
        if self._names(row, column):
            return self._styles[row.kind, heading]
        bold = self.columns[column].is_bold
        return self._styles[row.kind, 700 if bold else cells]

    def _names(self, row: Row, column: int) -> bool:
        return column == (0 if row.kind in ("group", *_STAYS_ABOVE) else self.heading)

    def _height(self, row: Row) -> float:
        tallest = 0.0
        for column, text, _, width in self._cells(row):
            style = self._style(row, column)
            height = len(style.wrapped(text, width - 2 * self.pad_x)) * style.line
            if row.small and self._names(row, column):
                height += len(SMALL.wrapped(row.small, width - 2 * self.pad_x)) * SMALL.line
            tallest = max(tallest, height)
        extra = 1.8 * MM if row.kind == "group" else 0
        return tallest + 2 * self.pad_y + extra

    def _draw_head(self, row: Tag | None) -> None:
        paper, top = self.paper, self.paper.y
        bottom = top + self._head_height
        for index, lines in enumerate(self._head):
            start = bottom - self.pad_y - len(lines) * HEAD.line
            end = self.lefts[index] + self.widths[index] - self.pad_x

            left = self.lefts[index] + self.pad_x
            last = end if self.columns[index].is_number else 0
            words = partial(paper.lines, lines, HEAD, left, start, end=last)
            if row is None:
                paper.ornament(words)
            else:
                paper.say(row.add("TH", "/O /Table /Scope /Column"), words)
        paper.ornament(lambda: paper.rule(LEFT, bottom, WIDTH, "violet-strong", 1))
        paper.y = bottom

    def _draw_row(self, row: Row, tag: Tag) -> None:
        paper, top, height = self.paper, self.paper.y, self._height(row)
        background = _KINDS[row.kind][3]
        bottom = top + height

        def dress() -> None:
            if background:
                paper.box(LEFT, top, WIDTH, height, background)
            if row.kind == "total":
                paper.rule(LEFT, top, WIDTH, "violet-strong", 1)
            elif row.kind != "subtotal":
                paper.rule(LEFT, bottom, WIDTH, "line")

        paper.ornament(dress)
        if row.kind == "group":
            top += 1.8 * MM
        for column, text, left, width in self._cells(row):
            span = len(self.columns) if row.kind == "group" else row.heading_span
            spans = f" /ColSpan {span}" if column == 0 and span > 1 else ""
            if self._names(row, column):
                cell = tag.add("TH", f"/O /Table /Scope /Row{spans}")
            else:
                cell = tag.add("TD", f"/O /Table{spans}" if spans else "")
            small = row.small if self._names(row, column) else ""
            if text or small:
                self._draw_cell(row, column, text, small, cell, left, width, top + self.pad_y)
        paper.y = bottom

    def _draw_cell(
        self,
        row: Row,
        column: int,
        text: str,
        small: str,
        cell: Tag,
        left: float,
        width: float,
        top: float,
    ) -> None:
        paper, style = self.paper, self._style(row, column)
        inner = width - 2 * self.pad_x
        end = left + width - self.pad_x if self.columns[column].is_number else 0
        ink = SMALL if row.kind != "debit" else Style(500, "text-xs", "bad", 1.4)
        paper.spoken(cell, f"{text} {small}".strip(), style)

        def words() -> None:
            below = paper.lines(style.wrapped(text, inner), style, left + self.pad_x, top, end=end)
            if small:
                paper.lines(ink.wrapped(small, inner), ink, left + self.pad_x, below, end=end)

        paper.say(cell, words)
