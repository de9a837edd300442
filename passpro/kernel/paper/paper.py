"""A document from top to bottom: pages, blocks of text, boxes; tables are in tables.py."""

from collections.abc import Callable
from functools import partial

from passpro.kernel.paper.fonts import face
from passpro.kernel.paper.look import MM, Style, colour
from passpro.kernel.paper.writer import PAGE_HEIGHT, PAGE_WIDTH, Page, Tag, write_pdf

LEFT = 16 * MM
WIDTH = PAGE_WIDTH - 2 * LEFT
TOP = 27 * MM
BOTTOM = PAGE_HEIGHT - 22 * MM
_CURVE = 0.5523  # a quarter of a circle as a Bézier curve

H1 = Style(700, "text-3xl", "violet-strong", 1.15)
H2 = Style(700, "text-xl", leading=1.3)
NOTE = Style(500, "text-xs", "ink-soft", 1.45)
BRAND = Style(700, "text-m", "violet-strong")


class Paper:
    """What is said (tags, in reading order) and where it stands, page after page.

    Positions are points from the top left corner. Text goes through `say` (it is read aloud) or
    `ornament` (it is not: head and foot of pages, repeated headings).
    """

    def __init__(self, *, title: str, reference: str, legal: str, author: str = "PassPro") -> None:
        self.title, self.author, self.reference, self.legal = title, author, reference, legal
        self.root = Tag("Document")
        self.pages: list[Page] = []
        self._used: dict[int, dict[int, str]] = {}
        self.y = TOP
        self.new_page()

    # Pages ---------------------------------------------------------------

    def new_page(self) -> None:
        self.pages.append(Page())
        self.y = TOP

    @property
    def room(self) -> float:
        return BOTTOM - self.y

    def need(self, height: float) -> None:
        """Go to a new page when this does not fit on the present one but would on a new one."""
        if self.room < height and self.y > TOP:
            self.new_page()

    # Drawing -------------------------------------------------------------

    def _draw(self, *operators: str) -> None:
        self.pages[-1].operators += operators

    def ornament(self, draw: Callable[[], object]) -> None:
        """What nobody needs to hear."""
        self._draw("/Artifact BMC")
        draw()
        self._draw("EMC")

    def say(self, tag: Tag, draw: Callable[[], object]) -> None:
        """The contents of a tag; once a page for each."""
        page = self.pages[-1]
        mark = len(page.owners)
        page.owners.append(tag)
        tag.marks.append((len(self.pages) - 1, mark))
        self._draw(f"/{tag.kind} << /MCID {mark} >> BDC")
        draw()
        self._draw("EMC")

    def line(self, text: str, style: Style, x: float, baseline: float, *, end: float = 0) -> None:
        """One line at `x`, or ending at `end`."""
        face, size = style.face, style.size
        used = self._used.setdefault(style.weight, {})
        glyphs = face.glyphs(text)
        for glyph, char in zip(glyphs, text, strict=True):
            used.setdefault(glyph, " " if char.isspace() else char)
        if end:
            x = end - sum([face.widths[glyph] for glyph in glyphs]) * size / 1000
        codes = "".join([f"{glyph:04x}" for glyph in glyphs])
        self._draw(
            f"BT /F{style.weight} {size:g} Tf {colour(style.ink)} rg"
            f" {x:.2f} {PAGE_HEIGHT - baseline:.2f} Td <{codes}> Tj ET"
        )

    def lines(
        self, lines: list[str], style: Style, x: float, top: float, *, end: float = 0
    ) -> float:
        """Lines one below the other; answers where they end."""
        for line in lines:
            # The letters stand in the middle of their line.
            self.line(line, style, x, top + (style.line + 0.7 * style.size) / 2, end=end)
            top += style.line
        return top

    def box(self, x: float, y: float, w: float, h: float, token: str, radius: float = 0) -> None:
        bottom, top, right = PAGE_HEIGHT - y - h, PAGE_HEIGHT - y, x + w
        self._draw(f"{colour(token)} rg")
        if not radius:
            self._draw(f"{x:.2f} {bottom:.2f} {w:.2f} {h:.2f} re f")
            return
        r, k = radius, radius * (1 - _CURVE)
        self._draw(
            f"{x + r:.2f} {bottom:.2f} m {right - r:.2f} {bottom:.2f} l",
            f"{right - k:.2f} {bottom:.2f} {right:.2f} {bottom + k:.2f}"
            f" {right:.2f} {bottom + r:.2f} c {right:.2f} {top - r:.2f} l",
            f"{right:.2f} {top - k:.2f} {right - k:.2f} {top:.2f} {right - r:.2f} {top:.2f} c"
            f" {x + r:.2f} {top:.2f} l",
            f"{x + k:.2f} {top:.2f} {x:.2f} {top - k:.2f} {x:.2f} {top - r:.2f} c"
            f" {x:.2f} {bottom + r:.2f} l",
            f"{x:.2f} {bottom + k:.2f} {x + k:.2f} {bottom:.2f} {x + r:.2f} {bottom:.2f} c f",
        )

    def disc(self, x: float, y: float, radius: float, token: str) -> None:
        self.box(x - radius, y - radius, 2 * radius, 2 * radius, token, radius)

    def rule(self, x: float, y: float, width: float, token: str, thickness: float = 0.5) -> None:
        self.box(x, y - thickness / 2, width, thickness, token)

    # Blocks --------------------------------------------------------------

    def text(
        self,
        kind: str,
        text: str,
        style: Style,
        *,
        x: float = LEFT,
        width: float = WIDTH,
        parent: Tag | None = None,
        end: bool = False,
    ) -> None:
        """A paragraph or heading at the present height, which goes below it."""
        tag = (parent or self.root).add(kind)
        self.spoken(tag, text, style)
        for line in style.wrapped(text, width):
            self.need(style.line)
            top = self.y
            last = x + width if end else 0
            self.say(tag, partial(self.lines, [line], style, x, top, end=last))
            self.y = top + style.line

    def spoken(self, tag: Tag, text: str, style: Style) -> None:
        """What the face cannot draw is at least read aloud and copied as it is."""
        if style.face.drawable(text) != text:
            tag.spoken = text

    def heading(self, text: str, *, keep: float = 20 * MM) -> None:
        """A second-level heading, never alone at the foot of a page."""
        self.need(H2.line + keep)
        self.text("H2", text, H2)
        self.y += 2.5 * MM

    def note(self, text: str) -> None:
        self.y += 2.5 * MM
        self.text("P", text, NOTE)

    # End -----------------------------------------------------------------

    def bytes(self) -> bytes:
        """The file, asked for once, at the end; the same document gives the same bytes."""
        here = self.pages
        for number, page in enumerate(here, 1):
            self.pages = [page]
            self.ornament(partial(self._head_and_foot, number, len(here)))
        self.pages = here
        return write_pdf(
            pages=self.pages,
            root=self.root,
            fonts={f"F{weight}": (face(weight), used) for weight, used in self._used.items()},
            title=self.title,
            author=self.author,
            language="fr-FR",
        )

    def _head_and_foot(self, number: int, count: int) -> None:
        baseline = TOP - 4 * MM - 3
        self._logo(LEFT, baseline - 4 * MM, 5 * MM)
        self.line("PassPro", BRAND, LEFT + 7 * MM, baseline)
        reference = NOTE.face.drawable(self.reference)
        self.line(reference, NOTE, 0, baseline, end=LEFT + WIDTH)
        self.rule(LEFT, BOTTOM + 2, WIDTH, "line")
        place = f"page {number}/{count}"
        self.line(place, Style(600, "text-xs"), 0, BOTTOM + 2 + 4.5 * MM, end=LEFT + WIDTH)
        self.lines(NOTE.wrapped(self.legal, WIDTH * 0.8), NOTE, LEFT, BOTTOM + 2 + 2 * MM)

    def _logo(self, x: float, y: float, side: float) -> None:
        """img/logo.svg: a ticket with its two notches."""
        unit = side / 40
        self.box(x + 6 * unit, y + 2 * unit, 28 * unit, 36 * unit, "pink", 6 * unit)
        for across, down, radius in ((6, 21, 4), (34, 21, 4), (20, 14.5, 6)):
            self.disc(x + across * unit, y + down * unit, radius * unit, "paper")
        for across in (14, 20, 26):
            self.disc(x + across * unit, y + 28.5 * unit, 1.2 * unit, "paper")
