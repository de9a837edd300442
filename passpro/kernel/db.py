"""Statements of the busy paths: compiled once in the process, prepared once by each connection.

A read stays a queryset and a write stays SQL kept beside its only user; what is saved is compiling
the same text and planning the same statement at every call. Rules stay in Python.

Prepared statements need `prepare_threshold` in the database's OPTIONS; without it (a connection
pooler that does not follow them) the same calls work and are planned each time.
"""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, Generic, NamedTuple, TypeVar, cast

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models.query import get_related_populators

M = TypeVar("M", bound=models.Model)


class Given(models.Value):
    """In the queryset of a `Read`: the place of a value that comes with each call."""

    def __init__(self, name: str) -> None:
        super().__init__(name)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        return "%s", [self]


class Read(Generic[M]):
    """A queryset whose SQL is made once; `first(**given)` answers the same instance as it would.

    `build` is called at the first use. The queryset must be ordered as wanted and have no
    prefetch; its `Given` values are what `first` is given.
    """

    def __init__(self, build: Callable[[], "models.QuerySet[M]"]) -> None:
        self._build = build

    def first(self, **given: Any) -> M | None:
        """First row as an instance, with what `select_related` and `annotate` add, or None."""
        row = self._plan.row(given)
        return None if row is None else cast(M, self._plan.instance(row))

    def all(self, **given: Any) -> list[M]:
        """Every row, as `first` answers one."""
        return [cast(M, self._whole.instance(row)) for row in self._whole.rows(given)]

    @cached_property
    def _plan(self) -> "_Plan":
        return _Plan(self._build()[:1])

    @cached_property
    def _whole(self) -> "_Plan":
        return _Plan(self._build())


def one_of(column: str, name: str) -> models.Func:
    """In the queryset of a `Read`: a condition, for a list of numbers of any length."""
    return models.Func(
        models.F(column),
        Given(name),
        template="%(expressions)s)",
        arg_joiner=" = ANY(",
        output_field=models.BooleanField(),
    )


class _Plan:
    """What django.db.models.query.ModelIterable works out at every iteration, kept."""

    def __init__(self, queryset: models.QuerySet) -> None:
        compiler = queryset.query.get_compiler(using=queryset.db)
        self.sql, self.params = compiler.as_sql()
        select, kind = compiler.select, compiler.klass_info
        fields = kind["select_fields"]
        self.start, self.end = fields[0], fields[-1] + 1
        self.model, self.alias = kind["model"], queryset.db
        self.names = [one[0].target.attname for one in select[self.start : self.end]]
        self.related: list[Any] = get_related_populators(kind, select, queryset.db)  # type: ignore[call-arg]  # stubs of a later Django
        self.annotations = list((compiler.annotation_col_map or {}).items())
        self.converters = [
            (at, converters, expression)
            for at, (converters, expression) in compiler.get_converters(
                [one[0] for one in select]
            ).items()
        ]

    def row(self, given: dict[str, Any]) -> list | None:
        found = self._run(given).fetchone()
        return None if found is None else self._converted(found)

    def rows(self, given: dict[str, Any]) -> list[list]:
        return [self._converted(found) for found in self._run(given).fetchall()]

    def _run(self, given: dict[str, Any]) -> Any:
        values = [given[p.value] if isinstance(p, Given) else p for p in self.params]
        return _execute(self.sql, values)

    def _converted(self, found: Sequence[Any]) -> list:
        row = list(found)
        for at, converters, expression in self.converters:
            for convert in converters:
                row[at] = convert(row[at], expression, connections[self.alias])
        return row

    def instance(self, row: list) -> models.Model:
        instance: models.Model = self.model.from_db(
            self.alias, self.names, row[self.start : self.end]
        )
        for populator in self.related:
            populator.populate(row, instance)
        for name, at in self.annotations:
            setattr(instance, name, row[at])
        return instance


class Statement(NamedTuple):
    """A write not run yet, so that another one can take it along in its round trip."""

    sql: str
    params: Sequence[Any]


def write(sql: str, params: Sequence[Any]) -> Any:
    """Run one constant INSERT, UPDATE or DELETE; answer its first RETURNING value, if any."""
    cursor = _execute(sql, params)
    row = cursor.fetchone() if cursor.description else None
    return row[0] if row else None


def _execute(sql: str, params: Sequence[Any]) -> Any:
    database: Any = connections[DEFAULT_DB_ALIAS]
    cursor = database.prepared_cursor()
    cursor.execute(sql, params)
    # Rows are in memory by now: the wrapper that turns errors into Django's has done its work.
    return cursor.cursor


def refresh_statistics(*tables: str) -> None:
    """After a run that wrote a good part of these tables: the planner must know before the next."""
    connection = connections[DEFAULT_DB_ALIAS]
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(table)}")
