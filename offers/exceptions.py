"""Refusals of the offers app; `api_key` is the key of a partner’s error body (§2.18, §3.10)."""

from collections.abc import Iterable

from passpro.kernel.errors import DomainError


class OfferRefusal(DomainError):
    http_status = 400
    api_key = "global"


class OfferFrozen(OfferRefusal):
    """OFF-103, STK-22: nothing moves while under review or once refused."""

    code = "offer_frozen"
    message = "Cette offre est en instruction ou refusée : elle ne peut pas être modifiée."
    http_status = 409


class MadeByPartner(OfferRefusal):
    """OFF-140, STK-22: what a partner's software keeps is changed there (§2.14)."""

    code = "made_by_partner"
    message = "Cette offre est gérée par un logiciel partenaire : modifiez-la dans ce logiciel."

    def __init__(self, message: str | None = None, *, fields: Iterable[str] = ()) -> None:
        """One error per field (OFF-140); `field` is the first of them."""
        self.fields = tuple(fields)
        super().__init__(message, field=next(iter(self.fields), None))


class NotPlanned(OfferRefusal):
    """OFF-121: only what is not visible yet has a publication to change."""

    code = "not_planned"
    message = "La publication de cette offre n’est pas à venir."
    http_status = 409


class NothingToDo(OfferRefusal):
    code = "nothing_to_do"
    message = "Cochez au moins une offre."


class NotADraft(OfferRefusal):
    """OFF-133."""

    code = "not_a_draft"
    message = "Seul un brouillon peut être supprimé. Mettez plutôt cette offre en pause."
    http_status = 409


class InvalidDetails(OfferRefusal):
    """A field of the offer contradicts its subcategory or its venue (§2.3, §2.5 to §2.7)."""

    code = "invalid_details"


class NoRealVenue(OfferRefusal):
    """OFF-32: a physical offer needs a venue."""

    code = "no_real_venue"
    message = "Créez d’abord un lieu : cette offre se passe quelque part."
    api_key = "venue"


class DuplicateEan(OfferRefusal):
    """CAT-23."""

    code = "duplicate_ean"
    message = "Une offre active de ce lieu porte déjà cet EAN."
    api_key = "ean"


class NotPublishable(OfferRefusal):
    """OFF-100."""

    code = "not_publishable"
    message = (
        "Ajoutez d’abord une date ou un stock encore réservable : sans cela, l’offre ne peut "
        "pas être publiée."
    )
    api_key = "offer"


class InvalidPublicationDate(OfferRefusal):
    """OFF-120 to OFF-122."""

    code = "invalid_publication_date"
    message = "La date de publication n’est pas valable."
    api_key = "publicationDate"


class NotPublished(OfferRefusal):
    """OFF-130: pause and resume only touch approved offers."""

    code = "not_published"
    message = "Cette offre n’est pas publiée : publiez-la d’abord."
    http_status = 409


class ReasonMissing(OfferRefusal):
    code = "reason_missing"
    message = "Donnez le motif du refus : il est envoyé au lieu."


class InvalidPriceCategories(OfferRefusal):
    """PRC-01 to PRC-04."""

    code = "invalid_price_categories"
    api_key = "priceCategories"


class PriceCategoryInUse(InvalidPriceCategories):
    """PRC-07."""

    code = "price_category_in_use"
    http_status = 409


class InvalidStock(OfferRefusal):
    """§3.10."""

    code = "invalid_stock"
    api_key = "stocks"


class BadImport(OfferRefusal):
    """A file that is not one, or a choice that cannot be (seed 002)."""

    code = "bad_import"


class SeriesUnderWay(OfferRefusal):
    """STK-36: one series at a time, or both would count the same free lines."""

    code = "series_under_way"
    http_status = 409
    message = "Des dates sont déjà en cours d’ajout à cette offre : attendez qu’elles y soient."


class StockGone(OfferRefusal):
    """Somebody withdrew it meanwhile, perhaps the same person by a second click."""

    code = "stock_gone"
    http_status = 409
    message = "Cette date ou ce stock vient d’être supprimé."


class WrongCodes(OfferRefusal):
    """STK-80."""

    code = "wrong_codes"
    api_key = "global"
    message = "Ces codes d’activation ne conviennent pas."
    http_status = 400


class StockHasBookings(OfferRefusal):
    """STK-57, STK-66: cancelling the bookings of a date is its own use case."""

    code = "stock_has_bookings"
    http_status = 409


class StockTooOld(OfferRefusal):
    """STK-50, STK-62."""

    code = "stock_too_old"
    http_status = 409


class NotEnoughPlaces(OfferRefusal):
    """STK-93: the places asked for are no longer there."""

    code = "not_enough_places"
    message = "Il ne reste plus assez de places."
    api_key = "quantity"


class RuleWithoutCondition(OfferRefusal):
    """MOD-02: without a condition every offer would be held back, or none."""

    code = "rule_without_condition"
    message = "Ajoutez au moins une condition avant d’activer cette règle."


class NotForYoungPeople(OfferRefusal):
    """Favourites and reports are those of young people (Y13)."""

    code = "not_for_young_people"
    message = "Seuls les jeunes bénéficiaires peuvent faire cela."
    http_status = 403


class ReportText(OfferRefusal):
    """OFF-160."""

    code = "report_text"
    message = "Explique en quelques mots pourquoi, avec le motif « Autre » seulement."


class AlreadyReported(OfferRefusal):
    """OFF-160: one report a person and an offer."""

    code = "already_reported"
    message = "Tu as déjà signalé cette offre : notre équipe la regarde."
    http_status = 409


class ReportAlreadyDecided(OfferRefusal):
    code = "report_already_decided"
    message = "Ce signalement est déjà traité."
    http_status = 409


class KeptByAnother(OfferRefusal):
    """API-100: made by hand, or by another software."""

    code = "kept_by_another"
    message = "Les offres importées ne sont pas modifiables"


class FeedStopped(OfferRefusal):
    """PRV-10: nobody reads the feed of a software that is paused, removed or switched off."""

    code = "feed_stopped"
    message = "La synchronisation de ce lieu est arrêtée."


class KeyTaken(OfferRefusal):
    """API-242: a partner's identifier names one offer of a venue, one date or price of an offer."""

    code = "key_taken"
    api_key = "idAtProvider"


class NoTicketing(OfferRefusal):
    """API-170: nobody would issue the tickets."""

    code = "no_ticketing"
    message = (
        "You cannot create an event with `has_ticket=true` because you dont have a ticketing "
        "service enabled (neither at provider level nor at venue level)."
    )


class InvalidRows(OfferRefusal):
    """Several lines of one call are wrong; `problems` has the messages of each field."""

    code = "invalid_rows"

    def __init__(self, problems: dict[str, list[str]]) -> None:
        super().__init__()
        self.problems = problems


class TicketingStillNeeded(OfferRefusal):
    """API-133: these events sell their tickets through the addresses that would go."""

    code = "ticketing_still_needed"
    api_key = "ticketing_urls"

    def __init__(self, offer_ids: list[int]) -> None:
        super().__init__()
        self.offer_ids = offer_ids


class TicketingHalfSet(OfferRefusal):
    """API-132."""

    code = "ticketing_half_set"
    api_key = "ticketing_urls"
    message = "Your `booking_url` and `cancel_url` must be either both set or both unset"


class PartnerImageRefused(OfferRefusal):
    """API-81."""

    code = "partner_image_refused"
    api_key = "imageFile"
