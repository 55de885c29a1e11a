"""What an account is to revenue: the treasury's, lawful, or one where revenue must not lie."""

from collections.abc import Mapping
from enum import Enum

from shuce.engines.breaches.ledger import Ledger
from shuce.engines.breaches.rows import Account
from shuce.engines.breaches.settings import Settings


class Standing(Enum):
    TREASURY = "treasury"
    LAWFUL = "lawful"
    UNREGISTERED = "unregistered"
    """Not in the account register: concealed, whosever it is and whatever happens next."""
    PERSONAL = "personal"
    """Of a person or a related party."""
    AGENT = "agent"
    """Of an operator that collects under contract; lawful while its days run."""
    UNAUTHORISED = "unauthorised"


class Accounts:
    """The standing of every account, by id."""

    def __init__(self, ledger: Ledger, settings: Settings) -> None:
        self._ledger = ledger
        self._settings = settings
        self._standing: dict[str, Standing] = {
            account.id: self._judge(account) for account in ledger.accounts.values()
        }

    def standing(self, account: str | None) -> Standing:
        """Return the standing of an account; one that no register lists is unregistered."""
        if account is None:
            return Standing.LAWFUL
        known = self._standing.get(account)
        if known is None:
            is_treasury = account in self._settings.treasury_kinds
            known = Standing.TREASURY if is_treasury else Standing.UNREGISTERED
            self._standing[account] = known
        return known

    def _judge(self, account: Account) -> Standing:
        settings, ledger = self._settings, self._ledger
        if account.kind in settings.treasury_kinds:
            return Standing.TREASURY
        if not account.registered:
            return Standing.UNREGISTERED
        of_a_person = account.owner in ledger.related_parties or account.owner in ledger.staff
        if of_a_person or any(word in account.kind for word in settings.personal_words):
            return Standing.PERSONAL
        if account.authorised:
            return Standing.LAWFUL
        if any(word in account.kind for word in settings.agent_words):
            return Standing.AGENT
        return Standing.UNAUTHORISED

    def name(self, account: str | None) -> str:
        """Name an account for a sentence: its kind and id."""
        known: Mapping[str, Account] = self._ledger.accounts
        if account is None:
            return ""
        return f"{known[account].kind} {account}".strip() if account in known else account
