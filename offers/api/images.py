"""The image of an offer, sent as a file (API-80, API-81)."""

from offers.api.reading import in_their_words, offers_of
from offers.exceptions import KeptByAnother, PartnerImageRefused
from offers.services.image import set_image
from offers.services.partner_image import MAX_BYTES, checked
from passpro.partner_api.answers import refused
from venues.api.door import Call


def upload_image(call: Call, offer_id: int) -> None:
    """API-42: the file first, then the offer."""
    if call.file is None:
        raise refused(400, file=["A file must be provided in the request"])
    credit = call.body.get("credit") or ""
    if "\x00" in credit or len(credit) > 255:
        raise refused(400, credit=["ensure this value has at most 255 characters"])
    try:
        upload = checked(call.file.read(MAX_BYTES + 1))
    except PartnerImageRefused as error:
        raise refused(400, file=error.message) from None
    offer = offers_of(call).filter(pk=offer_id).first()
    if offer is None:
        raise refused(404, offer_id=["The offer could not be found"])
    if offer.provider_id != call.key.provider_id:
        raise KeptByAnother
    in_their_words(lambda: set_image(offer=offer, upload=upload, credit=credit, by=call.by))
