"""Create and edit an offer for a school (API-210 to API-213): what is sent → the services' facts.

Refusals come in the order of API-23, in the words of the real service.
"""

import base64
import binascii
from collections.abc import Callable, Mapping
from datetime import datetime
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, UnidentifiedImageError

from collective.api.partner import body_of, not_allowed, offer_of
from collective.enums import DisplayStatus, LocationKind
from collective.exceptions import (
    ActionNotAllowed,
    InvalidOffer,
    NoSchoolYear,
    NotReferenced,
    PriceRaised,
    WrongDates,
)
from collective.models import CollectiveOffer, Institution, NationalProgramme, SchoolYear
from collective.models.schools import start_year_of
from collective.phones import clean_phone
from collective.services.common import check_referenced
from collective.services.dates import Terms, terms_of
from collective.services.details import Details
from collective.services.partner_offers import (
    change_for_partner,
    change_image,
    create_for_partner,
    details_of,
    place_columns,
    status_of,
)
from passpro.kernel import clock
from passpro.kernel.images import ImageRefused
from passpro.partner_api.answers import Refused, refused
from passpro.reference.education import CULTURAL_DOMAINS
from passpro.reference.school_projects import FORMATS
from venues.api.door import Call
from venues.api.venues import venues_of
from venues.models import KnownAddress, Venue

NULL = "Ce champ peut ne pas être présent mais ne peut pas être null."
NOT_OURS = "Vous n'avez pas les droits d'accès suffisants pour accéder à cette offre collective."
_MAX_CREDIT, _MAX_PLACE, _MAX_DURATION = 255, 200, 100_000
_NOT_NULL = {
    "name", "venueId", "contactEmail", "contactPhone", "description", "domains", "students",
    "location", "interventionArea", "startDatetime", "endDatetime", "totalPrice",
    "numberOfTickets", "audioDisabilityCompliant", "mentalDisabilityCompliant",
    "motorDisabilityCompliant", "visualDisabilityCompliant", "educationalInstitution",
    "educationalInstitutionId", "formats", "bookingEmails",
}  # fmt: skip
# What is sent → columns of the first step.
_PLAIN = {
    "name": "title",
    "description": "description",
    "bookingEmails": "booking_emails",
    "contactEmail": "contact_email",
    "contactPhone": "contact_phone",
    "domains": "domain_ids",
    "students": "level_ids",
    "durationMinutes": "duration_minutes",
    "nationalProgramId": "programme_id",
    "interventionArea": "intervention_area",
    "audioDisabilityCompliant": "audio_accessible",
    "mentalDisabilityCompliant": "mental_accessible",
    "motorDisabilityCompliant": "motor_accessible",
    "visualDisabilityCompliant": "visual_accessible",
}
# Fields that refusals of the services name → what is sent.
_KEYS = {column: sent for sent, column in _PLAIN.items()} | {
    "formats": "formats",
    "location_street": "location",
    "venue": "venueId",
    "institution": "students",
    "starts_at": "startDatetime",
    "ends_at": "endDatetime",
    "booking_limit_at": "bookingLimitDatetime",
    "price": "totalPrice",
    "participants": "numberOfTickets",
}
_CODES = {label: code for code, label in FORMATS.items()}
_DOMAINS = {one.id for one in CULTURAL_DOMAINS if one.is_active}


def create(call: Call) -> dict[str, Any]:
    """200 with the offer, published or under review."""
    body = call.body
    _check_shape(body, is_new=True)
    venue = venues_of(call).select_related("offerer").filter(pk=body["venueId"]).first()
    if venue is None:
        raise refused(404, venueId=["Ce lieu n'à pas été trouvé."])
    _in_their_words(lambda: check_referenced(venue.offerer, by=call.by))
    institution = _institution(body)
    if not institution.is_active:
        raise refused(403, educationalInstitutionId=["L'établissement scolaire n'est pas actif."])
    _check_domains(body["domains"])
    _check_programme(body.get("nationalProgramId"), body["domains"], is_new=True)
    address, place = _place(body["location"], venue, institution)
    details = Details(**_columns(body), **place)
    terms = _terms(body, None)
    _check_dates(terms, is_new=True)
    upload = _image(body)
    offer = _in_their_words(
        lambda: create_for_partner(
            provider=call.provider,
            venue=venue,
            details=details,
            terms=terms,
            institution=institution,
            address=address,
            upload=upload,
            credit=body.get("imageCredit") or "",
            by=call.by,
        )
    )
    return body_of(offer_of(call, offer.pk))


