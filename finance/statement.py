"""The page of a justificatif or of a debit note, drawn from its context (§12.5, §12.6)."""

from typing import Any

from finance.models import Invoice
from passpro.kernel import clock
from passpro.kernel.money import euros
from passpro.kernel.paper import Column, Paper, Row
from passpro.kernel.paper.look import MM, Style
from passpro.kernel.paper.paper import BOTTOM, H1, LEFT, NOTE, TOP, WIDTH
from passpro.kernel.paper.tables import Table

_SOFT = Style(500, "text-s", "ink-soft", 1.45)
_TERM = Style(600, "text-xs", "violet-strong", 1.45)
_STRONG = Style(700, "text-s", leading=1.45)
_PLAIN = Style(500, "text-s", leading=1.45)
_SMALL = Style(500, "text-xs", leading=1.6)
_ON_VIOLET = Style(600, "text-xs", "paper", 1.5)
_AMOUNT = Style(700, "text-3xl", "paper", 1.3)
_MENTIONS = (
    "Barème général\u00a0: 100\u00a0% jusqu’à 20\u00a0000\u00a0€ de réservations dans l’année,"
    " 95\u00a0% de 20\u00a0000 à 40\u00a0000\u00a0€, 92\u00a0% de 40\u00a0000 à"
    " 150\u00a0000\u00a0€, 90\u00a0% au-delà.",
    "Barème livres\u00a0: 100\u00a0% jusqu’à 20\u00a0000\u00a0€, 95\u00a0% au-delà.",
    "Une question sur ce document\u00a0? Rubrique «\u00a0Gestion financière\u00a0» du portail,"
    " en citant la référence {reference}.",
)
_TAXES = (
    "Tous les montants sont exprimés toutes taxes comprises\u00a0; chaque partenaire fait"
    " son affaire de la TVA sur ses propres ventes. La contribution offreur est une"
    " réduction de prix (article 267 du code général des impôts)."
)
_LATE = (
    "Pas d’escompte pour paiement anticipé. En cas de retard\u00a0: pénalités de trois fois le taux"
    " d’intérêt légal et indemnité forfaitaire de 40\u00a0€ pour frais de recouvrement (articles"
    " L.\u00a0441-10 et D.\u00a0441-5 du code de commerce)."
)


def draw_statement(context: dict[str, Any]) -> bytes:
    """The PDF/UA file; the same context gives the same bytes: no clock, no random number."""
    invoice: Invoice = context["invoice"]
    is_debt = invoice.is_debit_note
    name = "Note de débit" if is_debt else "Justificatif"
    title = name if is_debt else f"{name} de remboursement"
    day = f"{clock.paris_day(invoice.created_at):%d/%m/%Y}"
    paper = Paper(
        title=f"{title} {invoice.reference}",
        reference=f"{name} {invoice.reference} du {day}",
        legal=context["legal_line"],
    )
    _opening(paper, title, context)
    _parties(paper, context)
    _rates(paper, context)
    if is_debt:
        _how_to_pay(paper, context)
    if context["cashflows"]:
        _payments(paper, context, day)
    _venues(paper, context)
    _bookings(paper, context)
    _mentions(paper, invoice.reference)
    return paper.bytes()


def _opening(paper: Paper, title: str, context: dict[str, Any]) -> None:
    """Title on the left, the amount as a ticket on the right."""
    invoice, batch = context["invoice"], context["batch"]
    is_debt = invoice.is_debit_note
    width, height = 62 * MM, 27 * MM
    left, top = LEFT + WIDTH - width, paper.y
    paper.y += 2 * MM
    paper.text("H1", title, H1, width=WIDTH - width - 8 * MM)
    paper.y += 2 * MM
    what = "Trop-perçu constaté entre" if is_debt else "Réservations validées entre"
    paper.text(
        "P",
        f"{what} le {batch.first_day:%d/%m/%y} et le {batch.last_day:%d/%m/%y},"
        " sauf cas exceptionnels",
        _SOFT,
        width=78 * MM,
    )
    below = max(paper.y, top + height)

    def ticket() -> None:
        paper.box(left, top, width, height, "violet-strong", 5)
        for x in (left, left + width):
            paper.disc(x, top + height / 2, 3 * MM, "paper")

    paper.ornament(ticket)
    paper.y = top + (height - 2 * _ON_VIOLET.line - _AMOUNT.line) / 2
    if is_debt:
        head, cents = "Montant à nous régler (TTC)", invoice.amount_cents
        foot = f"en rappelant {invoice.reference}"
    else:
        head, cents = "Montant remboursé (TTC)", invoice.reimbursed_cents
        foot = (
            f"par virement {batch.label}"
            if context["cashflows"]
            else "aucun virement pour cette période"
        )
    place: dict[str, Any] = {"x": left + 8 * MM, "width": width - 12 * MM}
    paper.text("P", head, _ON_VIOLET, **place)
    paper.text("P", euros(cents), _AMOUNT, **place)
    paper.text("P", foot, _ON_VIOLET, **place)
    paper.y = below + 6 * MM


