"""What the theatre's offers look like and how they change: images, another address, a software."""

from datetime import timedelta
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from bookings.services.postpone import postpone_stock
from offers.models import Offer, Stock
from offers.services.duplicate import duplicate_offer
from offers.services.image import set_image
from offers.services.place import OwnAddress, put_at
from passpro.accounts.models import User
from passpro.kernel import clock
from passpro.kernel.actor import Actor
from venues.models import Provider

# Title of the offer → sky and sea of its poster.
_POSTERS = {
    "Le Lac des cygnes": ("#1b1464", "#5b8def"),
    "Carte blanche à Sœurs Lumière": ("#7a1f5c", "#f6a821"),
    "Quartet Kervella – jazz au large": ("#083344", "#0e9f8a"),
}


def dress_offers(owner: User) -> None:
    """Posters, a ball outdoors, a visit that Rideau Rouge keeps, a concert put off, a copy."""
    by = Actor.user(owner)
    offers = {offer.title: offer for offer in Offer.objects.select_related("venue__offerer")}
    for title, (sky, sea) in _POSTERS.items():
        set_image(offer=offers[title], upload=poster(sky, sea), credit="Atelier Marée", by=by)
    put_at(
        offer=offers["Bal du kiosque"],
        address=OwnAddress(
            label="Esplanade du château",
            street="Boulevard de la Marine",
            postal_code="29200",
            city="Brest",
        ),
        by=by,
    )
    # As the software's own calls write it.
    Offer.objects.filter(pk=offers["Visite des coulisses"].pk).update(
        provider=Provider.objects.get(name="Rideau Rouge"), provider_key="RR-COULISSES"
    )
    duplicate_offer(offer=offers["Rencontre : écrire pour la radio"], by=by)
    _put_off(offers["Quartet Kervella – jazz au large"], by)


def _put_off(offer: Offer, by: Actor) -> None:
    """A week later, same hour: those who booked are told and may give up their place."""
    ahead = Stock.objects.live().filter(offer=offer, beginning_at__gt=clock.now())
    stock = ahead.order_by("beginning_at").first()
    if stock and stock.beginning_at:
        postpone_stock(stock=stock, beginning_at=stock.beginning_at + timedelta(days=7), by=by)


def poster(sky: str, sea: str) -> SimpleUploadedFile:
    """A moon over two waves, drawn here: nobody's rights are at stake."""
    picture = Image.new("RGB", (800, 1200), sky)
    draw = ImageDraw.Draw(picture)
    draw.ellipse((250, 170, 550, 470), fill="#fff4d6")
    for depth, top in enumerate((700, 840, 980)):
        for left in range(-200, 900, 260):
            shift = 90 * depth
            box = (left + shift - 120, top, left + shift + 240, top + 520)
            draw.ellipse(box, fill=sea if depth % 2 == 0 else sky)
    file = BytesIO()
    picture.save(file, "PNG")
    return SimpleUploadedFile("affiche.png", file.getvalue(), content_type="image/png")