def edit(call: Call, offer_id: int) -> dict[str, Any]:
    """Only what is sent and differs; each fact when the state shown allows it (API-111)."""
    body = call.body
    _check_shape(body, is_new=False)
    offer = offer_of(call, offer_id, NOT_OURS)
    if offer.display_status_at(clock.now()) == DisplayStatus.HIDDEN:
        raise refused(422, **{"global": ["Offre non éditable."]})
    venue = _new_venue(call, body, offer)
    _in_their_words(lambda: check_referenced(offer.venue.offerer, by=call.by))
    _check_institution(body, offer)
    domains = body.get("domains", offer.domain_ids)
    if "domains" in body:
        _check_domains(domains)
    if body.get("nationalProgramId") is not None:
        _check_programme(body["nationalProgramId"], domains, is_new=False)
    stored = details_of(offer)
    columns = {name: getattr(stored, name) for name in Details.__dataclass_fields__}
    address = offer.known_address
    if "location" in body or (
        venue.pk != offer.venue_id and address is None and offer.location == LocationKind.ADDRESS
    ):
        location = body.get("location") or {"type": "ADDRESS", "isVenueAddress": True}
        address, place = _place(location, venue, offer.institution)
        if place["location"] == offer.location and place["intervention_area"]:
            place["intervention_area"] = offer.intervention_area
        columns |= place
    details = Details(**columns | _columns(body))
    before = terms_of(offer.stock)
    terms = _terms(body, before)
    if terms != before:
        _check_dates(terms, is_new=False)
    upload = _image(body)
    _change(call, offer, venue, details, terms, address)
    if "imageFile" in body:
        _in_their_words(
            lambda: change_image(
                offer=offer_of(call, offer_id),
                upload=upload,
                credit=body.get("imageCredit") or "",
                by=call.by,
            ),
            offer,
        )
    return body_of(offer_of(call, offer_id))


def _change(
    call: Call,
    offer: CollectiveOffer,
    venue: Venue,
    details: Details,
    terms: Terms,
    address: KnownAddress | None,
) -> None:
    _in_their_words(
        lambda: change_for_partner(
            offer_id=offer.pk,
            venue=venue,
            details=details,
            terms=terms,
            address=address,
            by=call.by,
        ),
        offer,
    )


def _check_shape(body: Mapping[str, Any], *, is_new: bool) -> None:
    """What the contract's file cannot say; every wrong field is told (API-42)."""
    wrong: dict[str, Any] = {}
    if not is_new:
        wrong = {name: [NULL] for name in sorted(_NOT_NULL & body.keys()) if body[name] is None}
    schools = [body.get("educationalInstitution"), body.get("educationalInstitutionId")]
    given = [one for one in schools if one is not None]
    if len(given) == 2 or (is_new and not given):
        wrong["__root__"] = [
            "Veuillez renseigner soit educationalInstitution, soit educationalInstitutionId."
        ]
    if body.get("contactPhone") is not None and clean_phone(body["contactPhone"]) is None:
        wrong["contactPhone"] = ["Ce numéro de téléphone ne semble pas valide."]
    duration = body.get("durationMinutes")
    if duration is not None and not 0 <= duration <= _MAX_DURATION:
        wrong["durationMinutes"] = [f"ensure this value is between 0 and {_MAX_DURATION}"]
    for name in ("addressLabel", "comment"):
        if len((body.get("location") or {}).get(name) or "") > _MAX_PLACE:
            wrong[f"location.{name}"] = [f"ensure this value has at most {_MAX_PLACE} characters"]
    if len(body.get("imageCredit") or "") > _MAX_CREDIT:
        wrong["imageCredit"] = [f"ensure this value has at most {_MAX_CREDIT} characters"]
    file, credit = body.get("imageFile"), body.get("imageCredit")
    if bool(file) != bool(credit):
        both = (
            "Les champs imageFile et imageCredit sont liés, "
            "si l'un est rempli l'autre doit l'être aussi"
        )
        wrong["__root__" if is_new else "imageFile" if credit else "imageCredit"] = [both]
    if wrong:
        raise Refused(400, wrong)


