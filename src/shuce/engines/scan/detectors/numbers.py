"""Identifiers of people, bodies, cards and cars: shape, check digit, and what speaks against."""

from datetime import date

from shuce.engines.scan.checks import (
    is_bank_card,
    is_org_code,
    is_valid_resident_id,
    is_vin,
    looks_like_resident_id,
)
from shuce.engines.scan.detectors.finding import NOTHING, Finding, ruled_out
from shuce.engines.scan.rulebook import issuers, patterns, settings
from shuce.engines.scan.sampled import SampledColumn
from shuce.kernel.identifiers import is_uscc
from shuce.kernel.words import say

_MOST_ACCOUNTS = 0.7
_MOST_VALID = 0.9
_RUNNING = "数值逐行递增，像流水号"


def id_card(column: SampledColumn, today: date) -> Finding:
    masked = column.share(patterns()["masked_id"], compacted=True)
    if masked > 0.5:
        return Finding(
            0.75 * masked, 0.97, (say("{share:.0%} 的值是遮盖过的证件号", share=masked),)
        )
    numbers = [_resident_id_in(v) for v in column.compacted]
    shaped = [v for v in numbers if looks_like_resident_id(v, today)]
    if len(column) >= 5 and not shaped:
        return _lossy(column, 17) or ruled_out(say("没有一个值含有效的地区码和出生日期"))
    share = len(shaped) / max(1, len(column))
    valid = sum(is_valid_resident_id(v, today) for v in shaped) / max(1, len(shaped))
    if share < 0.2:
        return ruled_out(say("只有 {share:.0%} 的值含有效的地区码和出生日期", share=share))
    if valid < settings().check_share:
        # Random last digits are right one time in eleven: this is some other number.
        return ruled_out(say("校验码相符的只有 {valid:.0%}，不是公民身份号码", valid=valid))
    evidence = (
        say("{share:.0%} 的值地区码和出生日期有效", share=share),
        say("其中 {valid:.0%} 校验码相符（GB 11643）", valid=valid),
    )
    alone = 0.55 + 0.44 * min(1.0, share * valid * 1.2)
    return Finding(alone, 0.99, evidence, firm=True)


def _resident_id_in(value: str) -> str:
    """Return the number itself, also out of a disabled person's card or a pupil's number, which
    are the resident's number with something before or after it."""
    if patterns()["disabled_card"].match(value):
        return value[:18]
    return value[1:] if patterns()["student_number"].match(value) else value


def bank_card(column: SampledColumn) -> Finding:
    masked = column.share(patterns()["masked_card"], compacted=True)
    if masked > 0.5:
        return Finding(0.5 * masked, 0.95, (say("{share:.0%} 的值是遮盖过的卡号", share=masked),))
    shaped = [v for v in column.compacted if v.isascii() and v.isdigit() and 15 <= len(v) <= 19]
    if len(column) >= 5 and len(shaped) < 0.3 * len(column):
        return _lossy(column, 15, 18) or _account(column, say("多数值不是15至19位数字"))
    if not shaped:
        return NOTHING
    valid = sum(map(is_bank_card, shaped)) / len(shaped)
    if valid < settings().check_share:
        why = say("Luhn 校验相符的只有 {valid:.0%}，不是银行卡号", valid=valid)
        return _account(column, why)
    if column.is_running:
        return ruled_out(say(_RUNNING))
    known = [next((p for p in issuers() if v.startswith(p)), "") for v in shaped]
    by_issuer = sum(1 for prefix in known if len(prefix) > 2) / len(shaped)
    by_scheme = sum(1 for v in shaped if v[0] in "3459" or v[:2] in ("62", "60")) / len(shaped)
    evidence = [say("{valid:.0%} 的值 Luhn 校验相符", valid=valid)]
    if by_issuer:
        evidence.append(say("{share:.0%} 的值以已知发卡行标识开头", share=by_issuer))
    union = sum(1 for prefix in known if prefix) / len(shaped)
    alone = 0.37 + 0.37 * union + 0.23 * by_issuer
    if by_scheme < 0.5:
        evidence.append(say("开头不属于任何卡组织"))
        return Finding(0.2, 0.55, tuple(evidence))
    # Three issuers' own prefixes and right check digits: no running number looks so by chance,
    # whatever the column is called.
    issued = len({prefix for prefix in known if len(prefix) > 2}) >= 3 and by_issuer >= 0.8
    sure = min(0.97, alone) * (0.5 + 0.5 * valid)
    return Finding(sure, 0.98, tuple(evidence), firm=issued and valid >= _MOST_VALID)


