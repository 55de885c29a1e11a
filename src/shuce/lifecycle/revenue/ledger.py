"""The double-entry ledger: append only, balanced to the fen, every line with its cause."""

from shuce.foundation.numbering.numbers import next_number
from shuce.foundation.organizations.models import Signature
from shuce.lifecycle.revenue.models import JournalEntry, JournalLine
from shuce.lifecycle.revenue.rules import Posting, balanced


def post(
    text: str,
    postings: tuple[Posting, ...],
    cause_id: str,
    *,
    by: Signature,
    reverses: JournalEntry | None = None,
) -> JournalEntry:
    """Write one balanced entry. Called by commands only; their event tells of it."""
    assert balanced(postings), f"{text}: debits and credits differ"
    entry = JournalEntry.objects.create(
        number=next_number(f"PZ-{by.today.year}-"),
        text=text,
        cause_id=cause_id,
        posted_on=by.today,
        reverses=reverses,
    )
    JournalLine.objects.bulk_create(
        JournalLine(
            entry=entry, account=posting.account, party_id=posting.party_id, amount=posting.amount
        )
        for posting in postings
        if posting.amount
    )
    return entry