def _institution(body: Mapping[str, Any]) -> Institution:
    rows = Institution.objects.all()
    if body.get("educationalInstitutionId") is not None:
        found = rows.filter(pk=body["educationalInstitutionId"]).first()
    else:
        found = rows.filter(uai=body["educationalInstitution"]).first()
    if found is None:
        raise refused(404, educationalInstitutionId=["Établissement scolaire non trouvé."])
    return found


def _check_institution(body: Mapping[str, Any], offer: CollectiveOffer) -> None:
    """API-111: fixed once the offer is sent, and software sends it at once."""
    if not {"educationalInstitution", "educationalInstitutionId"} & body.keys():
        return
    found = _institution(body)
    if found == offer.institution:
        return
    if not found.is_active:
        raise refused(403, **{"global": ["cet institution est expiré."]})
    message = not_allowed(offer.display_status_at(clock.now()))
    raise refused(400, **{"global": message})


def _new_venue(call: Call, body: Mapping[str, Any], offer: CollectiveOffer) -> Venue:
    if "venueId" not in body or body["venueId"] == offer.venue_id:
        return offer.venue
    if not Venue.objects.filter(pk=body["venueId"]).exists():
        raise refused(404, venueId=["Ce lieu n'a pas été trouvé."])
    found = venues_of(call).filter(pk=body["venueId"]).first()
    if found is None:
        raise refused(403, venueId=["aucun lieu de fournisseur n'a été trouvé."])
    if found.offerer_id != offer.venue.offerer_id:
        raise refused(400, venueId=["L'offre ne peut pas être déplacée sur ce lieu."])
    return found


def _check_domains(ids: list[int]) -> None:
    if not set(ids) <= _DOMAINS:
        raise refused(404, domains=["Domaine scolaire non trouvé."])


def _check_programme(pk: int | None, domains: list[int], *, is_new: bool) -> None:
    if pk is None:
        return
    programme = NationalProgramme.objects.filter(pk=pk).first()
    if programme is None and is_new:
        raise refused(404, nationalProgramId=["Dispositif national non trouvé."])
    if programme is None:
        raise refused(400, nationalProgramId=["Dispositif inconnu"])
    if not programme.is_active:
        raise refused(400, nationalProgramId=["Dispositif national inactif."])
    if not programme.domains.filter(pk__in=domains).exists():
        raise refused(400, nationalProgramId=["Dispositif national non valide."])


def _place(
    location: Mapping[str, Any], venue: Venue, institution: Institution | None
) -> tuple[KnownAddress | None, dict[str, Any]]:
    address = None
    if location["type"] == LocationKind.ADDRESS and not location["isVenueAddress"]:
        address = KnownAddress.objects.filter(pk=location["addressId"]).first()
        if address is None:
            raise refused(404, **{"location.addressId": ["Adresse non trouvée."]})
    return address, place_columns(
        kind=location["type"],
        venue=venue,
        address=address,
        label=location.get("addressLabel") or "",
        comment=location.get("comment") or "",
        institution=institution,
    )


def _columns(body: Mapping[str, Any]) -> dict[str, Any]:
    found = {ours: body[theirs] for theirs, ours in _PLAIN.items() if theirs in body}
    if "formats" in body:
        found["formats"] = [_CODES[label] for label in dict.fromkeys(body["formats"])]
    for name in ("domain_ids", "level_ids"):
        if name in found:
            found[name] = list(dict.fromkeys(found[name]))
    if "contact_phone" in found:
        found["contact_phone"] = clean_phone(found["contact_phone"]) or ""
    return found