def _account(column: SampledColumn, why: str) -> Finding:
    """Passbooks and firms' accounts have no check digit: only a plain name can tell of them."""
    share = column.share(patterns()["account"], compacted=True)
    if share < _MOST_ACCOUNTS or column.is_running:
        return ruled_out(why)
    evidence = (why, say("{share:.0%} 的值是12至22位的数字，像银行账号", share=share))
    return Finding(0.0, 0.75, evidence, against=True)


def mobile(column: SampledColumn) -> Finding:
    masked = column.share(patterns()["masked_mobile"], compacted=True)
    if masked > 0.5:
        return Finding(0.9 * masked, 0.98, (say("{share:.0%} 的值是遮盖过的手机号", share=masked),))
    share = column.share(patterns()["mobile"], compacted=True)
    fixed = column.share(patterns()["landline"])
    if len(column) >= 5 and share + fixed < 0.2:
        return _lossy(column, 10) or ruled_out(say("符合手机号段的只有 {share:.0%}", share=share))
    if share < fixed or share < 0.2:
        return NOTHING
    if column.is_running:
        return ruled_out(say(_RUNNING))
    prefixes = {v[-11:-8] for v in column.compacted if patterns()["mobile"].match(v)}
    evidence = [say("{share:.0%} 的值符合手机号段", share=share)]
    alone = 0.3 + 0.69 * min(1.0, (share + fixed) * 1.05)
    if len(column) >= 40 and len(prefixes) <= 2:
        evidence.append(say("号段只有 {count} 个，可能是其他编号", count=len(prefixes)))
        alone *= 0.55
    elif column.is_sorted:
        evidence.append(say("数值按行升序，可能是其他编号"))
        alone *= 0.6
    return Finding(alone, 0.99, tuple(evidence))


def landline(column: SampledColumn) -> Finding:
    share = column.share(patterns()["landline"])
    local = sum(1 for v in column.values if v.isdigit() and len(v) in (7, 8) and v[0] in "23456789")
    local_share = local / max(1, len(column))
    if len(column) >= 5 and share + local_share < 0.3:
        return ruled_out(say("符合固定电话格式的只有 {share:.0%}", share=share))
    if share > column.share(patterns()["mobile"], compacted=True) or local_share > 0.5:
        evidence = (say("{share:.0%} 的值是区号加电话号码", share=share),)
        return Finding(0.9 * share, 0.97 if share > 0.3 else 0.75, evidence)
    return NOTHING


def passport(column: SampledColumn) -> Finding:
    share = column.share(patterns()["passport"], compacted=True)
    # Nine characters, E and digits or two letters: ordinary passports; others need the name.
    letters = {v[:2] for v in column.compacted if v[:1] == "E" and v[1:2].isalpha()}
    if len(column) >= 5 and share < 0.3:
        return ruled_out(say("符合护照号格式的只有 {share:.0%}", share=share))
    if column.is_running:
        return Finding(0.1, 0.6, (say(_RUNNING),))
    varied = len({v[:2] for v in column.compacted}) >= 4
    evidence = (say("{share:.0%} 的值符合护照号格式", share=share),)
    alone = (0.88 if letters and varied else 0.62 if varied else 0.35) * share
    return Finding(alone, 0.97, evidence)


def travel_permit(column: SampledColumn) -> Finding:
    share = column.share(patterns()["travel_permit"], compacted=True)
    taiwan = column.share(patterns()["eight_digits"], compacted=True)
    if len(column) >= 5 and share < 0.3 and taiwan > 0.7 and not column.is_running:
        return Finding(0.0, 0.85, (say("{share:.0%} 的值是8位数字，同台胞证号", share=taiwan),))
    if len(column) >= 5 and share < 0.3:
        return ruled_out(say("符合通行证号格式的只有 {share:.0%}", share=share))
    heads = {v[:1] for v in column.compacted}
    evidence = (say("{share:.0%} 的值符合通行证号格式", share=share),)
    alone = (0.75 if {"H", "M"} <= heads or {"C", "W"} <= heads else 0.4) * share
    return Finding(alone, 0.97, evidence)


