"""The schedule: every job loads, and run_jobs plays what beat would have played, in order, once."""

from datetime import UTC, datetime

import pytest
from celery.schedules import crontab
from django.core.management import CommandError, call_command

from passpro import jobs
from passpro.kernel import clock
from passpro.kernel.models import JobRun

SCHEDULE = jobs.JOBS
PLAYED: list[tuple[str, datetime, datetime]] = []


def hourly(*, now):
    PLAYED.append(("hourly", now, clock.now()))
    return {"done": 1}


def fortnightly(*, now):
    PLAYED.append(("fortnightly", now, clock.now()))
    return {"done": 1}


def broken(*, now):
    raise RuntimeError("broken job")


@pytest.fixture(autouse=True)
def two_jobs(monkeypatch):
    PLAYED.clear()
    here = __name__
    monkeypatch.setattr(
        jobs,
        "JOBS",
        [
            jobs.Job("hourly", f"{here}.hourly", crontab(minute=20), ""),
            jobs.Job(
                "fortnightly",
                f"{here}.fortnightly",
                crontab(minute=0, hour=5, day_of_month="1,16"),
                "",
            ),
        ],
    )


def paris(*parts):
    return datetime(*parts, tzinfo=clock.PARIS)


def last_played(moment):
    for name in ("hourly", "fortnightly"):
        JobRun.objects.create(name=name, last_run_at=moment)


def test_each_job_of_the_schedule_can_be_loaded():
    assert SCHEDULE
    for job in SCHEDULE:
        assert callable(job.load()), job.name


@pytest.mark.django_db
def test_each_job_answers_counts_when_there_is_nothing_to_do():
    outcomes = {job.name: job.load()(now=clock.now()) for job in SCHEDULE}

    assert {name for name, outcome in outcomes.items() if not isinstance(outcome, dict)} == set()


def test_jobs_are_played_in_the_order_of_time_with_their_own_now(db):
    last_played(paris(2026, 12, 16, 4, 0))

    call_command("run_jobs", now="2026-12-16T06:00+01:00")

    assert [(name, now) for name, now, _ in PLAYED] == [
        ("hourly", paris(2026, 12, 16, 4, 20)),
        ("fortnightly", paris(2026, 12, 16, 5, 0)),
        ("hourly", paris(2026, 12, 16, 5, 20)),
    ]
    assert all(now == seen for _, now, seen in PLAYED)


def test_a_second_call_for_the_same_moment_plays_nothing(db):
    last_played(paris(2026, 12, 16, 4, 0))
    call_command("run_jobs", now="2026-12-16T06:20+01:00")
    PLAYED.clear()

    call_command("run_jobs", now="2026-12-16T06:20+01:00")

    assert PLAYED == []


def test_hours_are_paris_hours_in_summer_too():
    job = jobs.JOBS[1]

    assert job.last_occurrence_in(datetime(2026, 7, 16, 3, tzinfo=UTC)) == paris(2026, 7, 16, 5)
    assert job.last_occurrence_in(datetime(2026, 7, 16, 4, tzinfo=UTC)) is None


def test_a_moment_without_offset_is_refused(db):
    with pytest.raises(CommandError, match="décalage"):
        call_command("run_jobs", now="2026-12-16T06:00")


def test_a_broken_job_stops_the_run_and_is_played_again(db, monkeypatch):
    JobRun.objects.create(name="hourly", last_run_at=paris(2026, 12, 16, 4, 0))
    broken_job = jobs.Job("hourly", f"{__name__}.broken", crontab(minute=20), "")
    monkeypatch.setattr(jobs, "JOBS", [broken_job])

    with pytest.raises(RuntimeError, match="broken job"):
        call_command("run_jobs", now="2026-12-16T06:00+01:00")

    assert JobRun.objects.get(name="hourly").last_run_at == paris(2026, 12, 16, 4, 0)


def test_a_job_never_played_starts_a_day_back(db):
    call_command("run_jobs", now="2026-12-16T06:00+01:00")

    assert PLAYED[0][:2] == ("hourly", paris(2026, 12, 15, 6, 20))
    assert len([name for name, _, _ in PLAYED if name == "hourly"]) == 24
