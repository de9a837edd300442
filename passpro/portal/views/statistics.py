"""Statistics of the cultural staff: charts, each with its table and its file (I1)."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from passpro.kernel import clock
from passpro.kernel.access import allowed_if
from passpro.portal import statistics
from passpro.portal.figures import charts_of
from passpro.portal.scope import scope_of
from venues.permissions import may_use_portal


def _period(request: HttpRequest) -> str:
    asked = request.GET.get("periode", "")
    return asked if asked in statistics.PERIODS else statistics.DEFAULT_PERIOD


@require_safe
@allowed_if(may_use_portal)
def show(request: HttpRequest) -> HttpResponse:
    """`?periode=12&structure=&lieu=`; the address can be kept and shared."""
    scope, period = scope_of(request.user, request.GET), _period(request)
    months = statistics.months_until(clock.today(), int(period))
    charts = charts_of(scope, months, now=clock.now())
    context = {
        "scope": scope,
        "period": period,
        "periods": statistics.PERIODS,
        "charts": charts,
        "is_empty": not any(chart.total for chart in charts.all),
        "has_schools": any(chart.total for chart in charts.schools),
        "query": "&".join(filter(None, [f"periode={period}", scope.query])),
    }
    return render(request, "portal/statistics.html", context)


@require_safe
@allowed_if(may_use_portal)
def export(request: HttpRequest, code: str) -> HttpResponse:
    """The table of one chart as a CSV file, with the choices of the page."""
    scope = scope_of(request.user, request.GET)
    months = statistics.months_until(clock.today(), int(_period(request)))
    charts = charts_of(scope, months, now=clock.now())
    chart = next((one for one in charts.all if one.code == code), None)
    if chart is None:
        raise Http404
    answer = HttpResponse(statistics.as_csv(chart), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{code}.csv"'
    return answer
