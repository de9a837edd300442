"""Read a file of goods line by line: EAN, price, quantity, a title for a new one (seed 002)."""

import csv
import io
import re
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings

from offers.constants import MAX_QUANTITY, MAX_TITLE
from passpro.kernel import money

MAX_LINES = 10_000
HEADINGS = {
    "ean": "ean",
    "ean13": "ean",
    "ean-13": "ean",
    "isbn": "ean",
    "prix": "price",
    "quantite": "quantity",
    "quantité": "quantity",
    "stock": "quantity",
    "titre": "title",
    "auteur": "author",
}
TEMPLATE = (
    "ean;prix;quantite;titre;auteur\r\n"
    "9782070000012;21,90;12;Le Passeur de brume;Nolwenn Prigent\r\n"
)
_SPACES = re.compile(r"[\s\u00a0-]")


class NotAGoodsFile(ValueError):
    """The file has no usable heading; its message says what is awaited."""


@dataclass(frozen=True, slots=True)
class GoodLine:
    """One good; `quantity` None is unlimited, the title is only asked of a new one."""

    line: int
    ean: str
    price_cents: int
    quantity: int | None
    title: str
    author: str

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def read_goods(content: bytes) -> tuple[list[GoodLine], list[dict[str, Any]]]:
    """Lines understood, and those left out as {line, text, why}; raises NotAGoodsFile."""
    text = _decoded(content)
    first = text.split("\n", 1)[0]
    delimiter = max(";,\t", key=first.count)
    rows = csv.reader(io.StringIO(text), delimiter=delimiter)
    try:
        headings = [HEADINGS.get(name.strip().lower(), "") for name in next(rows, [])]
        missing = [name for name in ("ean", "price", "quantity") if name not in headings]
        if missing:
            raise NotAGoodsFile(
                "La première ligne doit nommer les colonnes : ean, prix, quantite, titre, auteur."
            )
        return _lines(rows, headings)
    except csv.Error:
        raise NotAGoodsFile("Ce fichier n’est pas un fichier .csv lisible.") from None


def _decoded(content: bytes) -> str:
    """UTF-8, else what spreadsheets of Windows write."""
    if b"\x00" in content:
        raise NotAGoodsFile("Ce fichier n’est pas un texte : enregistrez-le au format .csv.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _lines(rows: Any, headings: list[str]) -> tuple[list[GoodLine], list[dict[str, Any]]]:
    found: list[GoodLine] = []
    rejected: list[dict[str, Any]] = []
    seen: dict[str, int] = {}
    for row in rows:
        line = rows.line_num
        if not any(cell.strip() for cell in row):
            continue
        facts = dict(zip(headings, (cell.strip() for cell in row), strict=False))
        why = ""
        if len(found) + len(rejected) >= MAX_LINES:
            why = f"Un fichier a au plus {MAX_LINES} lignes : coupez-le en deux."
            rejected.append({"line": line, "text": ";".join(row)[:200], "why": why})
            break
        try:
            good = _good(facts, line)
            if good.ean in seen:
                raise ValueError(f"Cet EAN est déjà à la ligne {seen[good.ean]}.")
            seen[good.ean] = line
            found.append(good)
        except ValueError as error:
            rejected.append({"line": line, "text": ";".join(row)[:200], "why": str(error)})
    return found, rejected


def _good(facts: dict[str, str], line: int) -> GoodLine:
    """One line; raises ValueError with a French sentence."""
    typed = facts.get("ean", "")
    ean = _SPACES.sub("", typed)
    if re.fullmatch(r"[\d.,]+[eE]\+\d+", ean):
        raise ValueError("Le tableur a changé l’EAN en nombre : mettez la colonne en texte.")
    if not re.fullmatch(r"[0-9]{13}", ean):
        raise ValueError("L’EAN est composé de 13 chiffres.")
    try:
        cents = money.parse_euros(facts.get("price", ""))
    except money.NotAnAmount:
        raise ValueError("Le prix s’écrit en euros, par exemple 12,50.") from None
    if not 0 <= cents <= settings.MAX_PRICE_CENTS:
        raise ValueError(f"Le prix va de 0 à {money.euros(settings.MAX_PRICE_CENTS)}.")
    quantity = facts.get("quantity", "")
    if quantity and not (quantity.isascii() and quantity.isdigit() and len(quantity) < 8):
        raise ValueError("La quantité est un nombre entier, ou vide s’il n’y a pas de limite.")
    if quantity and int(quantity) > MAX_QUANTITY:
        raise ValueError("La quantité ne peut pas dépasser 1 000 000.")
    title = facts.get("title", "")
    if len(title) > MAX_TITLE:
        raise ValueError(f"Le titre compte au plus {MAX_TITLE} caractères.")
    return GoodLine(
        line, ean, cents, int(quantity) if quantity else None, title, facts.get("author", "")
    )
