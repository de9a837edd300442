"""The objects of a tagged PDF file: pages, fonts, structure, title (ISO 32000-1, ISO 14289-1)."""

import codecs
import struct
import zlib
from dataclasses import dataclass, field
from html import escape
from typing import Any

from passpro.kernel.paper.fonts import Face

PAGE_WIDTH, PAGE_HEIGHT = 595.28, 841.89
_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" \
xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"><pdfuaid:part>1</pdfuaid:part>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>"""


@dataclass
class Tag:
    """A node of the structure; `marks` are its contents: (page, number of the mark)."""

    kind: str
    attributes: str = ""
    spoken: str = ""
    children: list["Tag"] = field(default_factory=list)
    marks: list[tuple[int, int]] = field(default_factory=list)

    def add(self, kind: str, attributes: str = "") -> "Tag":
        child = Tag(kind, attributes)
        self.children.append(child)
        return child


@dataclass
class Page:
    operators: list[str] = field(default_factory=list)
    owners: list[Tag] = field(default_factory=list)  # of each mark, by number


def text_string(text: str) -> str:
    return f"<{codecs.BOM_UTF16_BE.hex()}{text.encode('utf-16-be').hex()}>"


class Writer:
    """Collects numbered objects; the same calls give the same bytes."""

    def __init__(self) -> None:
        self._objects: list[bytes] = []

    def reserve(self) -> int:
        self._objects.append(b"")
        return len(self._objects)

    def put(self, body: str, number: int | None = None) -> int:
        number = number or self.reserve()
        self._objects[number - 1] = body.encode("latin-1")
        return number

    def stream(self, data: bytes, entries: str = "", *, packed: bool = True) -> int:
        if packed:
            data, entries = zlib.compress(data), f"/Filter /FlateDecode {entries}"
        number = self.reserve()
        head = f"<< /Length {len(data)} {entries} >>\nstream\n".encode()
        self._objects[number - 1] = head + data + b"\nendstream"
        return number

    def bytes(self, catalog: int, info: int) -> bytes:
        """Streams stand alone; all the other objects are packed in one (§7.5.7 of ISO 32000-1)."""
        loose = [n for n, body in enumerate(self._objects, 1) if not body.endswith(b"endstream")]
        bodies = [self._objects[number - 1] for number in loose]
        heads, start = [], 0
        for number, body in zip(loose, bodies, strict=True):
            heads.append(f"{number} {start}")
            start += len(body) + 1
        head = " ".join(heads).encode() + b"\n"
        kind = f"/Type /ObjStm /N {len(loose)} /First {len(head)}"
        pack = self.stream(head + b"\n".join(bodies), kind)
        rows = {number: (2, pack, index) for index, number in enumerate(loose)}
        parts, length = [b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"], 15
        for number, body in enumerate(self._objects, 1):
            if number not in rows:
                rows[number] = (1, length, 0)
                parts.append(b"%d 0 obj\n%s\nendobj\n" % (number, body))
                length += len(parts[-1])
        rows[0], rows[len(self._objects) + 1] = (0, 0, 65535), (1, length, 0)
        table = b"".join(struct.pack(">BLH", *rows[number]) for number in range(len(rows)))
        number = self.stream(
            table,
            f"/Type /XRef /Size {len(rows)} /W [1 4 2] /Root {catalog} 0 R /Info {info} 0 R",
        )
        parts.append(b"%d 0 obj\n%s\nendobj\n" % (number, self._objects[-1]))
        parts.append(b"startxref\n%d\n%%%%EOF\n" % length)
        return b"".join(parts)


def write_pdf(
    *,
    pages: list[Page],
    root: Tag,
    fonts: dict[str, tuple[Face, dict[int, str]]],
    title: str,
    author: str,
    language: str,
) -> bytes:
    """`fonts`: {name in the pages: (face, {glyph used: its character})}."""
    writer = Writer()
    catalog, tree, page_tree = writer.reserve(), writer.reserve(), writer.reserve()
    page_numbers = [writer.reserve() for _ in pages]
    names = " ".join(
        f"/{name} {_font(writer, face, used)} 0 R" for name, (face, used) in sorted(fonts.items())
    )
    for index, page in enumerate(pages):
        content = writer.stream("\n".join(page.operators).encode("latin-1"))
        writer.put(
            f"<< /Type /Page /Parent {page_tree} 0 R /Contents {content} 0 R /Tabs /S"
            f" /StructParents {index} /Resources << /Font << {names} >> >> >>",
            page_numbers[index],
        )
    kids = " ".join(f"{number} 0 R" for number in page_numbers)
    writer.put(
        f"<< /Type /Pages /Count {len(pages)} /Kids [{kids}]"
        f" /MediaBox [0 0 {PAGE_WIDTH} {PAGE_HEIGHT}] >>",
        page_tree,
    )
    numbers: dict[int, int] = {}
    top = _structure(writer, root, tree, page_numbers, numbers)
    owners = " ".join(
        f"{index} [{' '.join(f'{numbers[id(tag)]} 0 R' for tag in page.owners)}]"
        for index, page in enumerate(pages)
    )
    parents = writer.put(f"<< /Nums [{owners}] >>")
    writer.put(
        f"<< /Type /StructTreeRoot /K {top} 0 R /ParentTree {parents} 0 R"
        f" /ParentTreeNextKey {len(pages)} >>",
        tree,
    )
    xmp = _XMP.format(title=escape(title), author=escape(author), language=language)
    metadata = writer.stream(xmp.encode(), "/Type /Metadata /Subtype /XML", packed=False)
    writer.put(
        f"<< /Type /Catalog /Pages {page_tree} 0 R /StructTreeRoot {tree} 0 R"
        f" /MarkInfo << /Marked true >> /Lang ({language}) /Metadata {metadata} 0 R"
        f" /ViewerPreferences << /DisplayDocTitle true >> >>",
        catalog,
    )
    info = writer.put(f"<< /Title {text_string(title)} /Author {text_string(author)} >>")
    return writer.bytes(catalog, info)


def _structure(
    writer: Writer, tag: Tag, parent: int, pages: list[int], numbers: dict[int, int]
) -> int:
    number = writer.reserve()
    numbers[id(tag)] = number
    kids: list[Any] = [
        f"{_structure(writer, one, number, pages, numbers)} 0 R" for one in tag.children
    ]
    kids += [f"<< /Type /MCR /Pg {pages[page]} 0 R /MCID {mark} >>" for page, mark in tag.marks]
    spoken = f" /ActualText {text_string(tag.spoken)}" if tag.spoken else ""
    attributes = f" /A << {tag.attributes} >>" if tag.attributes else ""
    writer.put(
        f"<< /Type /StructElem /S /{tag.kind} /P {parent} 0 R{attributes}{spoken}"
        f" /K [{' '.join(kids)}] >>",
        number,
    )
    return number


def _font(writer: Writer, face: Face, used: dict[int, str]) -> int:
    """A composite font of the used glyphs, with the characters they stand for."""
    name = f"PPRPDF+{face.name}"
    program = face.program(set(used))
    file = writer.stream(program, f"/Length1 {len(program)}")
    box = " ".join(map(str, face.box))
    descriptor = writer.put(
        f"<< /Type /FontDescriptor /FontName /{name} /Flags 32 /FontBBox [{box}] /ItalicAngle 0"
        f" /Ascent {face.ascent} /Descent {face.descent} /CapHeight {face.cap_height} /StemV 90"
        f" /FontFile2 {file} 0 R >>"
    )
    widths = " ".join(f"{gid} [{face.widths[gid]}]" for gid in sorted(used))
    descendant = writer.put(
        f"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /{name} /CIDToGIDMap /Identity"
        f" /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>"
        f" /FontDescriptor {descriptor} 0 R /DW 0 /W [{widths}] >>"
    )
    return writer.put(
        f"<< /Type /Font /Subtype /Type0 /BaseFont /{name} /Encoding /Identity-H"
        f" /DescendantFonts [{descendant} 0 R] /ToUnicode {_characters(writer, used)} 0 R >>"
    )


def _characters(writer: Writer, used: dict[int, str]) -> int:
    pairs = [
        f"<{gid:04x}> <{char.encode('utf-16-be').hex()}>" for gid, char in sorted(used.items())
    ]
    blocks = ""
    for start in range(0, len(pairs), 100):
        block = pairs[start : start + 100]
        blocks += "\n".join([f"{len(block)} beginbfchar", *block, "endbfchar", ""])
    return writer.stream(
        (
            "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
            "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
            f"1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n{blocks}"
            "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
        ).encode()
    )
