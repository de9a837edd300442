"""Typefaces for paper: read once a worker, cut down to the glyphs of each document."""

import struct
import unicodedata
from functools import cache
from io import BytesIO
from itertools import pairwise
from pathlib import Path

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

_NARROW = "\u202f"  # in no face: drawn as a no-break space
_KEPT = ("head", "hhea", "hmtx", "maxp")


def static_path(name: str) -> Path:
    """A static file, collected or not."""
    return Path(finders.find(name) or staticfiles_storage.path(name))


class Face:
    """One weight: widths in thousandths of the size, glyphs by character, tables to embed."""

    def __init__(self, weight: int) -> None:
        font = TTFont(static_path(f"vendor/montserrat-{weight}.woff2"))
        self.name = f"Montserrat-{weight}"
        order = font.getReverseGlyphMap()
        tabular = _tabular(font)
        self._glyphs: dict[str, int] = {
            chr(code): order[tabular.get(glyph, glyph)]
            for code, glyph in font.getBestCmap().items()
        }
        self._glyphs[_NARROW] = self._glyphs["\u00a0"]
        per_em = font["head"].unitsPerEm
        widths = font["hmtx"].metrics
        self.widths: list[int] = [
            round(widths[name][0] * 1000 / per_em) for name in font.getGlyphOrder()
        ]
        self.ascent = round(font["hhea"].ascent * 1000 / per_em)
        self.descent = round(font["hhea"].descent * 1000 / per_em)
        self.cap_height = round(font["OS/2"].sCapHeight * 1000 / per_em)
        box = font["head"]
        self.box = [round(v * 1000 / per_em) for v in (box.xMin, box.yMin, box.xMax, box.yMax)]
        self._read_tables(font)

    def _read_tables(self, font: TTFont) -> None:
        options = Options(hinting=False, layout_features=[], retain_gids=True, notdef_outline=True)
        subsetter = Subsetter(options)
        subsetter.populate(gids=set(self._glyphs.values()))
        subsetter.subset(font)
        font.flavor = None
        packed = BytesIO()
        font.save(packed, reorderTables=False)
        plain = TTFont(BytesIO(packed.getvalue()))
        glyf, names = plain["glyf"], plain.getGlyphOrder()
        order = plain.getReverseGlyphMap()
        self._parts = {
            gid: [order[part] for part in glyf[name].getComponentNames(glyf)]
            for gid, name in enumerate(names)
        }
        short = plain["head"].indexToLocFormat == 0
        loca = plain.reader["loca"]
        places = struct.unpack(f">{len(loca) // (2 if short else 4)}{'H' if short else 'L'}", loca)
        places = tuple(place * 2 for place in places) if short else places
        outlines = plain.reader["glyf"]
        self._outlines = [outlines[a:b] for a, b in pairwise(places)]
        self._tables = {tag: plain.reader[tag] for tag in _KEPT}
        head = bytearray(self._tables["head"])
        head[8:12] = bytes(4)  # the sum of the whole file: nobody reads it inside a PDF
        head[50:52] = b"\x00\x01"  # long places
        self._tables["head"] = bytes(head)

    def glyphs(self, text: str) -> list[int]:
        """The glyph of each character; `drawable` says which text this is."""
        return [self._glyphs[char] for char in text]

    def drawable(self, text: str) -> str:
        """The same text when the face has it all, else accents dropped and « ? » for the rest."""
        if all(char in self._glyphs for char in text):
            return text
        return "".join(char if char in self._glyphs else self._spelt(char) for char in text)

    def _spelt(self, char: str) -> str:
        plain = unicodedata.normalize("NFKD", char)
        return "".join(one for one in plain if one in self._glyphs) or "?"

    def width(self, text: str, size: float) -> float:
        widths, glyphs = self.widths, self._glyphs
        thousandths: int = sum([widths[glyphs[char]] for char in text])
        return thousandths * size / 1000

    def program(self, used: set[int]) -> bytes:
        """A TrueType file with the outlines of these glyphs alone, ids unchanged."""
        wanted, waiting = {0}, list(used)
        while waiting:
            gid = waiting.pop()
            if gid not in wanted:
                wanted.add(gid)
                waiting.extend(self._parts[gid])
        glyf, places = bytearray(), [0]
        for gid, outline in enumerate(self._outlines):
            if gid in wanted:
                glyf += outline + bytes(-len(outline) % 4)
            places.append(len(glyf))
        tables = {
            **self._tables,
            "glyf": bytes(glyf),
            "loca": struct.pack(f">{len(places)}L", *places),
        }
        return _truetype(dict(sorted(tables.items())))


def _tabular(font: TTFont) -> dict[str, str]:
    """{figure: figure of constant width}: amounts stand one below the other."""
    table = font["GSUB"].table
    found: dict[str, str] = {}
    for record in table.FeatureList.FeatureRecord:
        if record.FeatureTag == "tnum":
            for index in record.Feature.LookupListIndex:
                for part in table.LookupList.Lookup[index].SubTable:
                    found |= getattr(part, "ExtSubTable", part).mapping
    return found


def _truetype(tables: dict[str, bytes]) -> bytes:
    power = len(tables).bit_length() - 1
    reach = 16 << power
    header = struct.pack(">LHHHH", 0x10000, len(tables), reach, power, len(tables) * 16 - reach)
    place = len(header) + 16 * len(tables)
    body = bytearray()
    for tag, data in tables.items():
        padded = data + bytes(-len(data) % 4)
        check = sum(struct.unpack(f">{len(padded) // 4}L", padded)) & 0xFFFFFFFF
        header += struct.pack(">4sLLL", tag.encode(), check, place + len(body), len(data))
        body += padded
    return header + bytes(body)


@cache
def face(weight: int) -> Face:
    """500, 600 or 700, read once a worker."""
    return Face(weight)