def _parties(paper: Paper, context: dict[str, Any]) -> None:
    offerer, account = context["offerer"], context["account"]
    thirds = [
        ("Structure", 0.4, [(offerer.name, _STRONG), (offerer.one_line_address, _PLAIN)]),
        ("SIREN", 0.18, [(offerer.grouped_siren, _STRONG)]),
        ("Compte bancaire", 0.42, [(account.label, _STRONG), (context["iban"], _SMALL)]),
    ]
    pad, top = 4 * MM, paper.y
    inner = WIDTH - 2 * pad
    height = max(
        _TERM.line
        + sum(len(s.wrapped(text, inner * part - 3 * MM)) * s.line for text, s in facts if text)
        for _, part, facts in thirds
    )
    paper.ornament(lambda: paper.box(LEFT, top, WIDTH, height + 2 * pad, "violet-soft", 5))
    section = paper.root.add("Sect")
    x = LEFT + pad
    for term, part, facts in thirds:
        paper.y = top + pad
        place: dict[str, Any] = {"x": x, "width": inner * part - 3 * MM, "parent": section}
        paper.text("P", term, _TERM, **place)
        for text, style in facts:
            if text:
                paper.text("P", text, style, **place)
        x += inner * part
    paper.y = top + height + 2 * pad + 7 * MM


def _section(paper: Paper, title: str, table: Table, rows: list[Row], *, keep: bool) -> None:
    """`keep`: the whole table stays with its title when it fits on a page."""
    height = table.height(rows) + 15 * MM if keep else 0
    if height > BOTTOM - TOP - 20 * MM:
        height = 0
    paper.heading(title, keep=max(height, 20 * MM))
    table.draw(rows)


def _rates(paper: Paper, context: dict[str, Any]) -> None:
    table = Table(
        paper,
        [
            Column("Typologie", 26),
            Column("Taux de remboursement (%)", 16, True),
            Column("Montant des réservations validées (TTC)", 15, True),
            Column("Taux de contribution offreur (%)", 14, True),
            Column("Montant de la contribution offreur (TTC)", 15, True),
            Column("Montant remboursé (TTC)", 14, True, True),
        ],
    )
    rows = []
    for group in context["groups"]:
        rows.append(Row([group.label], "group"))
        rows += [
            Row(
                [
                    line["label"],
                    line["rate"],
                    euros(line["bookings_cents"]),
                    line["contribution_rate"],
                    euros(line["contribution_cents"]),
                    euros(line["paid_cents"]),
                ]
            )
            for line in group.rows
        ]
        rows.append(_sums(f"Sous-total {group.label.lower()}", group, "subtotal"))
    rows.append(_sums("Total", context["total"], "total"))
    is_debt = context["invoice"].is_debit_note
    title = "Détail par taux" if is_debt else "Détail du remboursement par taux"
    _section(paper, title, table, rows, keep=False)
    paper.note(_TAXES)
    paper.y += 7 * MM


def _sums(label: str, sums: Any, kind: str) -> Row:
    return Row(
        [
            label,
            "",
            euros(sums.bookings_cents),
            "",
            euros(sums.contribution_cents),
            euros(sums.paid_cents),
        ],
        kind,
    )


def _how_to_pay(paper: Paper, context: dict[str, Any]) -> None:
    table = Table(paper, [Column("", 30), Column("", 70)])
    invoice = context["invoice"]
    rows = [
        Row(["Par virement à", context["payer_name"]]),
        Row(["IBAN", context["payer_iban"]]),
        Row(["BIC", context["payer_bic"]]),
        Row(["Référence à rappeler", invoice.reference]),
        Row(["Montant", euros(invoice.amount_cents)], "total"),
    ]
    _section(paper, "Comment régler", table, rows, keep=True)
    paper.note(_LATE)
    paper.y += 7 * MM


def _payments(paper: Paper, context: dict[str, Any], day: str) -> None:
    table = Table(
        paper,
        [
            Column("Mode de règlement", 36),
            Column("N° de virement", 14),
            Column("Date", 14),
            Column("Destinataire", 22),
            Column("Montant (TTC)", 14, True, True),
        ],
    )
    rows = [
        Row(
            [
                "Virement",
                context["batch"].label,
                day,
                cashflow.creditor_name,
                euros(cashflow.paid_cents),
            ],
            small=context["iban"],
        )
        for cashflow in context["cashflows"]
    ]
    rows.append(Row(["Total réglé", euros(context["paid_cents"])], "total", heading_span=4))
    _section(paper, "Règlement", table, rows, keep=True)
    paper.y += 7 * MM


