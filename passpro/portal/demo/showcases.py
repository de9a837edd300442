"""The demo's templates (« offres vitrines »), what teachers ask about them and keep."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from collective.enums import LocationKind
from collective.models import CollectiveTemplate, Institution
from collective.services.book import Visitor
from collective.services.copies import offer_from_request
from collective.services.details import Details
from collective.services.requests import Wish, keep_template, send_request
from collective.services.templates import (
    Showing,
    create_template,
    decide_template,
    publish_template,
)
from passpro.accounts.models import User
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from venues.models import Venue


@dataclass(frozen=True)
class Showcase:
    title: str
    text: str
    domains: tuple[int, ...]
    kinds: tuple[str, ...]
    levels: tuple[str, ...]
    is_at_school: bool
    price: str
    # Nobody of the team has read it yet.
    waits: bool = False


SHOWCASES = (
    Showcase(
        "Masques et commedia : un atelier pour toute la classe",
        "Deux séances de jeu masqué : le corps, le chœur, l’improvisation. Une comédienne vient "
        "dans votre établissement ; la classe joue ensuite une scène.",
        (15,), ("ATELIER_DE_PRATIQUE",), ("COLLEGE4", "COLLEGE3", "GENERAL2"), True,
        "320 € pour deux séances de deux heures",
    ),
    Showcase(
        "Visite des coulisses et du plateau",
        "Du gril aux loges : les métiers du théâtre racontés par celles et ceux qui les font.",
        (13, 15), ("VISITE_GUIDEE", "CONFERENCE_RENCONTRE"), ("COLLEGE6", "COLLEGE5"), False,
        "5 € par élève, gratuit pour les accompagnateurs",
    ),
    Showcase(
        "Du geste au plateau, avec une chorégraphe",
        "Un parcours de danse sur trois mois, jusqu’à une courte forme montrée aux familles.",
        (8,), ("ATELIER_DE_PRATIQUE", "REPRESENTATION"), ("GENERAL2", "GENERAL1", "GENERAL0"),
        True, "À construire avec vous",
    ),
    Showcase(
        "Le théâtre en langue des signes : rencontre et jeu",
        "Une heure avec une comédienne sourde et son interprète : le visage, les mains, l’espace. "
        "La classe joue une courte scène sans parole.",
        (15,), ("CONFERENCE_RENCONTRE",), ("COLLEGE6", "COLLEGE5"), True,
        "180 € pour une heure et demie", waits=True,
    ),
)  # fmt: skip
TEACHER = ("Claire", "Vidal", "Mme")


def fill_showcases(
    venue: Venue, school: Institution, owner: User, agent: User, now: datetime
) -> None:
    """Three published templates, one to read; a teacher asks about one and keeps another."""
    by, team = Actor.user(owner), Actor.user(agent)
    templates = [_published(one, venue, owner, by, team, now) for one in SHOWCASES]
    first, last, civility = TEACHER
    visitor = Visitor(
        email=f"{last.lower()}@{school.uai.lower()}.ecole.example", uai=school.uai,
        first_name=first, last_name=last, civility=civility, may_prebook=True,
    )  # fmt: skip
    with clock.at(now - timedelta(days=3)):
        keep_template(template_id=templates[1].pk, visitor=visitor)
        send_request(
            template_id=templates[0].pk,
            visitor=visitor,
            wish=Wish(
                comment="Nous travaillons Molière avec une classe de 4e et aimerions deux séances "
                "de masque avant d’aller voir le spectacle. Le jeudi matin est possible.",
                phone="02 98 00 00 31",
                requested_day=clock.paris_day(now) + timedelta(days=70),
                students=28,
                teachers=3,
            ),
        )
        # Another class asks too: its offer is being written.
        other = send_request(
            template_id=templates[1].pk,
            visitor=visitor,
            wish=Wish(comment="Une visite avant les vacances, pour une classe de 6e ?"),
        )
    with clock.at(now - timedelta(days=2)):
        offer_from_request(request_id=other.pk, by=by)


def _published(
    one: Showcase, venue: Venue, owner: User, by: Actor, team: Actor, now: datetime
) -> CollectiveTemplate:
    place = {
        "location": LocationKind.ADDRESS, "location_label": venue.shown_name,
        "location_street": venue.street, "location_postal_code": venue.postal_code,
        "location_city": venue.city,
    } if not one.is_at_school else {
        "location": LocationKind.SCHOOL, "intervention_area": ["29", "22", "56", "35"],
    }  # fmt: skip
    details = Details(
        title=one.title,
        description=one.text,
        domain_ids=list(one.domains),
        formats=list(one.kinds),
        level_ids=list(one.levels),
        duration_minutes=120,
        contact_email="scolaires@embruns.example",
        contact_phone="+33298000002",
        booking_emails=[owner.email],
        motor_accessible=True,
        **place,
    )
    with clock.at(now - (timedelta(hours=30) if one.waits else timedelta(days=20))):
        template = create_template(
            venue=venue,
            details=details,
            showing=Showing(price_detail=one.price, contact_by_form=True),
            by=by,
        )
        template = publish_template(template_id=template.pk, by=by)
        if template.validation == "PENDING" and not one.waits:
            decide_template(template_id=template.pk, is_approved=True, by=team)
    return CollectiveTemplate.objects.get(pk=template.pk)
