"""Template filters and components of the house (built in: no {% load %} needed).

docs/components.md says which one is for what; /composants/ shows them all.
"""

import re
import zoneinfo
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from django import template
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.paginator import Page
from django.forms import BaseForm
from django.forms.boundfield import BoundField
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify

from passpro.kernel import clock, fields, images, money, statuses

register = template.Library()

NBSP = "\u00a0"
_DAYS = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"]
_MONTHS = [
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
    "novembre", "décembre",
]  # fmt: skip
_SHORT_MONTHS = [
    "janv.", "févr.", "mars", "avril", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.",
    "déc.",
]  # fmt: skip

_SPACES = re.compile(r"(?<=«) (?=\S)| (?=[»:;?!%€])")

# Tone → icon of the boxes that speak (callouts, toasts).
TONES = {
    "info": "info-lg",
    "ok": "check-lg",
    "wait": "hourglass-split",
    "alert": "exclamation-triangle-fill",
    "bad": "exclamation-lg",
}
_MESSAGETONES = {"success": "ok", "warning": "alert", "error": "bad"}

# Category of the catalogue → drawing shown when an offer has no image.
_POSTERS = {
    "BEAUX_ARTS": "atelier",
    "CARTE_JEUNES": "carte",
    "CINEMA": "cinema",
    "CONFERENCE": "nuit",
    "FILM": "cinema",
    "INSTRUMENT": "concert",
    "JEU": "jeu",
    "LIVRE": "livre",
    "MUSEE": "musee",
    "MUSIQUE_ENREGISTREE": "concert",
    "MUSIQUE_LIVE": "concert",
    "PRATIQUE_ART": "atelier",
    "SPECTACLE": "theatre",
}


# Amounts, numbers and dates ------------------------------------------------------------------


@register.filter
def pluralize(value: Any, endings: str = "s") -> str:
    """Django's filter as French counts: « 0 offre », « 1 offre », « 2 offres »."""
    singular, _, plural = endings.rpartition(",")
    try:
        count = float(value)
    except (TypeError, ValueError):
        count = len(value) if hasattr(value, "__len__") else 0
    return plural if count >= 2 else singular


@register.filter
def euros(cents: int | None) -> str:
    """800 → « 8,00 € »; None → empty."""
    return "" if cents is None else money.euros(cents)


@register.filter
def price(cents: int | None) -> str:
    """Like euros, with « Gratuit » for zero."""
    return "Gratuit" if cents == 0 else euros(cents)


def _local(moment: date, zone: str | None) -> date:
    if not isinstance(moment, datetime):
        return moment
    return timezone.localtime(moment, zoneinfo.ZoneInfo(zone) if zone else None)


def _day(moment: date, zone: str | None) -> date:
    local = _local(moment, zone)
    return local.date() if isinstance(local, datetime) else local


@register.filter
def french_day(moment: date | None, zone: str | None = None) -> str:
    """« jeudi 28 mai 2026 » in Paris time or `zone`."""
    if not moment:
        return ""
    day = _local(moment, zone)
    number = "1er" if day.day == 1 else str(day.day)
    return f"{_DAYS[day.weekday()]} {number}{NBSP}{_MONTHS[day.month - 1]} {day.year}"


@register.filter
def french_time(moment: datetime | None, zone: str | None = None) -> str:
    """« 14 h 30 », « 15 h »."""
    if not moment:
        return ""
    local = _local(moment, zone)
    if not isinstance(local, datetime):
        return ""
    minutes = f"{NBSP}{local.minute:02d}" if local.minute else ""
    return f"{local.hour}{NBSP}h{minutes}"


@register.filter
def french_date(moment: date | None, zone: str | None = None) -> str:
    """« jeudi 28 mai 2026 à 14 h 30 » in Paris time or `zone`; a date gives the day alone."""
    day, hour = french_day(moment, zone), ""
    if isinstance(moment, datetime):
        hour = f" à {french_time(moment, zone)}"
    return f"{day}{hour}"


@register.filter
def near_date(moment: datetime | None, zone: str | None = None) -> str:
    """« aujourd’hui à 20 h 30 », « demain à 15 h », « jeudi à 14 h », « samedi 30 mai à 21 h »."""
    if not moment:
        return ""
    day = _day(moment, zone)
    ahead = (day - _day(clock.now(), zone)).days
    words = {0: "aujourd’hui", 1: "demain", -1: "hier"}.get(ahead)
    if words is None:
        words = _DAYS[day.weekday()]
        if not 0 < ahead < 7:
            number = "1er" if day.day == 1 else str(day.day)
            words = f"{words} {number}{NBSP}{_MONTHS[day.month - 1]}"
        if abs(ahead) > 300:
            words = f"{words} {day.year}"
    hour = french_time(moment, zone)
    return f"{words} à {hour}" if hour else words


@register.filter
def short_date(moment: date | None, zone: str | None = None) -> str:
    """« 28/05/2026 »."""
    return f"{_local(moment, zone):%d/%m/%Y}" if moment else ""


