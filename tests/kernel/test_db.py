"""Prepared statements: the same rows, errors and counts as the ORM."""

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Value
from django.test.utils import CaptureQueriesContext

from passpro.kernel import clock
from passpro.kernel.db import Given, Read, write
from passpro.kernel.models import JobRun

pytestmark = pytest.mark.django_db

READ = Read(
    lambda: (
        JobRun.objects.annotate(shout=F("name"), two=Value(2))
        .filter(name=Given("name"))
        .order_by("pk")
    )
)
RENAME = "UPDATE kernel_jobrun SET name = %s WHERE id = %s RETURNING id"


@pytest.fixture
def run():
    return JobRun.objects.create(name="sweep", last_run_at=clock.now(), outcome={"sent": [1]})


def test_a_read_answers_the_instance_that_its_queryset_would(run, django_assert_num_queries):
    for _ in range(3):
        with django_assert_num_queries(1):
            found = READ.first(name="sweep")

        assert found == run
        assert (found.outcome, found.last_run_at) == ({"sent": [1]}, run.last_run_at)
        assert (found.shout, found.two) == ("sweep", 2)
        assert not found._state.adding


def test_a_read_answers_none_when_nothing_matches(run):
    assert READ.first(name="other") is None


def test_the_deferred_columns_of_a_read_are_read_when_asked(run, django_assert_num_queries):
    narrow = Read(lambda: JobRun.objects.only("name").filter(pk=Given("pk")).order_by())
    found = narrow.first(pk=run.pk)

    with django_assert_num_queries(1):
        assert found.outcome == {"sent": [1]}


def test_a_write_answers_what_it_returns(run):
    assert write(RENAME, ["sweeper", run.pk]) == run.pk
    assert write(RENAME, ["sweeper", 0]) is None
    run.refresh_from_db()
    assert run.name == "sweeper"


def test_a_write_raises_the_errors_of_django(run):
    other = JobRun.objects.create(name="price", last_run_at=clock.now())

    with pytest.raises(IntegrityError, match="kernel_jobrun_name"), transaction.atomic():
        write(RENAME, ["sweep", other.pk])


def test_the_log_of_statements_shows_their_values(run):
    with CaptureQueriesContext(connection) as log:
        for _ in range(2):
            READ.first(name="sweep")

    assert all("'sweep'" in query["sql"] for query in log.captured_queries)


def test_statements_are_planned_once_by_a_connection(run):
    with connection.cursor() as cursor:
        for _ in range(3):
            READ.first(name="sweep")
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        texts = [text for (text,) in cursor.fetchall() if 'AS "shout"' in text]

    assert len(texts) == 1


def test_without_prepared_statements_the_answers_are_the_same(run, monkeypatch):
    monkeypatch.setattr(connection.connection, "prepare_threshold", None)

    assert READ.first(name="sweep") == run


def test_a_quiet_connection_is_found_healthy_without_a_statement(django_assert_num_queries):
    connection.ensure_connection()

    with django_assert_num_queries(0):
        assert connection.is_usable()


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_the_server_ended_is_replaced_at_the_next_request():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (ended,) = cursor.fetchone()
    with psycopg.connect(**connection_address()) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [ended])
    connection.health_check_enabled, connection.health_check_done = True, False

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        assert cursor.fetchone() != (ended,)


def connection_address():
    wanted = ("host", "port", "user", "password", "dbname")
    return {k: v for k, v in connection.get_connection_params().items() if k in wanted}
