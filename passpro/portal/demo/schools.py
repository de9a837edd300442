"""The demo's schools: budgets, and one offer of the theatre in each state of its life."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from collective.enums import LocationKind, Ministry
from collective.models import CollectiveOffer, Institution, SchoolBudget, SchoolYear
from collective.models.schools import start_year_of
from collective.services import jobs
from collective.services.book import Visitor, confirm, prebook, refuse
from collective.services.dates import Terms, remove_date, set_terms
from collective.services.details import Details, address_to_school, create_draft
from collective.services.images import set_image
from collective.services.publish import approve_offer, archive_offer, publish_offer
from passpro.accounts.models import User
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from passpro.portal.demo.posters import poster
from passpro.portal.demo.showcases import fill_showcases
from venues.models import Offerer, Provider, Venue

# Invented schools with codes whose letter holds.
SCHOOLS = (
    ("0290345T", "COLLEGE", "ANNE DE BRETAGNE", "Brest", "29200", 6_000_00, True),
    ("0290346U", "LYCEE POLYVALENT", "JACQUES CARTIER", "Quimper", "29000", 9_500_00, True),
    ("0220210J", "COLLEGE", "PAUL FEVAL", "Lannion", "22300", 2_400_00, False),
    ("0350512S", "LYCEE GENERAL", "CHATEAUBRIAND", "Rennes", "35000", 12_000_00, True),
    ("0560118Z", "COLLEGE", "DES ILES", "Lorient", "56100", 3_200_00, False),
)
TEACHERS = (("Claire", "Vidal", "Mme"), ("Thomas", "Ferrand", "M."), ("Aïcha", "Benali", "Mme"))
HEAD = Actor.school("Hélène Chassagnard, cheffe d’établissement")


@dataclass(frozen=True)
class Show:
    """`event`, `limit`: days from now; `ends` says how far the story of the offer goes."""

    title: str
    text: str
    domain: int
    kind: str
    school: int
    cents: int
    pupils: int
    event: int
    limit: int
    ends: str
    # Days since it was written.
    age: int = 10


SHOWS = (
    Show("Le Lac des cygnes, séance scolaire", "Une heure et quart de danse, puis une rencontre "
         "avec les interprètes.", 8, "REPRESENTATION", 0, 200_00, 27, 45, 7, "published"),
    Show("Masques et commedia", "Un atelier de jeu masqué pour toute la classe.",
         15, "ATELIER_DE_PRATIQUE", 1, 320_00, 31, 50, 20, "prebooked"),
    Show("Sur les traces du corsaire", "Visite contée du port et des coulisses.",
         13, "VISITE_GUIDEE", 0, 312_00, 28, 60, 5, "prebooked"),
    Show("Conte et percussions", "Un conte et ses tambours, joués dans l’établissement.",
         12, "CONCERT", 2, 144_00, 24, 35, 10, "booked"),
    Show("Atelier marionnettes", "Fabriquer et manipuler une marionnette.",
         15, "ATELIER_DE_PRATIQUE", 3, 160_00, 22, -4, -6, "booked"),
    Show("Initiation à l’an-dro", "Une matinée de danse bretonne.",
         8, "ATELIER_DE_PRATIQUE", 4, 96_00, 30, 20, -1, "published"),
    Show("Rencontre avec une chorégraphe", "Une heure d’échange après la répétition.",
         8, "CONFERENCE_RENCONTRE", 3, 0, 18, 30, 12, "refused"),
    Show("Ciné-concert au port", "Un film muet et un trio.", 6, "PROJECTION_AUDIOVISUELLE",
         1, 275_00, 60, 40, 15, "archived"),
    Show("Portes ouvertes du plateau", "Visite libre du théâtre, un jeudi.", 15, "VISITE_LIBRE",
         4, 0, 35, 55, 25, "review"),
    Show("Le Petit Prince, dans votre classe", "Lecture à deux voix.", 11, "REPRESENTATION",
         2, 180_00, 26, 70, 40, "draft"),
    Show("Carnet de bord, lecture en mer", "Une lecture à bord, par petits groupes.", 11,
         "REPRESENTATION", 1, 240_00, 30, -25, -35, "booked", 60),
    Show("Fabrique de sons", "Un après-midi de bruitage au studio.", 12, "ATELIER_DE_PRATIQUE",
         3, 150_00, 20, 65, 30, "undated"),
)  # fmt: skip


def fill_schools(offerer: Offerer, owner: User, agent: User, now: datetime) -> None:
    """Years, schools and budgets; then each offer goes as far as its story says."""
    # ADAGE knows one of its venues, the theatre itself.
    venue = offerer.venues.filter(adage_id__gt="")[0]
    year = start_year_of(now)
    years = [
        SchoolYear.objects.create(code=str(start - 2014), start_year=start)
        for start in (year - 1, year, year + 1)
    ]
    schools = [
        Institution.objects.create(
            uai=uai, kind=kind, name=name, city=city, postal_code=postal_code,
            email=f"{uai.lower()}@ac.example", phone="02 98 00 00 20",
        )
        for uai, kind, name, city, postal_code, _, _ in SCHOOLS
    ]  # fmt: skip
    SchoolBudget.objects.bulk_create(
        SchoolBudget(
            institution=school, year=one, ministry=Ministry.EDUCATION, amount_cents=row[5],
            is_final=row[6],
        )
        for school, row in zip(schools, SCHOOLS, strict=True)
        for one in years
    )  # fmt: skip
    for number, show in enumerate(SHOWS):
        _tell(show, number, venue, schools[show.school], owner, agent, now)
    fill_showcases(venue, schools[0], owner, agent, now)
    jobs.expire(now=now)
    # One was used three weeks ago: a batch since then has paid it.
    jobs.use(now=now - timedelta(days=21))
    jobs.use(now=now)
    _dress(owner)


def _dress(owner: User) -> None:
    """A poster, and an offer that Rideau Rouge keeps, as its own calls write it."""
    offers = CollectiveOffer.objects.select_related("venue__offerer")
    swans = offers.get(title=SHOWS[0].title)
    set_image(of=swans, upload=poster("#1b1464", "#5b8def"), by=Actor.user(owner), credit="Marée")
    offers.filter(title="Conte et percussions").update(
        provider=Provider.objects.get(name="Rideau Rouge")
    )


def _tell(
    show: Show, number: int, venue: Venue, school: Institution, owner: User, agent: User,
    now: datetime,
) -> None:  # fmt: skip
    by, team = Actor.user(owner), Actor.user(agent)
    with clock.at(now - timedelta(days=show.age, hours=5 - number % 5)):
        offer = create_draft(venue=venue, details=_details(show, venue, owner), by=by)
        set_terms(offer_id=offer.pk, terms=_terms(show, venue, now), by=by)
        address_to_school(offer_id=offer.pk, institution=school, teacher=None, by=by)
    if show.ends == "draft":
        return
    with clock.at(now - timedelta(days=show.age - 1, hours=8 - number % 5)):
        publish_offer(offer_id=offer.pk, by=by)
    if show.ends == "review":
        return
    with clock.at(now - timedelta(days=show.age - 1, hours=2)):
        if CollectiveOffer.objects.filter(pk=offer.pk, validation="PENDING").exists():
            approve_offer(offer_id=offer.pk, by=team)
    if show.ends == "archived":
        with clock.at(now - timedelta(days=6)):
            archive_offer(offer_id=offer.pk, by=by)
    if show.ends in {"prebooked", "booked", "refused", "undated"}:
        first, last, civility = TEACHERS[number % len(TEACHERS)]
        with clock.at(now - timedelta(days=show.age - 2, hours=number % 4)):
            booking = prebook(
                offer_id=offer.pk,
                visitor=Visitor(
                    email=f"{last.lower()}@{school.uai.lower()}.ecole.example",
                    uai=school.uai, first_name=first, last_name=last, civility=civility,
                    may_prebook=True,
                ),
            )  # fmt: skip
        with clock.at(now - timedelta(days=show.age - 3)):
            if show.ends == "booked":
                confirm(booking_id=booking.pk, by=HEAD)
            elif show.ends == "refused":
                refuse(booking_id=booking.pk, by=HEAD)
            elif show.ends == "undated":
                remove_date(offer_id=offer.pk, by=by)


def _details(show: Show, venue: Venue, owner: User) -> Details:
    return Details(
        title=show.title,
        description=show.text,
        domain_ids=[show.domain],
        formats=[show.kind],
        level_ids=["COLLEGE4", "COLLEGE3", "GENERAL2"],
        duration_minutes=75,
        location=LocationKind.ADDRESS,
        location_label=venue.shown_name,
        location_street=venue.street,
        location_postal_code=venue.postal_code,
        location_city=venue.city,
        contact_email="scolaires@embruns.example",
        contact_phone="+33298000002",
        booking_emails=[owner.email],
        motor_accessible=True,
    )


def _terms(show: Show, venue: Venue, now: datetime) -> Terms:
    zone = ZoneInfo(venue.time_zone)
    today = now.astimezone(zone).replace(minute=0, second=0, microsecond=0)
    start = (today + timedelta(days=show.event)).replace(hour=14, minute=30)
    if start.weekday() > 4:  # no school at the weekend
        start -= timedelta(days=2)
    limit = (today + timedelta(days=show.limit)).replace(hour=23, minute=59, second=59)
    pupils = show.pupils - 2
    each = f"SCOLAIRE SECONDAIRE à {show.cents // pupils / 100:.2f} € x {pupils}".replace(".", ",")
    if show.cents % pupils:
        each = f"Forfait pour {pupils} élèves"
    return Terms(
        starts_at=start,
        ends_at=start,
        booking_limit_at=min(limit, start),
        price_cents=show.cents,
        participants=show.pupils,
        price_detail=f"{each}\nACCOMPAGNATEUR GROUPE à 0,00 € x 2",
    )
