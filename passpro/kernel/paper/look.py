"""Colours and sizes of paper, those of tokens.css (1rem = 10 points)."""

import re
from dataclasses import dataclass
from functools import cache

from passpro.kernel.paper.fonts import Face, face, static_path

MM = 72 / 25.4
_TOKEN = re.compile(r"--([\w-]+):\s*(#[0-9a-fA-F]{3,6}|[\d.]+rem)\s*;")


@cache
def _tokens() -> dict[str, str]:
    return dict(_TOKEN.findall(static_path("css/tokens.css").read_text(encoding="utf-8")))


@cache
def colour(token: str) -> str:
    """« ink » → the operands of a colour operator."""
    digits = _tokens()[token].removeprefix("#")
    if len(digits) == 3:
        digits = "".join(2 * digit for digit in digits)
    return " ".join(f"{int(digits[i : i + 2], 16) / 255:.3f}" for i in (0, 2, 4))


@cache
def size(token: str) -> float:
    """« text-s » → points."""
    return float(_tokens()[token].removesuffix("rem")) * 10


@dataclass(frozen=True, slots=True)
class Style:
    """A way of setting text: weight, size and colour tokens, distance of lines in sizes."""

    weight: int = 500
    text: str = "text-s"
    ink: str = "ink"
    leading: float = 1.4

    @property
    def face(self) -> Face:
        return face(self.weight)

    @property
    def size(self) -> float:
        return size(self.text)

    @property
    def line(self) -> float:
        return self.size * self.leading

    def width(self, text: str) -> float:
        return self.face.width(self.face.drawable(text), self.size)

    def wrapped(self, text: str, width: float) -> list[str]:
        """Lines that fit; words break only when alone they do not, no-break spaces never."""
        face, size = self.face, self.size
        text = face.drawable(text)
        if face.width(text, size) <= width:
            return [text]
        lines: list[str] = []
        line = ""
        for word in text.split(" "):
            longer = f"{line} {word}" if line else word
            if face.width(longer, size) <= width:
                line = longer
                continue
            if line:
                lines.append(line)
            while face.width(word, size) > width and len(word) > 1:
                fit = len(word) - 1
                while fit > 1 and face.width(word[:fit], size) > width:
                    fit -= 1
                lines.append(word[:fit])
                word = word[fit:]
            line = word
        return [*lines, line] if line else lines
