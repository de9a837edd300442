"""The file of a venue at ADAGE as a line of life (collective.md §13.3)."""

from dataclasses import dataclass, field
from datetime import datetime

from venues.enums import AdageStatus
from venues.models import AdageRequest, Venue

UPCOMING, CURRENT, DONE, BAD = "todo", "current", "done", "bad"


@dataclass(frozen=True, slots=True)
class Step:
    """`state` is todo, current, done or bad; `at` when it happened."""

    title: str
    state: str
    text: str = ""
    at: datetime | None = None
    author: str = ""


@dataclass(frozen=True, slots=True)
class AdageFile:
    """The latest request of a venue, its steps, and whether a new one may be filed."""

    venue: Venue
    request: AdageRequest | None
    steps: list[Step] = field(default_factory=list)

    @property
    def is_started(self) -> bool:
        return self.request is not None or self.venue.is_referenced_for_schools

    @property
    def is_open(self) -> bool:
        return self.request is not None and self.request.status in {
            AdageStatus.SUBMITTED,
            AdageStatus.UNDER_REVIEW,
        }

    @property
    def may_ask(self) -> bool:
        return not self.venue.is_referenced_for_schools and (
            self.request is None
            or self.request.status
            in {AdageStatus.REFUSED, AdageStatus.DROPPED, AdageStatus.WITHDRAWN}
        )


def file_of(venue: Venue) -> AdageFile:
    """Reads `venue.adage_requests` and their `transitions`, to be prefetched for a list."""
    requests = sorted(venue.adage_requests.all(), key=lambda one: one.pk)
    request = requests[-1] if requests else None
    return AdageFile(venue, request, _steps(venue, request))


def _steps(venue: Venue, request: AdageRequest | None) -> list[Step]:
    if request is None:
        return [_added(venue, accepted=False)] if venue.is_referenced_for_schools else []
    when = {log.after: log for log in request.transitions.all()}
    status = request.status
    filed, taken = when.get(AdageStatus.SUBMITTED), when.get(AdageStatus.UNDER_REVIEW)
    steps = [
        Step("Demande déposée", DONE, at=request.created_at,
             author=filed.actor_label if filed else ""),
    ]  # fmt: skip
    ended = when.get(status) if status not in {
        AdageStatus.SUBMITTED, AdageStatus.UNDER_REVIEW} else None  # fmt: skip
    if status in {AdageStatus.DROPPED, AdageStatus.WITHDRAWN}:
        if taken:
            steps.append(Step("Examinée par la commission", DONE, at=taken.at))
        words = {
            AdageStatus.DROPPED: "Classée sans suite",
            AdageStatus.WITHDRAWN: "Retirée par la structure",
        }
        steps.append(
            Step(words[AdageStatus(status)], BAD, ended.why if ended else "",
                 ended.at if ended else None, ended.actor_label if ended else "")
        )  # fmt: skip
        return steps
    steps.append(_examination(request, taken.at if taken else None))
    steps.append(_decision(status, ended.why if ended else "", ended.at if ended else None))
    if status != AdageStatus.REFUSED or venue.is_referenced_for_schools:
        steps.append(_added(venue, accepted=status == AdageStatus.ACCEPTED))
    return steps


def _examination(request: AdageRequest, at: datetime | None) -> Step:
    academy = f" de l’académie de {request.academy}" if request.academy else ""
    text = f"La commission régionale{academy} (rectorat et DRAC) étudie votre demande."
    if request.status == AdageStatus.SUBMITTED:
        return Step("En attente d’examen", CURRENT, text)
    if request.status == AdageStatus.UNDER_REVIEW:
        number = f" Dossier n° {request.file_number}." if request.file_number else ""
        return Step("En instruction", CURRENT, text + number, at)
    return Step("Examinée par la commission", DONE, at=at)


def _decision(status: str, why: str, at: datetime | None) -> Step:
    if status == AdageStatus.ACCEPTED:
        return Step("Demande acceptée", DONE, why, at)
    if status == AdageStatus.REFUSED:
        return Step("Demande refusée", BAD, why, at)
    return Step("Décision de la commission", UPCOMING)


def _added(venue: Venue, *, accepted: bool) -> Step:
    if venue.is_referenced_for_schools:
        return Step(
            "Ajouté dans ADAGE",
            DONE,
            "Les enseignants trouvent ce lieu : vérifiez ce qu’ils lisent de vous.",
            venue.adage_referenced_at,
        )
    text = "ADAGE ajoute le lieu dans les prochains jours." if accepted else ""
    return Step("Ajout dans ADAGE", CURRENT if accepted else UPCOMING, text)