@register.filter
def clock_time(moment: datetime | None, zone: str | None = None) -> str:
    """« 15:37:28 »: an instant of a history, to the second."""
    return f"{_local(moment, zone):%H:%M:%S}" if moment else ""


@register.filter
def french(text: object) -> str:
    """Typed sentences with the no-break spaces of French: « duo », fini : oui ; 5 €, 20 %."""
    shown = str(text)
    return shown if isinstance(text, SafeString) else _SPACES.sub(NBSP, shown)


@register.filter(needs_autoescape=True)
def mail(text: str, autoescape: bool = True) -> SafeString:
    """An e-mail address that a narrow column breaks after « @ », not in the middle of a word."""
    shown = conditional_escape(text) if autoescape else text
    return mark_safe(shown.replace("@", "@<wbr>"))  # noqa: S308 - escaped above


@register.filter
def phone(number: str) -> str:
    """« +33298000001 » → « 02 98 00 00 01 »; other countries stay as they are."""
    if number.startswith("+33") and len(number) == 12:
        digits = f"0{number[3:]}"
        return NBSP.join(digits[start : start + 2] for start in range(0, 10, 2))
    return number


@register.inclusion_tag("ui/date_tile.html")
def date_tile(moment: date, *, zone: str | None = None) -> dict[str, Any]:
    """A day as a small calendar leaf, before the title of an event."""
    local = _local(moment, zone)
    return {
        "day": f"{_DAYS[local.weekday()][:3]}.",
        "number": local.day,
        "month": _SHORT_MONTHS[local.month - 1],
        "moment": local,
    }


@cache
def _drawings() -> frozenset[str]:
    sprite = Path(str(finders.find("img/icons.svg"))).read_text(encoding="utf-8")
    return frozenset(re.findall(r'<symbol id="([a-z0-9-]+)"', sprite))


# Small marks ---------------------------------------------------------------------------------


@register.simple_tag
def icon(name: str, *, label: str = "") -> SafeString:
    """A drawing of the sprite, decorative unless it is given a label."""
    if settings.COMPONENT_GALLERY and name not in _drawings():
        raise LookupError(f"no icon {name!r} in the sprite: run manage.py build_icons")
    return _drawn(name, label)


@cache
def _drawn(name: str, label: str) -> SafeString:
    drawing = format_html(
        '<svg class="icon" data-icon="{}" aria-hidden="true"><use href="{}#{}"></use></svg>',
        name,
        static("img/icons.svg"),
        name,
    )
    if not label:
        return drawing
    return format_html('{}<span class="visually-hidden">{}</span>', drawing, label)


@register.simple_tag
def status_badge(kind: str, value: object, *, label: str = "") -> SafeString:
    """A state as icon + word + tone; `label` replaces the word where the reader changes."""
    look = statuses.look_of(kind, value)
    tone = format_html(' data-tone="{}"', look.tone) if look.tone else ""
    return format_html(
        '<span class="status"{}>{}{}</span>', tone, icon(look.icon), label or look.word
    )


@register.simple_tag
def tone_icon(tone: str) -> SafeString:
    """The icon of a box that speaks in that tone."""
    return icon(TONES.get(tone, "info-lg"))


@register.filter
def message_tone(message: Any) -> str:
    """Tone of a Django message."""
    return _MESSAGETONES.get(message.level_tag, "")


@register.simple_tag
def poster(category_id: str) -> str:
    """Address of the drawing (2:3) that stands for an offer without image."""
    return static(f"img/posters/{_POSTERS.get(category_id, 'festival')}.svg")


@register.simple_tag
def offer_image(offer: Any, width: int = 320) -> str:
    """Address of the image of an offer (2:3), else of the drawing of its category."""
    return images.address_of(offer.image_key, width) or poster(offer.subcategory.category_id)


@register.filter
def initials(user: Any) -> str:
    """« CL » for Camille Le Goff; the first letter of the address when the name is unknown."""
    letters = f"{user.first_name[:1]}{user.last_name[:1]}" or user.email[:1]
    return letters.upper()


@register.inclusion_tag("ui/fill.html")
def fill(*, booked: int, total: int | None, label: str = "Places réservées") -> dict[str, Any]:
    """Fill rate of a date as text and bar; an unlimited stock has no bar."""
    level = ""
    if total is not None and booked >= total:
        level = "full"
    elif total is not None and booked * 5 < total:
        level = "low"
    return {"booked": booked, "total": total, "level": level, "label": label}


# Forms ---------------------------------------------------------------------------------------


@register.inclusion_tag("ui/field.html")
def field(
    bound: BoundField,
    *,
    label: str | None = None,
    help: str | None = None,
    suffix: str = "",
    css: str = "",
    rows: int | None = None,
    style: str = "",
) -> dict[str, Any]:
    """Label, help, input and error of one form field, tied together for screen readers."""
    return fields.render_context(
        bound, label=label, help=help, suffix=suffix, css=css, rows=rows, style=style
    )


@register.simple_tag
def plain_input(bound: BoundField) -> str:
    """The input alone, where the label and the errors are drawn around several of them."""
    return fields.plain_input(bound)


