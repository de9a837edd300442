"""Every pair of states, allowed or not."""

from itertools import product

import pytest

from offers.enums import OfferValidation
from offers.transitions import TRANSITIONS, move
from passpro.kernel import clock
from passpro.kernel.actor import SYSTEM
from passpro.kernel.errors import ForbiddenTransition
from tests.offers.factories import OfferFactory


@pytest.mark.django_db
@pytest.mark.parametrize(("start", "end"), list(product(OfferValidation, repeat=2)))
def test_a_move_is_made_and_logged_or_refused(start, end):
    now = clock.now()
    offer = OfferFactory(validation=start, is_active=False, validated_at=now, publication_at=now)

    if end in TRANSITIONS[start]:
        move(offer, end, by=SYSTEM, why="parce que")
        offer.refresh_from_db()
        assert (offer.validation, offer.transitions.get().before) == (end, start)
    else:
        with pytest.raises(ForbiddenTransition):
            move(offer, end, by=SYSTEM)
        assert not offer.transitions.exists()
