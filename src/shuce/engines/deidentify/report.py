"""What those who decide learn of a set: how coarse, how safe, how much was lost. No value."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Diversity:
    """Of one sensitive column: the fewest kinds in any group, and the largest share of one kind.

    `blanked` is the share of its values, in percent and rounded up, that too few people have.
    """

    column: str
    fewest: int
    largest_share: float
    blanked: int


@dataclass(frozen=True)
class Report:
    """Of a set. Rows and people are rounded down to a multiple of k: nobody is told of one person.

    `prosecutor` is the risk of who knows that a person is in the set, for the worst group and on
    average; `journalist`, of who does not, against everybody in the source.
    """

    k: int
    diversity: int
    rows: int
    people: int
    rows_lost: int
    people_lost: int
    groups: int
    smallest_group: int
    prosecutor: float
    prosecutor_mean: float
    journalist: float
    sensitive: tuple[Diversity, ...]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, value: Any) -> "Report":
        told = dict(value)
        told["sensitive"] = tuple(Diversity(**one) for one in told["sensitive"])
        return cls(**told)
