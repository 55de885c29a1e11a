"""What a value test says about a column."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """How far the values speak for a type, 0 to 1.

    `alone`: the confidence they carry without any name; `named`: with a name that says the same;
    `firm`: nothing else looks like this, so a name to the contrary counts for nothing;
    `against`: the values rule the type out, whatever the name says.
    """

    alone: float = 0.0
    named: float = 0.0
    evidence: tuple[str, ...] = ()
    firm: bool = False
    against: bool = False


NOTHING = Finding()


def ruled_out(why: str) -> Finding:
    """Return the finding that the values cannot be of this type."""
    return Finding(against=True, evidence=(why,))
