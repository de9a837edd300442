"""What the demo's venues tell: hours, contacts, an image, teachers, a software, ADAGE."""

from datetime import datetime, timedelta
from io import BytesIO

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from offers.models import CatalogueItem, Film
from passpro.accounts.models import User
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from venues.enums import ProviderKind
from venues.models import ApiKey, Provider, Venue
from venues.opening import Range
from venues.services.adage import ask_for_referencing, examine_request, reference_venue
from venues.services.api_keys import hash_secret, issue_provider_api_key
from venues.services.providers import create_provider
from venues.services.public_face import describe_for_teachers, set_image, set_opening_hours
from venues.services.synchronisations import authorise_provider
from venues.services.venues import set_permanent, update_venue

PARTNERS = (
    ("Harmonie", ProviderKind.TICKETING, "Billetterie, devis et groupes scolaires."),
    ("Rideau Rouge", ProviderKind.TICKETING, "Billetterie des salles de spectacle."),
    ("Page et Plume", ProviderKind.BOOKSHOP, "Caisse et stock des librairies indépendantes."),
    ("Ciné-Caisse", ProviderKind.CINEMA, "Billetterie des cinémas de quartier."),
    ("Agenda des Rives", ProviderKind.CALENDAR, "Agenda culturel des communes."),
)

DEMO_SECRET = "0123456789abcdef" * 4
CATALOGUE = (
    ("9782000000012", "Le Passeur de brume", "LIVRE_PAPIER", "Nolwenn Prigent"),
    ("9782000000029", "Les Heures du phare", "LIVRE_PAPIER", "Yann Kervella"),
    ("9782000000036", "Petit atlas des marées", "LIVRE_PAPIER", "Maëlle Guivarch"),
    ("3700000000017", "Chants de quai", "SUPPORT_PHYSIQUE_MUSIQUE_CD", ""),
    ("3700000000024", "Chants de quai, vinyle", "SUPPORT_PHYSIQUE_MUSIQUE_VINYLE", ""),
    ("9782000000999", "Refusé par les conditions d’utilisation", "LIVRE_PAPIER", ""),
)


def create_partners(agent: User) -> str:
    """The list of partners; answers the key of the first one, shown once."""
    by = Actor.user(agent)
    made = [
        create_provider(
            name=name,
            kind=kind,
            summary=summary,
            phone=f"+3338545809{number}",
            contact_email=f"aide{number}@logiciels.example",
            notification_email=f"api{number}@logiciels.example",
            documentation_url="https://logiciels.example/pass-culture",
            feed_url="https://logiciels.example/stocks" if kind == ProviderKind.BOOKSHOP else "",
            by=by,
        )
        for number, (name, kind, summary) in enumerate(PARTNERS)
    ]
    key, _ = issue_provider_api_key(provider_id=made[0].pk, label="Serveurs", user=agent, by=by)
    # The guide of the API (docs/api) can be pasted: everybody's demo has the same key.
    prefix = f"{settings.API_KEY_ENVIRONMENT}_0123456789ab"
    ApiKey.objects.filter(pk=key.pk).update(prefix=prefix, secret_hash=hash_secret(DEMO_SECRET))
    return f"{prefix}_{DEMO_SECRET}"


def fill_catalogue() -> None:
    """Books and records that a shop's software may name by their EAN, and one refused."""
    CatalogueItem.objects.bulk_create(
        CatalogueItem(
            ean=ean,
            title=title,
            subcategory_id=code,
            extra_data={"author": author} if author else {},
            is_refused=title.startswith("Refusé"),
        )
        for ean, title, code, author in CATALOGUE
    )
    Film.objects.create(
        visa="158204",
        allocine_id=280914,
        title="La Rade",
        description="Trois sœurs reprennent le chantier naval de leur père.",
        director="Nour Benali",
        duration_minutes=104,
    )


