"""Where places are on a flat map, so that PostgreSQL finds the nearest ones through an index.

The index only needs an order that is nearly right: degrees of longitude are shortened as in the
middle of France. Kilometres shown or compared are always exact (`offers.geography`).
"""

import math
from typing import Any

from django.db.models import BooleanField, F, FloatField, Func, Value
from django.db.models.expressions import CombinedExpression

# Written in the index: changing it needs a new index. cos(46.5°)
SHORTENED = 0.69


class FlatPoint(Func):
    """point(longitude shortened, latitude) of two columns, as the index `venue_position` has it."""

    template = f"point((%(longitude)s)::float8 * {SHORTENED}, (%(latitude)s)::float8)"
    output_field = FloatField()

    def as_sql(  # type: ignore[override]  # no other template is ever given
        self, compiler: Any, connection: Any, **extra: Any
    ) -> Any:
        longitude, latitude = self.get_source_expressions()
        first, params = compiler.compile(longitude)
        second, more = compiler.compile(latitude)
        return self.template % {"longitude": first, "latitude": second}, [*params, *more]


def flat_point(prefix: str = "") -> FlatPoint:
    """The point of a row, or of the row it names: `flat_point("venue__")`."""
    return FlatPoint(F(f"{prefix}longitude"), F(f"{prefix}latitude"))


def nearness(latitude: float, longitude: float, prefix: str = "") -> CombinedExpression:
    """An expression to order by: smallest first, rows without a position last."""
    return CombinedExpression(
        flat_point(prefix), "<->", _point(latitude, longitude), output_field=FloatField()
    )


def in_box(
    latitude: float, longitude: float, km: float, *, km_per_degree: float, prefix: str = ""
) -> CombinedExpression:
    """A condition: within a box that surely holds the circle of `km` around."""
    high = km / km_per_degree
    wide = high / max(math.cos(math.radians(latitude)), 0.01)
    box = Func(
        _point(latitude - high, longitude - wide),
        _point(latitude + high, longitude + wide),
        function="box",
        output_field=FloatField(),
    )
    return CombinedExpression(flat_point(prefix), "<@", box, output_field=BooleanField())


def _point(latitude: float, longitude: float) -> Func:
    return Func(
        Value(longitude * SHORTENED),
        Value(latitude),
        template="point((%(expressions)s)::float8)",
        arg_joiner=")::float8, (",
        function="point",
        output_field=FloatField(),
    )
