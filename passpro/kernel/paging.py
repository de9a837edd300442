"""Number pages for lists; the count is asked once and bounded pages never raise."""

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

PAGE_SIZE = 20


def page_of(request: HttpRequest, queryset: QuerySet, *, size: int = PAGE_SIZE) -> Page:
    """The page named by ?page=; a bad or too high number gives the first or the last one."""
    return Paginator(queryset, size).get_page(request.GET.get("page"))
