"""Days, codes, coordinates, amounts and network addresses."""

from datetime import date

from shuce.engines.scan.checks import is_region_code
from shuce.engines.scan.detectors.finding import NOTHING, Finding, ruled_out
from shuce.engines.scan.rulebook import patterns, words
from shuce.engines.scan.sampled import SampledColumn
from shuce.kernel.words import say

# China's outline, in degrees: GB/T 2260 territory.
_LONGITUDES, _LATITUDES = (73.0, 135.2), (3.5, 53.7)


def day_of(value: str) -> date | None:
    """Return the day a text names, in any way offices write one; the first of a bare month."""
    for pattern in ("date_iso", "date_compact", "date_month", "date_bare_month"):
        if match := patterns()[pattern].match(value):
            parts = [int(part) for part in match.groups()]
            try:
                return date(parts[0], parts[1], parts[2] if len(parts) > 2 else 1)
            except ValueError:
                return None
    return None


def birth_date(column: SampledColumn, today: date) -> Finding:
    days = [day for day in map(day_of, column.values) if day]
    share = len(days) / max(1, len(column))
    if len(column) >= 5 and share < 0.3:
        return ruled_out(say("是日期的值只有 {share:.0%}", share=share))
    if not days:
        return NOTHING
    possible = sum(1 for day in days if date(1900, 1, 1) <= day <= today) / len(days)
    if possible < 0.9:
        return ruled_out(say("有 {share:.0%} 的日期不可能是出生日期", share=1 - possible))
    years = sorted(day.year for day in days)
    spread = years[int(0.95 * (len(years) - 1))] - years[int(0.05 * (len(years) - 1))]
    timed = sum(":" in v and not v.endswith(("00:00:00", "00:00")) for v in column.values)
    if timed > 0.5 * len(column):
        return ruled_out(say("带有时分秒，是时间戳"))
    evidence = (say("{share:.0%} 的值是日期，年份跨度 {spread} 年", share=share, spread=spread),)
    # Many kinds of days look alike: without a name a wide spread is only a hint.
    return Finding(
        0.4 if spread >= 35 and len(days) >= 20 else 0.1,
        0.97 if spread >= 8 or len(days) < 30 else 0.7,
        evidence,
    )


def gender(column: SampledColumn) -> Finding:
    named = sum(v.lower() in words().genders for v in column.values) / max(1, len(column))
    coded = sum(v in words().gender_codes for v in column.values) / max(1, len(column))
    said = any(v.lower() in ("男", "女", "男性", "女性", "male", "female") for v in column.counts)
    if len(column) >= 5 and max(named, coded, _either(column)) < 0.6:
        return ruled_out(say("值不是性别"))
    evidence = (say("值只有性别或其代码：{values}", values="、".join(sorted(column.counts)[:5])),)
    if said and _either(column) >= 0.8:
        return Finding(0.95, 0.99, evidence)
    letters = {v.upper() for v in column.counts} <= {"M", "F", "U"} and len(column.counts) > 1
    return Finding(0.66 if letters else 0.05, 0.95, evidence)


def _either(column: SampledColumn) -> float:
    both = words().genders | words().gender_codes
    return sum(v.lower() in both for v in column.values) / max(1, len(column))


def region_code(column: SampledColumn) -> Finding:
    share = sum(map(is_region_code, column.compacted)) / max(1, len(column))
    if len(column) >= 5 and share < 0.5:
        return ruled_out(say("是行政区划代码的值只有 {share:.0%}", share=share))
    evidence = (say("{share:.0%} 的值是行政区划代码（GB/T 2260）", share=share),)
    return Finding(0.93 * share if len(column.counts) >= 2 else 0.5 * share, 0.98, evidence)


def gps(column: SampledColumn) -> Finding:
    if (pairs := column.share(patterns()["lng_lat"])) > 0.5:
        return Finding(
            0.95 * pairs, 0.99, (say("{share:.0%} 的值是成对的经纬度", share=pairs),), firm=True
        )
    numbers = column.numbers
    if len(numbers) < 0.7 * len(column):
        return ruled_out(say("值不是数字")) if len(column) >= 5 else NOTHING
    axis = axis_of(column)
    precise = _precise(column)
    if not axis or precise < 0.5:
        return ruled_out(say("数值不在我国经纬度范围内，或没有小数"))
    kind = say("经度") if axis == "longitude" else say("纬度")
    evidence = (say("{share:.0%} 的值在我国{kind}范围内且至少三位小数", share=precise, kind=kind),)
    fine = _precise(column, 4) > 0.5
    alone = 0.45 if axis == "longitude" else 0.35
    return Finding(alone if fine else 0.2, 0.97, evidence)


def axis_of(column: SampledColumn) -> str:
    """Return "longitude" or "latitude" if nearly all values lie in China's range, else ""."""
    numbers = column.numbers
    for axis, (low, high) in (("longitude", _LONGITUDES), ("latitude", _LATITUDES)):
        if numbers and sum(low <= n <= high for n in numbers) >= 0.95 * len(numbers):
            return axis
    return ""


def _precise(column: SampledColumn, decimals: int = 3) -> float:
    """Return the share of values with at least so many decimals, as measured positions have."""
    return sum(len(v.partition(".")[2]) >= decimals for v in column.values) / max(1, len(column))


def income(column: SampledColumn) -> Finding:
    if len(column) >= 5 and column.numeric_share < 0.6:
        return ruled_out(say("值不是金额"))
    numbers = sorted(column.numbers)
    if not numbers:
        return NOTHING
    middle = numbers[len(numbers) // 2]
    if not 100 <= middle <= 5_000_000 and not 0.1 <= middle < 100:
        return ruled_out(say("数额不像个人收入"))
    if len(column) >= 20 and len(column.counts) <= 3:
        return ruled_out(say("只有 {count} 种不同的值", count=len(column.counts)))
    evidence = (say("数值的中位数为 {digits} 位数", digits=len(str(int(middle)))),)
    return Finding(0.0, 0.92 if middle >= 100 else 0.7, evidence)


def ip(column: SampledColumn) -> Finding:
    v4, v6 = column.share(patterns()["ipv4"]), column.share(patterns()["ipv6"])
    share = v4 + v6
    if len(column) >= 5 and share < 0.3:
        return ruled_out(say("符合IP地址格式的只有 {share:.0%}", share=share))
    octets = [
        int(part)
        for v in column.values
        if patterns()["ipv4"].match(v)
        for part in v.split(":")[0].split(".")
    ]
    evidence = [say("{share:.0%} 的值符合IP地址格式", share=share)]
    if v4 > v6 and octets and sum(octet > 99 for octet in octets) < 0.08 * len(octets):
        evidence.append(say("各段数字都很小，更像版本号"))
        return Finding(0.2 * share, 0.85, tuple(evidence))
    return Finding(0.97 * share, 0.99, tuple(evidence))


def mac(column: SampledColumn) -> Finding:
    share = column.share(patterns()["mac"])
    if len(column) >= 5 and share < 0.3:
        return ruled_out(say("符合MAC地址格式的只有 {share:.0%}", share=share))
    return Finding(
        0.98 * share, 0.99, (say("{share:.0%} 的值符合MAC地址格式", share=share),), firm=True
    )