def _venues(paper: Paper, context: dict[str, Any]) -> None:
    everything = context["all_venues"]
    has_incidents = bool(everything.incident_cents)
    columns = [
        Column("Lieu", 26),
        Column("Réservations (TTC)", 13, True),
        Column("Contribution offreur", 13, True),
        *(
            [
                Column("Incidents (TTC)", 12, True),
                Column("Contribution sur incidents", 13, True),
            ]
            if has_incidents
            else []
        ),
        Column("Montant remboursé", 13, True, True),
        Column("dont individuel", 12, True),
        Column("dont collectif", 12, True),
    ]
    table = Table(paper, columns, text="text-xs", pad=(1.7, 1))

    def row(sums: Any, kind: str = "") -> Row:
        incidents = (
            [euros(sums.incident_cents), euros(sums.incident_contribution_cents)]
            if has_incidents
            else []
        )
        amounts = [sums.paid_cents, sums.individual_cents, sums.collective_cents]
        return Row(
            [
                sums.label,
                euros(sums.bookings_cents),
                euros(sums.contribution_cents),
                *incidents,
                *map(euros, amounts),
            ],
            kind,
            small=sums.place,
        )

    rows = [*(row(venue) for venue in context["venues"]), row(everything, "total")]
    _section(paper, "Répartition par lieu", table, rows, keep=len(rows) < 20)
    paper.y += 7 * MM


def _bookings(paper: Paper, context: dict[str, Any]) -> None:
    count = context["bookings_count"]
    if not context["shows_bookings"]:
        paper.note(
            f"Le détail des {count} réservations est dans le fichier CSV de ce justificatif,"
            " sur le portail."
        )
        paper.y += 7 * MM
        return
    table = Table(
        paper,
        [
            Column("Validée le", 23),
            Column("Contremarque", 25),
            Column("Offre et tarif", 51),
            Column("Type", 22),
            Column("Montant", 21, True),
            Column("Taux", 15, True),
            Column("Remboursé", 21, True, True),
        ],
        heading=2,
        pad=(1.2, 1.5),
    )
    rows = []
    for venue in context["venues"]:
        rows.append(Row([venue.label], "group"))
        rows += [_booking(row) for row in venue.rows]
        label = f"Sous-total {venue.label}"
        rows.append(_booking_sums(label, venue, "subtotal"))
    rows.append(_booking_sums("Total", context["all_venues"], "total"))
    paper.heading("Réservations remboursées", keep=35 * MM)
    plural = "s" if count > 1 else ""
    paper.text(
        "P",
        f"{count} réservation{plural} validée{plural}, par lieu puis par date de validation.",
        NOTE,
    )
    paper.y += 2 * MM
    table.draw(rows)
    paper.y += 7 * MM


def _booking(row: dict[str, Any]) -> Row:
    pricing, booking = row["pricing"], row["booking"]
    details = []
    if booking:
        details = [booking.price_category_label, "duo" if booking.quantity == 2 else ""]
    return Row(
        [
            f"{clock.paris_day(pricing.value_at):%d/%m/%Y}",
            (booking and booking.countermark) or "–",
            row["title"],
            row["kind"],
            euros(pricing.gross_cents),
            row["rate"],
            euros(pricing.paid_cents),
        ],
        "debit" if pricing.is_incident else "",
        small=" · ".join(filter(None, details)),
    )


def _booking_sums(label: str, sums: Any, kind: str) -> Row:
    return Row([label, euros(sums.gross_cents), "", euros(sums.paid_cents)], kind, heading_span=4)


def _mentions(paper: Paper, reference: str) -> None:
    texts = [mention.format(reference=reference) for mention in _MENTIONS]
    title = Style(700, "text-m", leading=1.3)
    style = Style(500, "text-xs", leading=1.45)
    pad = 4 * MM
    lines = sum(len(style.wrapped(text, WIDTH - 2 * pad)) for text in texts)
    height = title.line + 2.5 * MM + lines * style.line + len(texts) * MM + 2 * pad
    paper.need(height)
    top = paper.y
    paper.ornament(lambda: paper.box(LEFT, top, WIDTH, height, "mist", 5))
    place: dict[str, Any] = {"x": LEFT + pad, "width": WIDTH - 2 * pad}
    paper.y += pad
    paper.text("H2", "Mentions", title, **place)
    paper.y += 2.5 * MM
    listed = paper.root.add("L")
    for text in texts:
        paper.text("LBody", text, style, parent=listed.add("LI"), **place)
        paper.y += MM
