"""The six levels of GB/T 43697-2024, and the matrix that gives them."""

from shuce.kernel.choices import Choice


class Level(Choice):
    """How strictly data is protected; L1 to L4 are general data, ordered (facts: GB/T 43697, 6)."""

    L1 = "L1", "一般数据1级"
    L2 = "L2", "一般数据2级"
    L3 = "L3", "一般数据3级"
    L4 = "L4", "一般数据4级"
    L5 = "L5", "重要数据"
    L6 = "L6", "核心数据"

    @property
    def rank(self) -> int:
        """1 for the least protected, 6 for core data."""
        return int(self.value[1])

    @property
    def needs_a_person(self) -> bool:
        """Important and core data are identified by people and catalogues, never by a machine."""
        return self.rank >= 5


class ImpactObject(Choice):
    """Whom or what harm to the data would hit (GB/T 43697, 6.4 and annex E)."""

    NATIONAL_SECURITY = "national_security", "国家安全"
    ECONOMY = "economy", "经济运行"
    SOCIAL_ORDER = "social_order", "社会秩序"
    PUBLIC_INTEREST = "public_interest", "公共利益"
    ORGANIZATION = "organization", "组织权益"
    PERSON = "person", "个人权益"


class ImpactDegree(Choice):
    """How badly (GB/T 43697, 6.4 and annex F)."""

    NONE = "none", "无危害"
    GENERAL = "general", "一般危害"
    SERIOUS = "serious", "严重危害"
    VERY_SERIOUS = "very_serious", "特别严重危害"


def highest(*levels: Level) -> Level:
    """Return the strictest of the levels, L1 if there is none (就高从严)."""
    return max(levels, key=lambda level: level.rank, default=Level.L1)