def military_id(column: SampledColumn) -> Finding:
    share = column.share(patterns()["military_id"])
    worded = column.share_found(patterns()["military_word"])
    if len(column) >= 5 and share < 0.3:
        return ruled_out(say("符合军官证号格式的只有 {share:.0%}", share=share))
    evidence = (say("{share:.0%} 的值符合军官证号格式", share=share),)
    heads = {v[0] for v in column.compacted if patterns()["military_short"].match(v)}
    short = column.share(patterns()["military_short"], compacted=True)
    alone = max(0.85 * min(share, worded), 0.8 * short if len(heads) >= 3 else 0.0)
    return Finding(alone, 0.95, evidence)


def uscc(column: SampledColumn) -> Finding:
    shaped = [v for v in column.compacted if patterns()["uscc"].match(v)]
    if len(column) >= 5 and len(shaped) < 0.2 * len(column):
        return ruled_out(say("多数值不是18位统一社会信用代码的格式"))
    valid = sum(map(is_uscc, shaped)) / max(1, len(shaped))
    if not shaped or valid < settings().check_share:
        return ruled_out(say("校验码相符的只有 {valid:.0%}，不是统一社会信用代码", valid=valid))
    share = len(shaped) / len(column)
    evidence = (
        say("{share:.0%} 的值格式为统一社会信用代码", share=share),
        say("其中 {valid:.0%} 校验码相符（GB 32100）", valid=valid),
    )
    return Finding(0.55 + 0.44 * min(1.0, share * valid * 1.2), 0.99, evidence, firm=True)


def org_code(column: SampledColumn) -> Finding:
    share = sum(map(is_org_code, column.compacted)) / max(1, len(column))
    if len(column) >= 5 and share < settings().check_share:
        return ruled_out(say("校验码相符的只有 {share:.0%}，不是组织机构代码", share=share))
    evidence = (say("{share:.0%} 的值校验码相符（GB 11714）", share=share),)
    return Finding(0.85 * share, 0.98, evidence)


def vin(column: SampledColumn) -> Finding:
    share = column.share(patterns()["vin"], compacted=True)
    valid = sum(map(is_vin, column.compacted)) / max(1, len(column))
    if len(column) >= 5 and share < 0.3:
        return ruled_out(say("多数值不是17位车辆识别代号的格式"))
    lettered = column.share_found(patterns()["lettered"])
    evidence = (
        say("{share:.0%} 的值是17位车辆识别代号格式", share=share),
        say("{valid:.0%} 的值校验位相符（GB 16735）", valid=valid),
    )
    if valid >= 0.5 * share:
        return Finding(0.5 + 0.48 * valid, 0.99, evidence)
    # Makers outside North America leave the check digit out: theirs begin with L in China.
    chinese = sum(v[:1] == "L" for v in column.compacted) / max(1, len(column))
    alone = 0.68 if chinese > 0.5 and len(column.counts) > 0.5 * len(column) else 0.3
    return Finding(alone * share * lettered, 0.9 if lettered > 0.5 else 0.4, evidence)


def plate(column: SampledColumn) -> Finding:
    share = column.share(patterns()["plate"], compacted=True)
    if len(column) >= 5 and share < 0.3:
        return ruled_out(say("符合车牌号格式的只有 {share:.0%}", share=share))
    return Finding(
        min(0.97, share * 1.1),
        0.99,
        (say("{share:.0%} 的值符合车牌号格式", share=share),),
        firm=True,
    )


def insurance_no(column: SampledColumn) -> Finding:
    share = column.share(patterns()["insurance_no"], compacted=True)
    if len(column) >= 5 and share < 0.3:
        return ruled_out(say("多数值不像参保编号"))
    return Finding(0.05, 0.95 * min(1.0, 0.5 + share / 2), (say("值像一种证件编号"),))


def _lossy(column: SampledColumn, *exponents: int) -> Finding | None:
    """Judge numbers a spreadsheet rounded, 1.38E+10: their size fits, their digits are lost."""
    lossy = [v for v in column.values if patterns()["lossy_number"].match(v)]
    if len(lossy) < 0.3 * max(1, len(column)):
        return None
    fits = [v for v in lossy if int(v.upper().split("E")[1]) in exponents]
    if len(fits) < 0.6 * len(lossy):
        return None
    phones = exponents == (10,)
    if phones and sum(v[:3] >= "1.3" and v[0] == "1" for v in fits) < 0.8 * len(fits):
        return None
    evidence = (say("{count} 个值被表格软件改成科学计数法，末位已丢失", count=len(fits)),)
    return Finding(0.68 if phones else 0.35, 0.9, evidence)