def dress_theatre(venue: Venue, owner: User, agent: User, now: datetime) -> None:
    """The theatre: everything is filled, Harmonie may act, ADAGE knows it."""
    by = Actor.user(owner)
    update_venue(
        venue_id=venue.pk,
        by=by,
        activity="PERFORMING_ARTS",
        label="SCENE_NATIONALE",
        description="Une salle de 420 places face au port, un studio et un café : danse, "
        "musique et théâtre, toute l’année.",
        withdrawal_details="Billets à retirer à l’accueil, 30 minutes avant le début, avec une "
        "pièce d’identité.",
        phone="+33298000001",
        contact_email="accueil@embruns.example",
        website="https://embruns.example",
        social_links={"instagram": "https://instagram.example/embruns"},
    )
    set_permanent(venue_id=venue.pk, is_permanent=True, by=Actor.user(agent))
    set_opening_hours(
        venue_id=venue.pk,
        ranges=[
            *(Range(day, 13 * 60, 19 * 60) for day in range(1, 5)),
            Range(5, 10 * 60, 12 * 60 + 30),
            Range(5, 14 * 60, 19 * 60),
        ],
        by=by,
    )
    set_image(venue_id=venue.pk, upload=_quay(), credit="Atelier des Embruns", by=by)
    describe_for_teachers(
        venue_id=venue.pk,
        by=by,
        description="Voir, faire, rencontrer : chaque classe croise une équipe artistique et "
        "passe au plateau.",
        level_ids=["COLLEGE4", "COLLEGE3", "GENERAL2", "GENERAL1"],
        domain_ids=[8, 12, 15],
        partner_kind="LIVE_THEATRE",
        legal_status="ASSOCIATION",
        mobility=["culturalPartner", "29", "22", "56"],
        network_ids=["SCENES_NATIONALES"],
        phone="+33298000002",
        email="scolaires@embruns.example",
    )
    harmonie = Provider.objects.get(name="Harmonie")
    authorise_provider(
        venue_id=venue.pk,
        provider_id=harmonie.pk,
        phone="+33298000003",
        contact_email="billetterie@embruns.example",
        notification_email="notifications@embruns.example",
        by=by,
    )
    with clock.at(now - timedelta(days=70)):
        filed = _ask(venue, owner)
    with clock.at(now - timedelta(days=52)):
        examine_request(request_id=filed, file_number="2026-1187", by=Actor.user(agent))
    with clock.at(now - timedelta(days=12)):
        reference_venue(venue_id=venue.pk, adage_id="128029", by=Actor.user(agent))


def dress_shop(venue: Venue, owner: User, agent: User, now: datetime) -> None:
    """The bookshop: hours, and a request that the commission examines."""
    by = Actor.user(owner)
    update_venue(venue_id=venue.pk, by=by, activity="BOOKSTORE", label="LIR", phone="+33298000010")
    set_opening_hours(
        venue_id=venue.pk,
        ranges=[
            one
            for day in range(1, 6)
            for one in (Range(day, 600, 12 * 60 + 30), Range(day, 14 * 60, 19 * 60))
        ],
        by=by,
    )
    with clock.at(now - timedelta(days=20)):
        filed = _ask(venue, owner)
    with clock.at(now - timedelta(days=6)):
        examine_request(request_id=filed, file_number="2026-1312", by=Actor.user(agent))


def _ask(venue: Venue, owner: User) -> int:
    filed = ask_for_referencing(
        venue_id=venue.pk,
        legal_status="ASSOCIATION",
        project="Faire venir les classes, et aller vers celles qui sont loin : lectures, "
        "rencontres, ateliers.",
        references="Trois collèges et un lycée accueillis l’an dernier.",
        domain_ids=[11, 15],
        level_ids=["COLLEGE4", "GENERAL2"],
        contact_name=owner.get_full_name(),
        contact_email=owner.email,
        contact_phone="+33298000004",
        by=Actor.user(owner),
    )
    return filed.pk


def _quay() -> SimpleUploadedFile:
    """A small drawing of ours: the sea, the quay, the lit house."""
    picture = Image.new("RGB", (900, 600), "#25026c")
    draw = ImageDraw.Draw(picture)
    for step in range(24):
        shade = (37 + step * 5, 2 + step * 4, 108 + step * 4)
        draw.rectangle((0, step * 15, 900, step * 15 + 15), fill=shade)
    draw.ellipse((650, 70, 740, 160), fill="#fbebb2")
    draw.rectangle((0, 360, 900, 600), fill="#0e3b5c")
    for wave in range(8):
        draw.line((0, 400 + wave * 26, 900, 392 + wave * 26), fill="#3c6f91", width=3)
    draw.polygon([(230, 240), (420, 140), (610, 240)], fill="#320096")
    draw.rectangle((250, 240, 590, 400), fill="#6123df")
    for column in range(5):
        draw.rectangle((280 + column * 62, 280, 314 + column * 62, 345), fill="#fbebb2")
    file = BytesIO()
    picture.save(file, "PNG")
    return SimpleUploadedFile("quai.png", file.getvalue(), content_type="image/png")
