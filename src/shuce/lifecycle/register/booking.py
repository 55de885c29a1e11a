"""That the books carry an asset is noted on its card by the command that booked it."""

from datetime import date

from shuce.foundation.evidence.recording import command, record
from shuce.foundation.organizations.models import Signature
from shuce.kernel.money import Money
from shuce.lifecycle.register import events
from shuce.lifecycle.register.models import Card
from shuce.lifecycle.register.words import Booking


@command
def note_booking(
    card: Card,
    account_code: str,
    voucher_number: str,
    booked_on: date,
    cost: Money,
    *,
    by: Signature,
) -> Card:
    """Note on a card that it was taken into the books, at what and under which voucher."""
    card = Card.objects.select_for_update(of=("self",)).get(id=card.id)
    card.booking = Booking.BOOKED
    card.account_code, card.voucher_number = account_code, voucher_number
    card.booked_on, card.cost = booked_on, cost
    card.save(update_fields=["booking", "account_code", "voucher_number", "booked_on", "cost"])
    record(
        events.BookingNoted(
            card.id,
            account_code,
            voucher_number,
            cost.fen,
            asset_id=card.id,
            organization_id=card.holder_id,
        ),
        by,
    )
    return card
