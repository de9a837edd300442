"""What stands between an agent's session and the pages: second factor, then « voir comme »."""

from collections.abc import Callable
from functools import cached_property
from typing import cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import resolve, reverse
from django_otp import DEVICE_ID_SESSION_KEY

from passpro.accounts.models import SeenAs, User
from passpro.accounts.services.second_factor import has_second_factor, is_verified
from passpro.accounts.services.seeing_as import end_of, stop_seeing_as

SEEN_AS_SESSION_KEY = "seen_as"
_SAFE = {"GET", "HEAD", "OPTIONS"}


class SecondFactorMiddleware:
    """An agent with a second factor proves it once a session; without, enrols where it is asked."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if SESSION_KEY in request.session and getattr(request.user, "is_staff", False):
            asked = self._asked(request)
            if asked and request.path_info not in self._open:
                return redirect(reverse(asked, query={"next": request.get_full_path()}))
        return self.get_response(request)

    @staticmethod
    def _asked(request: HttpRequest) -> str:
        """The page the agent must go through, or ""."""
        user = cast(User, request.user)
        if is_verified(user, request.session.get(DEVICE_ID_SESSION_KEY)):
            return ""
        if has_second_factor(user):
            return "accounts:second_factor"
        return "accounts:second_factor_setup" if settings.STAFF_SECOND_FACTOR_REQUIRED else ""

    @cached_property
    def _open(self) -> set[str]:
        names = ("second_factor", "second_factor_setup", "sign_out")
        return {reverse(f"accounts:{name}") for name in names}


class SeeingAsMiddleware:
    """During a visit, `request.user` is the person seen; nothing can be written.

    `request.seeing_as` is the visit, drawn as a banner on every page. The admin waits until the
    visit is over. The agent's own session stays: ending a visit is one click.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        visit_id = request.session.get(SEEN_AS_SESSION_KEY)
        if visit_id is None or not request.user.is_authenticated:
            return self.get_response(request)
        agent = cast(User, request.user)
        visit = SeenAs.objects.select_related("person").filter(pk=visit_id).first()
        end = end_of(visit, agent) if visit else SeenAs.End.REFUSED
        if visit is None or end:
            return self._over(request, visit_id, end)
        if request.path_info in self._ways_out:
            return self.get_response(request)
        visit.agent = agent
        request.user = visit.person
        request.seeing_as = visit  # type: ignore[attr-defined]
        if request.method not in _SAFE or self._is_closed(request):
            return render(request, "errors/seeing_as.html", status=403)
        return self.get_response(request)

    @staticmethod
    def _over(request: HttpRequest, visit_id: int, end: str) -> HttpResponse:
        stop_seeing_as(visit_id=visit_id, end=end)
        del request.session[SEEN_AS_SESSION_KEY]
        messages.info(request, "La visite « voir comme » est terminée.")
        return redirect("admin:index")

    @cached_property
    def _ways_out(self) -> set[str]:
        return {reverse("accounts:stop_seeing_as"), reverse("accounts:sign_out")}

    @staticmethod
    def _is_closed(request: HttpRequest) -> bool:
        """The admin is not the person's; the copy of their personal data is theirs alone."""
        if request.path_info.startswith(reverse("admin:index")):
            return True
        try:
            return resolve(request.path_info).view_name == "accounts:data_export"
        except Exception:  # an unknown address is answered as such
            return False
