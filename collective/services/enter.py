"""Open the school's door with a signed address, once (§7.1)."""

from django.db import transaction

from collective import entry
from collective.entry import Ticket
from collective.exceptions import TicketReplayed
from collective.models import EntryTicket


@transaction.atomic
def enter(*, token: str) -> Ticket:
    """Who the address lets in; used up by this call, also when two arrive together.

    Raises BadTicket, TicketExpired, TicketReplayed.
    """
    ticket = entry.read(token)
    _, is_new = EntryTicket.objects.get_or_create(
        jti=ticket.jti, defaults={"expires_at": ticket.expires_at}
    )
    if not is_new:
        raise TicketReplayed
    return ticket
