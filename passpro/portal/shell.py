"""What the layouts show around every page: menus, structure, credit. Asked only when drawn."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import cached_property

from passpro.kernel import clock
from passpro.portal import menu
from venues.models import Offerer


class Shell:
    """The frame of one page; each query runs once, and only if the layout needs it."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        # Absent when a page is refused before the person is known (bad host, broken form).
        self.user: Any = getattr(request, "user", None)

    @property
    def is_signed_in(self) -> bool:
        return self.user is not None and self.user.is_authenticated

    @property
    def seeing_as(self) -> Any:
        """The visit of an agent who sees this page as its person does, else None."""
        return getattr(self.request, "seeing_as", None)

    @property
    def layout(self) -> str:
        """Layout of the pages that every kind of person may meet (errors, profile)."""
        if not self.is_signed_in:
            return "layout/plain.html"
        return "layout/app.html" if self.user.is_beneficiary else "layout/pro.html"

    @property
    def home(self) -> str:
        return menu.address_of("portal:root")

    @cached_property
    def top(self) -> list[menu.Link]:
        return menu.links(menu.TOP, self.request.path)

    @cached_property
    def individual(self) -> list[menu.Link]:
        return menu.links(menu.INDIVIDUAL, self.request.path)

    @cached_property
    def collective(self) -> list[menu.Link]:
        return menu.links(menu.COLLECTIVE, self.request.path)

    @cached_property
    def foot(self) -> list[menu.Link]:
        return menu.links(menu.FOOT, self.request.path)

    @cached_property
    def tabs(self) -> list[menu.Link]:
        """Professionals look at the young people's pages (Y13) and find the way back."""
        if not self.is_signed_in:
            return menu.links(menu.PASSER_BY, self.request.path)
        is_young = self.user.is_beneficiary
        return menu.links(menu.BENEFICIARY if is_young else menu.VISITOR, self.request.path)

    @cached_property
    def urls(self) -> dict[str, str]:
        """Pages the layouts link to, empty when absent from this installation."""
        names = {
            "create_offer": "offers:create",
            "structures": "venues:structures",
            "create_structure": "venues:structure_create",
            "profile": "accounts:profile",
            "sign_in": "accounts:sign_in",
            "sign_out": "accounts:sign_out",
            "credit": "bookings:credit",
            "app": "offers:app_home",
            "bank_accounts": "finance:bank_accounts",
            "offers": "offers:list",
            "bookings": "bookings:list",
            "desk": "bookings:desk",
            "help": "portal:help",
        }
        return {key: menu.address_of(name) for key, name in names.items()}

    @cached_property
    def offerers(self) -> list[Offerer]:
        """Two are enough to know that there are several."""
        if not self.is_signed_in:
            return []
        return list(Offerer.objects.visible_to(self.user).only("name", "status", "is_active")[:2])

    @property
    def is_visitor(self) -> bool:
        """Looks at the young people's pages without being one of them (USR-09)."""
        return self.is_signed_in and not self.user.is_beneficiary

    @property
    def may_see_app(self) -> bool:
        """USR-08: the same person opens the young people's pages once validated."""
        return self.is_visitor and (
            self.user.is_staff or any(offerer.is_visible for offerer in self.offerers)
        )

    @cached_property
    def credit_cents(self) -> int | None:
        """What a young person may still spend (CRD-06); None for everybody else."""
        if not self.is_signed_in or not self.user.is_beneficiary:
            return None
        now = clock.now()
        return sum(deposit.remaining_cents(now) for deposit in self.user.deposits.all())

    @property
    def search_url(self) -> str:
        """Where this person looks for an offer."""
        if not self.is_signed_in:
            return ""
        return menu.address_of("offers:app_search" if self.user.is_beneficiary else "offers:list")

    @property
    def support_email(self) -> str:
        return settings.SUPPORT_EMAIL


def context(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `shell` in every template."""
    return {"shell": Shell(request)}