@register.simple_tag
def map_attributes() -> SafeString:
    """Attributes of an element `data-map`: the tiles chosen by the settings, if any."""
    return format_html(
        'data-tiles="{}" data-attribution="{}"', settings.MAP_TILE_URL, settings.MAP_ATTRIBUTION
    )


@register.simple_tag
def image_url(thing: images.WithImage, width: int) -> str:
    """Address of the image of a venue or an offer, empty when it has none."""
    return images.address_of(thing.image_key, width)


@register.inclusion_tag("ui/error_summary.html")
def error_summary(*forms: BaseForm | None) -> dict[str, Any]:
    """What must be corrected, each line linked to its field; nothing when all is well."""
    lines: list[dict[str, str]] = []
    for form in forms:
        # A formset is read as its forms, after its own remarks.
        members = [form, *getattr(form, "forms", [])] if form is not None else []
        for member in members:
            lines.extend(_lines_of(member))
    return {"lines": lines}


def _lines_of(form: Any) -> list[dict[str, str]]:
    if not form.is_bound:
        return []
    is_form = hasattr(form, "fields")
    general = form.non_field_errors() if is_form else form.non_form_errors()
    lines = [{"text": text, "target": "", "label": ""} for text in general]
    for name in form.fields if is_form else ():
        bound = form[name]
        lines += [
            {"text": text, "target": bound.auto_id, "label": bound.label} for text in bound.errors
        ]
    return lines


@register.inclusion_tag("ui/required_note.html")
def required_note() -> dict[str, Any]:
    """The sentence that explains the star, at the top of every form."""
    return {}


# Boxes ---------------------------------------------------------------------------------------


@register.simple_block_tag(takes_context=False)
def callout(content: str, *, title: str = "", tone: str = "info", icon: str = "") -> SafeString:
    """A box that says something about the whole page: info, ok, wait, alert, bad."""
    return render_to_string(
        "ui/callout.html",
        {"body": content, "title": title, "tone": tone, "icon": icon or TONES[tone]},
    )


@register.simple_block_tag(takes_context=False)
def card(content: str, *, title: str = "", tone: str = "", note: str = "") -> SafeString:
    """A white sheet with a soft shadow, or a tinted one (soft, deep: at most one deep a page)."""
    return render_to_string(
        "ui/card.html",
        {"body": content, "title": title, "tone": tone, "note": note, "id": slugify(title)},
    )


@register.simple_block_tag(takes_context=False)
def empty(content: str, *, title: str, illustration: str = "vide-reservations") -> SafeString:
    """A list without rows: why, and the first step as a button in the body."""
    return render_to_string(
        "ui/empty.html",
        {"body": content, "title": title, "image": static(f"img/illustrations/{illustration}.svg")},
    )


# Lists ---------------------------------------------------------------------------------------


@register.inclusion_tag("ui/pager.html", takes_context=True)
def pager(context: template.Context, page: Page) -> dict[str, Any]:
    """Links to the other pages of a list, keeping its filters; nothing for a single page."""
    query = context["request"].GET.copy()

    def address(number: int) -> str:
        query["page"] = str(number)
        return f"?{query.urlencode()}"

    paginator = page.paginator
    if paginator.num_pages < 2:
        return {"page": None}
    numbers = paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {
        "page": page,
        "links": [
            {"number": n, "href": address(n) if isinstance(n, int) else "", "now": n == page.number}
            for n in numbers
        ],
        "previous": address(page.previous_page_number()) if page.has_previous() else "",
        "next": address(page.next_page_number()) if page.has_next() else "",
    }


@register.inclusion_tag("ui/sort.html", takes_context=True)
def sort_header(context: template.Context, label: str, *, by: str, css: str = "") -> dict[str, Any]:
    """A table heading that sorts: ?sort=name, then ?sort=-name, keeping the filters."""
    query = context["request"].GET.copy()
    current = query.get("sort", "")
    query.pop("page", None)
    query["sort"] = f"-{by}" if current == by else by
    direction = {by: "ascending", f"-{by}": "descending"}.get(current, "")
    return {"label": label, "href": f"?{query.urlencode()}", "direction": direction, "css": css}


# E-mails -------------------------------------------------------------------------------------


@register.simple_tag
def site_url(path: str = "") -> str:
    """Full address of a page, for what is read outside of the browser."""
    return f"{settings.SITE_URL.rstrip('/')}{path}"


@register.simple_tag
def support_email() -> str:
    return settings.SUPPORT_EMAIL


@register.inclusion_tag("ui/email/button.html")
def email_button(label: str, url: str) -> dict[str, str]:
    """The one action of an e-mail, as a table that every mail program draws."""
    return {"label": label, "url": url}


@register.simple_block_tag(takes_context=False)
def email_ticket(content: str, *, title: str = "", code: str = "", label: str = "") -> SafeString:
    """What matters in an e-mail, as a ticket; `code` is written large above the perforation."""
    return render_to_string(
        "ui/email/ticket.html", {"body": content, "title": title, "code": code, "label": label}
    )
