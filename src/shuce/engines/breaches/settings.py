"""Every threshold of the detectors, dated. Change a row here, never a number in a detector."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The thresholds and word lists in force from a day, and how sure we are of them.

    Amounts are fen, spans are days, shares are basis points (10,000 = the whole).
    """

    in_force_from: date
    basis: str

    # The twelve verbs.
    grace_days: int
    """After a due day, before a bill or a debt counts as missing; also how long an outside
    record may wait for its entry in the books."""
    refund_grace_days: int
    tolerance_fen: int
    bonus_window_days: int
    bonus_min_staff: int
    matching_days: int
    """How far apart an outside record and an unnumbered receipt of the same payer and amount
    may lie and still be one payment."""

    treasury_kinds: frozenset[str] = frozenset({"国库", "财政专户", "非税汇缴"})
    free_purposes: frozenset[str] = frozenset({"公共治理", "公益事业", "公益"})
    waiver_authority: str = "财政"
    right_subjects: frozenset[str] = frozenset({"应缴财政款", "应缴国库款", "应缴财政专户款"})
    current_account_words: tuple[str, ...] = (
        "往来", "其他应付", "其他应收", "应付账款", "暂存", "暂收", "代管",
    )  # fmt: skip
    unbooked_words: frozenset[str] = frozenset({"未入账", "账外"})
    deposit_natures: frozenset[str] = frozenset({"押金", "保证金"})
    disposal_natures: frozenset[str] = frozenset({"处置收入"})
    personal_words: tuple[str, ...] = ("个人", "私人", "关联")
    agent_words: tuple[str, ...] = ("代收", "运营", "托管")
    treasury_refund_words: tuple[str, ...] = ("国库", "财政", "退付", "退库")

    # The red lines of N-4 and G-15.
    round_trip_days: int = 180
    lump_sum_years: int = 10
    silent_days: int = 180
    """After a fee is paid, how long no use at all is still no sign of a sham."""
    fee_over_appraisal_bp: int = 12_000
    december_bp: int = 5_000
    premium_bp: int = 10_000
    appraisals_apart_months: int = 12
    appraisals_differ_bp: int = 3_000
    same_appraiser_times: int = 3
    impairment_bp: int = 5_000
    forbidden_guarantors: frozenset[str] = frozenset({"行政单位", "事业单位"})
    platform_words: tuple[str, ...] = ("融资平台", "城投")
    loan_words: tuple[str, ...] = ("贷款", "借款", "发债")
    public_words: tuple[str, ...] = ("公众", "社会")

    def adjusted(self, given: Mapping[str, object]) -> "Settings":
        """Return these settings with the whole numbers named in `given` put in their place."""
        numbers = {field.name for field in fields(self) if field.type in (int, "int")}
        return replace(
            self,
            **{  # type: ignore[arg-type]  # only fields of type int get here, with an int
                name: value
                for name, value in given.items()
                if name in numbers and isinstance(value, int) and not isinstance(value, bool)
            },
        )


TABLE: tuple[Settings, ...] = (
    Settings(
        in_force_from=date(2024, 1, 1),
        basis="工作口径：宽限与容差为设定值；依据财资〔2024〕1号第七条、预算法第五十五至五十六条、"
        "财政违法行为处罚处分条例第三、四、八条",
        grace_days=30,
        refund_grace_days=30,
        tolerance_fen=1,
        bonus_window_days=7,
        bonus_min_staff=3,
        matching_days=10,
    ),
)
"""All settings ever in force, oldest first."""

DEFAULTS = TABLE[-1]


def settings_on(day: date) -> Settings:
    """Return the settings in force on `day`; before the first row, the first."""
    in_force = [row for row in TABLE if row.in_force_from <= day]
    return in_force[-1] if in_force else TABLE[0]
