"""The visit of a teacher or head of school: kept in the session, apart from accounts."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from collective.entry import Ticket
from collective.enums import SchoolRole
from collective.models import Institution
from collective.services.book import Visitor
from offers.geography import Position
from passpro.kernel import clock
from passpro.kernel.access import public

_KEY = "school_visit"
VISIT = timedelta(hours=4)


class Visit:
    """Who looks at the page: `institution` is None for somebody without a known school."""

    def __init__(self, visitor: Visitor, role: str) -> None:
        self.visitor, self.role = visitor, role
        self.institution = Institution.objects.filter(uai=visitor.uai, is_active=True).first()
        if self.institution is None:
            # §7.1: without a known school one may look, nothing else.
            self.role = SchoolRole.READER
        elif role == SchoolRole.READER:
            self.institution = None

    @property
    def is_head(self) -> bool:
        return self.role == SchoolRole.HEAD and self.institution is not None

    @property
    def is_reader(self) -> bool:
        return self.institution is None

    @property
    def position(self) -> Position | None:
        """Where the school is, as ADAGE says with the person, or of the school."""
        latitude, longitude = self.visitor.latitude, self.visitor.longitude
        if self.institution is None:
            return None
        if (latitude is None or longitude is None) and self.institution.latitude is not None:
            latitude = float(self.institution.latitude)
            longitude = float(self.institution.longitude or 0)
        if latitude is None or longitude is None:
            return None
        return Position(latitude, longitude, self.institution.city)

    @property
    def name(self) -> str:
        return self.visitor.actor.label

    @property
    def role_label(self) -> str:
        return SchoolRole(self.role).label


def open_visit(request: HttpRequest, ticket: Ticket) -> None:
    """Remember the visit under a new session key; the address is used up already."""
    request.session.cycle_key()
    request.session[_KEY] = {
        "visitor": asdict(ticket.visitor),
        "role": ticket.role,
        "until": (clock.now() + VISIT).isoformat(),
    }


def close_visit(request: HttpRequest) -> None:
    request.session.pop(_KEY, None)


def visit_of(request: HttpRequest) -> Visit | None:
    """The visit that is open, else None."""
    kept = request.session.get(_KEY)
    if not kept or datetime.fromisoformat(kept["until"]) <= clock.now():
        return None
    return Visit(Visitor(**kept["visitor"]), kept["role"])


def school_page(*, head_only: bool = False, reader: bool = False) -> Callable[..., Any]:
    """Decorator: `request.visit`, or 403 with the way back to ADAGE; no account is asked.

    `reader`: also for people without a known school, who may look at templates only.
    """

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @public
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            visit = visit_of(request)
            if visit is None or (visit.is_reader and not reader):
                return render(request, "collective/adage/closed.html", status=403)
            if head_only and not visit.is_head:
                raise PermissionDenied
            request.visit = visit  # type: ignore[attr-defined]
            return view(request, *args, **kwargs)

        return guarded

    return decorate
