"""Quanta: pieces of receipts that share one fate, and the accounts they lie in."""

from enum import Enum

from shuce.engines.breaches.rows import Receipt


class Fate(Enum):
    HELD = "held"
    WITHHELD = "withheld"
    """Held, and a remittance says it was kept back."""
    REMITTED = "remitted"
    NETTED = "netted"
    """Left out of a remittance for costs."""
    SPENT = "spent"


class Quantum:
    """A piece of one receipt. `due` says whether it is the treasury's part or the unit's own."""

    # Set on the class, so that the million quanta to which nothing happens stay cheap.
    fate = Fate.HELD
    by = ""
    claimed = False
    put_back = 0
    stays: tuple[tuple[str, str], ...] = ()
    """Accounts it lay in though it must not, each with the id of the move there, if any."""

    def __init__(self, receipt: Receipt, fen: int, due: bool, account: str | None) -> None:
        self.receipt = receipt
        self.fen = fen
        self.due = due
        self.account = account

    def is_in(self, account: str | None) -> bool:
        return self.account == account and self.fate in (Fate.HELD, Fate.WITHHELD)


class Pool:
    """The money of one account, oldest first; the unit's own part is spent before what is due."""

    __slots__ = ("due", "due_head", "own", "own_head")

    def __init__(self) -> None:
        self.own: list[Quantum] = []
        self.due: list[Quantum] = []
        self.own_head = 0
        self.due_head = 0
