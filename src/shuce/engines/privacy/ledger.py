"""How much of a privacy budget is spent. Sequential composition: epsilons add up."""

from dataclasses import dataclass

# Sums of decimals like 0.1 miss by a few parts in 10^16; that is no overspending.
_SLACK = 1e-9


class BudgetExhausted(Exception):
    """The budget does not reach for this."""


@dataclass(frozen=True)
class Ledger:
    """Epsilon granted and epsilon spent."""

    total: float
    spent: float = 0.0

    @property
    def left(self) -> float:
        return max(0.0, self.total - self.spent)

    def spend(self, epsilon: float) -> "Ledger":
        """Return the ledger after spending `epsilon`; raise BudgetExhausted if it is not there."""
        if not epsilon >= 0:
            raise ValueError("epsilon must not be negative")
        if self.spent + epsilon > self.total + _SLACK:
            raise BudgetExhausted
        return Ledger(self.total, self.spent + epsilon)
