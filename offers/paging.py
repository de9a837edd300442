"""Pages of lists too long to be counted to the end."""

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property

from offers import finding
from passpro.kernel.paging import PAGE_SIZE

MOST = 1_000


class CappedPaginator(Paginator):
    """Counts at most `MOST` rows: nobody turns the 50th page, the database stays quick."""

    @cached_property
    def count(self) -> int:
        return self.object_list[: MOST + 1].count()

    @property
    def is_capped(self) -> bool:
        return self.count > MOST


def capped_page(request: HttpRequest, queryset: QuerySet, *, size: int = PAGE_SIZE) -> Page:
    """The page named by ?page=, never an error."""
    return CappedPaginator(queryset, size).get_page(request.GET.get("page"))


def found_page(request: HttpRequest, ids: list[int], *, size: int = PAGE_SIZE) -> Page:
    """The page of a search that answered identifiers: only its own offers are read."""
    page = FoundPaginator(ids, size).get_page(request.GET.get("page"))
    page.object_list = finding.offers_in_order(page.object_list)
    return page


class FoundPaginator(Paginator):
    """Pages of at most `finding.MOST` identifiers; one more says that there are others."""

    def __init__(self, ids: list[int], per_page: int) -> None:
        super().__init__(ids[: finding.MOST], per_page)
        self.is_capped = len(ids) > finding.MOST
