"""The schedule: every job, its hours (Paris), what a missed run means; for beat and run_jobs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

from celery.schedules import crontab
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

from passpro.celery import app
from passpro.kernel import clock, features
from passpro.kernel.models import JobRun


@dataclass(frozen=True, slots=True)
class Job:
    """`function`: dotted path called with `now` (aware UTC), answers a dictionary of counts."""

    name: str
    function: str
    when: crontab
    if_missed: str

    def load(self) -> Callable[..., dict[str, Any]]:
        module, _, attribute = self.function.rpartition(".")
        return getattr(import_module(module), attribute)

    def last_occurrence_in(self, hour: datetime) -> datetime | None:
        """The latest minute of this Paris hour at which the job is due, in UTC."""
        local = hour.astimezone(clock.PARIS)
        if (
            local.hour not in self.when.hour
            or local.day not in self.when.day_of_month
            or local.month not in self.when.month_of_year
            or local.isoweekday() % 7 not in self.when.day_of_week
        ):
            return None
        return hour + timedelta(minutes=max(self.when.minute))


# Sorted by frequency, then by hour.
JOBS: list[Job] = [
    Job("sweep_outbox", "passpro.kernel.outbox.sweep_job", crontab(), "the next minute sends"),
    Job(
        "tend_series",
        "offers.services.series.tend_series",
        crontab(minute="*/5"),
        "the next one writes the dates that a nudge missed",
    ),
    Job(
        "run_partner_uploads",
        "offers.services.partner_uploads.run_uploads",
        crontab(minute="*/5"),
        "the next one works through what a nudge missed",
    ),
    Job(
        "make_data_exports",
        "passpro.accounts.services.exports.make_waiting",
        crontab(minute="*/5"),
        "the next one makes the files that a nudge missed",
    ),
    Job(
        "tell_planned",
        "offers.services.plan.tell_planned",
        crontab(minute="1,16,31,46"),
        "venues are told later, up to a day; offers are visible anyway",
    ),
    Job(
        "tend_bulk_actions",
        "offers.services.bulk.tend_bulk",
        crontab(minute="3,8,13,18,23,28,33,38,43,48,53,58"),
        "the next one gives again the actions that no worker took",
    ),
    Job(
        "price_events",
        "finance.services.jobs.price_job",
        crontab(minute="5,15,25,35,45,55"),
        "the next one prices what was left, in order",
    ),
    Job(
        "reindex_offers",
        "offers.services.reindex.reindex_job",
        crontab(minute="2,12,22,32,42,52"),
        "the next one indexes them; until then the former name is found",
    ),
    Job(
        "read_feeds",
        "offers.services.feeds.read_feeds",
        crontab(minute="4,14,24,34,44,54"),
        "the next one reads the feeds that are due; stocks are a little older",
    ),
    Job(
        "auto_validate",
        "bookings.services.after_event.auto_validate",
        crontab(minute="5"),
        "the next hour validates them, with a later instant of use",
    ),
    Job(
        "tend_exports",
        "bookings.services.export.tend_exports",
        crontab(minute="20"),
        "files stay an hour longer",
    ),
    Job(
        "tend_school_exports",
        "collective.services.export.tend_exports",
        crontab(minute="25"),
        "files stay an hour longer",
    ),
    Job(
        "expire_school_bookings",
        "collective.services.jobs.expire",
        crontab(minute="5"),
        "the next hour cancels them; the offers show « Expirée » anyway",
    ),
    Job(
        "cancel_bookings_of_closed",
        "bookings.services.structures.cancel_job",
        crontab(minute="35"),
        "the next hour cancels them",
    ),
    Job(
        "cancel_school_bookings_of_closed",
        "collective.services.structures.cancel_job",
        crontab(minute="40"),
        "the next hour cancels them",
    ),
    Job(
        "push_today",
        "bookings.pushes.push_today",
        crontab(minute="15"),
        "the next hours of the morning still tell; the afternoon is too late",
    ),
    Job(
        "control_counters",
        "bookings.inconsistencies.control",
        crontab(hour="1", minute="0"),
        "a wrong counter is seen a day later",
    ),
    Job(
        "control_money",
        "finance.inconsistencies.control",
        crontab(hour="1", minute="30"),
        "a difference is seen a day later; missing PDFs wait",
    ),
    Job(
        "purge_data_exports",
        "passpro.accounts.services.exports.purge_expired",
        crontab(hour="2", minute="0"),
        "files stay a day longer on the disk; their link is dead anyway",
    ),
    Job(
        "erase_silent_people",
        "passpro.accounts.services.erasure.run_retention",
        crontab(hour="2", minute="30"),
        "people are warned and erased a day later",
    ),
    Job(
        "purge_messages",
        "passpro.kernel.outbox.purge_job",
        crontab(hour="3", minute="0"),
        "old messages stay a day longer",
    ),
    Job(
        "purge_closed_teams",
        "venues.services.lifecycle.purge_closed_teams",
        crontab(hour="3", minute="10"),
        "people of a closed structure read its payments a day longer",
    ),
    Job(
        "truncate_old_credits",
        "bookings.services.deposits.truncate_old_dates",
        crontab(day_of_month="2", hour="3", minute="15"),
        "exact dates of credits of ten years ago stay a month longer",
    ),
    Job(
        "purge_entry_tickets",
        "collective.services.jobs.purge_tickets",
        crontab(hour="3", minute="20"),
        "used addresses of entry stay a day longer",
    ),
    Job(
        "forget_old_views",
        "passpro.portal.audience.forget_old_views",
        crontab(hour="3", minute="25"),
        "counts of two years ago stay a day longer",
    ),
    Job(
        "purge_idempotency_keys",
        "passpro.kernel.idempotency.purge_job",
        crontab(hour="3", minute="30"),
        "old answers stay a day longer, unused",
    ),
    Job(
        "purge_offline_actions",
        "bookings.services.offline.purge_job",
        crontab(hour="3", minute="40"),
        "old rows stay a day longer",
    ),
    Job(
        "check_companies",
        "bookings.services.structures.check_companies",
        crontab(hour="4", minute="0"),
        "companies that ceased are seen a day later",
    ),
    Job(
        "expire_bookings",
        "bookings.services.expire.expire",
        crontab(hour="5", minute="0"),
        "the next night cancels them; goods stay aside a day longer",
    ),
    Job(
        "use_school_bookings",
        "collective.services.jobs.use",
        crontab(hour="6", minute="0"),
        "the next morning marks them; their payment may wait for a fortnight more",
    ),
    Job(
        "top_up_birthdays",
        "bookings.services.deposits.top_up_birthdays",
        crontab(hour="7", minute="0"),
        "the next morning gives what birthdays brought, also the missed ones",
    ),
    Job(
        "remind_expiry",
        "bookings.services.remind.remind_expiry",
        crontab(hour="5", minute="30"),
        "the next two mornings still remind",
    ),
    Job(
        "archive_bookings",
        "bookings.services.archive.archive_ended",
        crontab(hour="3", minute="50"),
        "the next night files them",
    ),
    Job(
        "remind_without_offer",
        "bookings.services.remind.remind_without_offer",
        crontab(hour="7", minute="30"),
        "the next two mornings still remind",
    ),
    Job(
        "push_uncollected",
        "bookings.pushes.push_uncollected",
        crontab(hour="12", minute="0"),
        "people are not told on their phone; the e-mail of before has told them",
    ),
    Job(
        "remind_venues",
        "bookings.services.remind.remind_venues",
        crontab(hour="8", minute="0"),
        "venues are not told of these dates a week before",
    ),
    Job(
        "remind_schools",
        "collective.services.jobs.remind",
        crontab(hour="8", minute="30"),
        "run it late the same day; the next day is too late",
    ),
    Job(
        "remind_tomorrow",
        "bookings.services.remind.remind_tomorrow",
        crontab(hour="9", minute="0"),
        "run it late the same day; the next day is too late",
    ),
    Job(
        "make_batch",
        "finance.services.jobs.batch_job",
        crontab(day_of_month="1,16", hour="5", minute="0"),
        "run it late: the cut-off stays the latest 1st or 16th",
    ),
]


def _planned(jobs: list[Job], cadences: str) -> list[Job]:
    """The jobs at the hours of `JOB_CADENCES`; refuses to start with a line it cannot read."""
    asked = {}
    for line in filter(str.strip, cadences.split(";")):
        name, _, fields = (part.strip() for part in line.partition("="))
        if name not in {job.name for job in jobs} or len(fields.split()) != 5:
            raise ImproperlyConfigured(f"JOB_CADENCES : « {line.strip()} » ne se lit pas.")
        asked[name] = crontab.from_string(fields)
    return [replace(job, when=asked.get(job.name, job.when)) for job in jobs]


JOBS = _planned(JOBS, settings.JOB_CADENCES)


def due_until(until: datetime) -> Iterator[tuple[datetime, Job]]:
    """What beat would have played up to `until`, in order; at most once an hour a job.

    Each job goes on from its own last run, so that one that failed is played again; a job
    never played starts a day back.
    """
    day_back = until - timedelta(days=1)
    played = dict(JobRun.objects.values_list("name", "last_run_at"))
    since = {job.name: played.get(job.name, day_back) for job in JOBS}
    hour = min(since.values()).replace(minute=0, second=0, microsecond=0)
    while hour <= until:
        due = [(moment, job) for job in JOBS if (moment := job.last_occurrence_in(hour))]
        for moment, job in sorted(due, key=lambda pair: pair[0]):
            if since[job.name] < moment <= until:
                yield moment, job
        hour += timedelta(hours=1)


def run_job(name: str, now: datetime) -> dict[str, Any]:
    """Play one job as of `now` and remember it; an error is recorded and raised.

    A job that the team stopped (features.py) is not remembered: it catches up later.
    """
    if features.closed_for_job(name):
        return {}
    job = next(job for job in JOBS if job.name == name)
    with clock.at(now):
        outcome = job.load()(now=now)
    with transaction.atomic():
        JobRun.objects.update_or_create(
            name=name, defaults={"last_run_at": now, "outcome": outcome}
        )
    return outcome


@app.task(name="passpro.run_job", ignore_result=True)
def run_job_task(name: str) -> None:
    run_job(name, clock.now())


app.conf.beat_schedule = {
    job.name: {"task": "passpro.run_job", "schedule": job.when, "args": (job.name,)} for job in JOBS
}
