"""What a detector hands back."""

from collections.abc import Iterable
from dataclasses import dataclass

from shuce.engines.breaches.codes import Code
from shuce.kernel.clauses import Clause
from shuce.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Finding:
    """One breach, warning or red line: how much, shown by which records, and why in words.

    `why` is a plain Chinese sentence that an auditor can paste; `refs` are ids of the records.
    """

    code: Code
    amount_fen: int
    refs: tuple[str, ...]
    why: str
    clause: Clause = Clause.N_7

    @property
    def label(self) -> str:
        return self.code.label

    def as_answer(self) -> dict[str, object]:
        """Return the finding in the form of findings.json."""
        return {
            "code": self.code.value,
            "label": self.label,
            "amount_fen": self.amount_fen,
            "refs": list(self.refs),
            "why": self.why,
            "clause": self.clause.value,
        }


def refs_of(*ids: str | None, more: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the ids that there are, each once, in the order given."""
    return tuple(dict.fromkeys(i for i in (*ids, *more) if i))


def yuan(fen: int) -> str:
    """Write an amount of fen the way findings do: ¥30,000.00."""
    return str(Money(fen))
