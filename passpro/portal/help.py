"""Who to call and which meeting to attend, from what the team published."""

from dataclasses import dataclass
from datetime import datetime

from passpro.portal.models import AreaContact, Webinar


@dataclass(frozen=True)
class Meeting:
    title: str
    at: datetime
    minutes: int
    url: str


def contacts_for(departments: list[str]) -> list[AreaContact]:
    """People of these départements (STR-024, STR-051)."""
    return list(AreaContact.objects.filter(departments__overlap=departments)[:4])


def next_meeting(now: datetime) -> Meeting | None:
    """The soonest webinar to come (STR-052)."""
    dated = [
        Meeting(webinar.title, moment, webinar.minutes, webinar.url)
        for webinar in Webinar.objects.filter(is_shown=True)
        if (moment := webinar.next_at(now)) is not None
    ]
    return min(dated, key=lambda meeting: meeting.at, default=None)