def _terms(body: Mapping[str, Any], before: Terms | None) -> Terms:
    """§5.3: without limit, the start; an end that was the start follows it (API-212)."""
    start = body["startDatetime"] if "startDatetime" in body or before is None else before.starts_at
    end = body.get("endDatetime")
    if end is None:
        was_start = before is None or before.ends_at == before.starts_at
        end = start if was_start or before is None else before.ends_at
    limit = _limit(body, before, start)
    price = body.get("totalPrice")
    detail = body.get("educationalPriceDetail") or ""
    if before is not None:
        detail = detail if "educationalPriceDetail" in body else before.price_detail
    return Terms(
        starts_at=start,
        ends_at=end,
        booking_limit_at=limit,
        price_cents=before.price_cents if before and price is None else round((price or 0) * 100),
        participants=body["numberOfTickets"]
        if "numberOfTickets" in body or before is None
        else before.participants,
        price_detail=detail,
    )


def _limit(body: Mapping[str, Any], before: Terms | None, start: datetime) -> datetime:
    if "bookingLimitDatetime" in body or before is None:
        return body["bookingLimitDatetime"] or start
    return min(before.booking_limit_at, start)


def _check_dates(terms: Terms, *, is_new: bool) -> None:
    if terms.booking_limit_at > terms.starts_at:
        message = (
            "La date limite de réservation ne peut être postérieure à la date de début "
            "de l'évènement"
        )
        raise refused(400, **{"bookingLimitDatetime" if is_new else "global": [message]})
    if terms.ends_at < terms.starts_at:
        message = "La date de fin de l'évènement ne peut précéder la date de début."
        raise refused(400, **{"endDatetime" if is_new else "global": [message]})
    start, end = start_year_of(terms.starts_at), start_year_of(terms.ends_at)
    known = set(
        SchoolYear.objects.filter(start_year__in={start, end}).values_list("start_year", flat=True)
    )
    if start not in known:
        message = "Année scolaire manquante pour la date de début."
        raise refused(400, startDatetime=[message])
    if end not in known:
        raise refused(400, endDatetime=["Année scolaire manquante pour la date de fin."])
    if start != end:
        message = "Les dates de début et de fin ne sont pas sur la même année scolaire."
        raise refused(400, **{"global": [message]})


def _image(body: Mapping[str, Any]) -> SimpleUploadedFile | None:
    """API-82: exactly 400×600, in one of five formats; re-encoded for our own images."""
    if not body.get("imageFile"):
        return None
    try:
        content = base64.b64decode(body["imageFile"].rpartition(",")[2], validate=True)
    except (binascii.Error, ValueError):
        message = "La valeur ne semble pas être du base 64 valide."
        raise refused(400, imageFile=message) from None
    out = BytesIO()
    try:
        picture: Image.Image = Image.open(BytesIO(content))
        size = picture.size
        if picture.format in {"PNG", "JPEG", "MPO", "WEBP"} and size == (400, 600):
            picture.convert("RGB").save(out, "PNG")
        elif picture.format in {"PNG", "JPEG", "MPO", "WEBP"}:
            message = "L'image doit faire exactement 400*600 pixels"
            raise refused(400, imageFile=message)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        out = BytesIO()
    if not out.getvalue():
        message = "Les formats acceptés sont:  png, jpg, jpeg, mpo, webp"
        raise refused(400, imageFile=message)
    return SimpleUploadedFile("image.png", out.getvalue(), content_type="image/png")


def _in_their_words(run: Callable[[], Any], offer: CollectiveOffer | None = None) -> Any:
    """The refusals of the services, each under the key that clients know."""
    try:
        return run()
    except NotReferenced:
        raise refused(403, **{"global": ["Non éligible pour les offres collectives."]}) from None
    except ActionNotAllowed:
        assert offer is not None
        message = not_allowed(status_of(offer.pk, clock.now()))
        raise refused(400, **{"global": message}) from None
    except NoSchoolYear:
        message = "Année scolaire manquante pour la date de début."
        raise refused(400, startDatetime=[message]) from None
    except ImageRefused as error:
        raise refused(400, imageFile=error.message) from None
    except (InvalidOffer, WrongDates, PriceRaised) as error:
        raise refused(400, **{_KEYS.get(error.field or "", "global"): [error.message]}) from None
