"""Names, bodies, addresses, illnesses and other things said in words."""

from collections.abc import Callable
from datetime import date

from shuce.engines.scan.checks import is_valid_resident_id
from shuce.engines.scan.detectors.finding import NOTHING, Finding, ruled_out
from shuce.engines.scan.rulebook import patterns, words
from shuce.engines.scan.sampled import SampledColumn
from shuce.kernel.words import say

_HAN_FIRST, _HAN_LAST = "\u4e00", "\u9fff"

# Values enough to judge by, and the share of names below which a column holds none.
_MANY, _FEW_NAMES = 20, 0.42
_MANY_CHAPTERS = 10


def is_person_name(value: str) -> bool:
    """Say whether a text reads as a Chinese person's name: surname and one or two characters."""
    value = value.replace(" ", "")
    if "·" in value:
        parts = value.split("·")
        return all(_is_han(part) and 1 < len(part) <= 8 for part in parts)
    if patterns()["masked_name"].match(value):
        return value[0] in words().surnames
    if not _is_han(value) or value in words().not_names:
        return False
    surname = 2 if value[:2] in words().compound_surnames and len(value) > 2 else 1
    if surname == 1 and value[0] not in words().surnames:
        return False
    given = value[surname:]
    return 1 <= len(given) <= 2 and not words().never_given.intersection(given)


def person_name(column: SampledColumn) -> Finding:
    share = _mean_share(column, is_person_name)
    bodies = column.share_found(patterns()["org_end"])
    latin = column.share(patterns()["latin_name"])
    if len(column) >= 5 and share < 0.2:
        if share + latin > 0.7:
            return Finding(0.3 * latin, 0.9, (say("值像拉丁字母姓名"),))
        return ruled_out(say("像姓名的值只有 {share:.0%}", share=share))
    if len(column) >= _MANY and share + latin + bodies < _FEW_NAMES:
        # Many things begin with a character that is also a surname: 方便面, 金龙鱼, 水表.
        return ruled_out(say("像姓名的值只有 {share:.0%}", share=share))
    evidence = [say("{share:.0%} 的值是常见姓氏加一至二字", share=share)]
    if bodies > 0.1:
        evidence.append(say("{share:.0%} 的值是单位名称，个人与单位混列", share=bodies))
    alone = min(0.96, 1.05 * (share + (bodies if share >= 0.25 else 0)))
    kinds = len(column.counts)
    if (len(column) >= 20 and kinds <= max(8, 0.06 * len(column))) or (
        len(column) >= 12 and kinds <= 6
    ):
        evidence.append(say("只有 {count} 种不同的值", count=kinds))
        alone *= 0.45
    named = 0.98 if share + latin + bodies >= 0.6 else 0.4 + share
    return Finding(min(alone, named), named, tuple(evidence))


def _mean_share(column: SampledColumn, test: Callable[[str], bool]) -> float:
    """Return the share that passes, half by rows and half by distinct values: few values, often
    repeated, must not decide alone."""
    passed = {value for value in column.counts if test(value)}
    by_rows = sum(column.counts[value] for value in passed) / max(1, len(column))
    return (by_rows + len(passed) / max(1, len(column.counts))) / 2


def org_name(column: SampledColumn) -> Finding:
    share = column.share_found(patterns()["org_end"])
    if len(column) >= 5 and share < 0.2:
        return ruled_out(say("以单位字样结尾的值只有 {share:.0%}", share=share))
    long = sum(len(v) >= 4 for v in column.values) / max(1, len(column))
    evidence = (say("{share:.0%} 的值以公司、局、医院等单位字样结尾", share=share),)
    return Finding(min(0.95, 1.05 * min(share, long)), 0.98, evidence)


def address(column: SampledColumn) -> Finding:
    if column.share(patterns()["structured"]) > 0.5:
        return ruled_out(say("值是 JSON 或 XML 报文"))
    marks = [len(patterns()["address_mark"].findall(v)) for v in column.values]
    full = sum(1 for m, v in zip(marks, column.values, strict=True) if m >= 3 and len(v) >= 8)
    some = sum(1 for m, v in zip(marks, column.values, strict=True) if m >= 1 and len(v) >= 4)
    share, loose = full / max(1, len(column)), some / max(1, len(column))
    if len(column) >= 5 and loose < 0.3:
        return ruled_out(say("含省市路号等地址成分的值只有 {share:.0%}", share=loose))
    bodies = column.share_found(patterns()["org_end"])
    evidence = (say("{share:.0%} 的值含三个以上地址成分（区、路、号、室等）", share=share),)
    alone = min(0.97, 1.05 * share)
    if bodies > 0.5:
        alone *= 0.4
    return Finding(alone, 0.98 if share > 0.4 else 0.8, evidence)


def medical(column: SampledColumn) -> Finding:
    coded = column.share(patterns()["icd"], compacted=True)
    loosely = column.share(patterns()["icd_loose"], compacted=True)
    if coded >= 0.3 and loosely >= 0.6:
        return Finding(
            0.93 * loosely, 0.98, (say("{share:.0%} 的值是疾病编码（ICD-10）", share=loosely),)
        )
    if loosely > 0.8:
        # Seats and shelves begin with a few letters; illnesses with most of the alphabet.
        chapters = {value[:1].upper() for value in column.compacted}
        alone = 0.52 if len(chapters) >= _MANY_CHAPTERS else 0.2
        why = say("{share:.0%} 的值像疾病编码（ICD-10）", share=loosely)
        return Finding(alone, 0.95, (why,))
    terms = _mean_share(column, _is_medical)
    if terms >= 0.25:
        evidence = (say("{share:.0%} 的值含疾病或症状用语", share=terms),)
        return Finding(min(0.95, 0.25 + 0.8 * terms), 0.98, evidence)
    drugs = _mean_share(column, lambda value: bool(patterns()["drug"].search(value)))
    if drugs >= 0.4:
        return Finding(0.52, 0.95, (say("{share:.0%} 的值像药品名称", share=drugs),))
    if 2 <= len(column.counts) <= 12 and column.share(patterns()["blood"], compacted=True) > 0.9:
        typed = any("AB" in value.upper() or value.upper()[:1] == "O" for value in column.counts)
        whole = typed and {"AB", "O"} <= {value.upper().strip("+-型") for value in column.counts}
        alone = 0.52 if whole else 0.3 if typed else 0.0
        return Finding(alone, 0.97, (say("值是ABO或Rh血型"),))
    if len(column) >= 5 and column.numeric_share > 0.9:
        return Finding(0.0, 0.5)
    # Twenty values without one word of medicine: the name may mean something else.
    return Finding(0.0, 0.72 if terms or len(column) < 20 else 0.66)


def _is_medical(value: str) -> bool:
    return bool(words().medical_terms.search(value) or patterns()["illness_end"].search(value))


def biometric(column: SampledColumn) -> Finding:
    share = column.share_found(patterns()["biometric"])
    blocks = column.share(patterns()["base64_block"])
    vectors = column.share(patterns()["float_vector"])
    if share > 0.5:
        return Finding(
            0.9 * share, 0.98, (say("{share:.0%} 的值指向人脸、指纹等特征", share=share),)
        )
    if vectors > 0.5:
        return Finding(0.35, 0.97, (say("值是成串的小数，像特征向量"),))
    if blocks > 0.5:
        return Finding(0.15, 0.97, (say("值是成块的编码数据"),))
    if len(column) >= 5 and column.mean_length < 8:
        return ruled_out(say("值太短，不是生物特征"))
    return Finding(0.0, 0.85)


def email(column: SampledColumn) -> Finding:
    share = column.share(patterns()["email"])
    if len(column) >= 5 and share < 0.3:
        return ruled_out(say("符合邮箱格式的只有 {share:.0%}", share=share))
    return Finding(
        min(0.99, share * 1.1), 0.99, (say("{share:.0%} 的值符合邮箱格式", share=share),), firm=True
    )


def religion(column: SampledColumn) -> Finding:
    share = sum(v in words().religions for v in column.values) / max(1, len(column))
    if len(column) >= 5 and share < 0.3:
        return ruled_out(say("没有宗教名称"))
    return Finding(0.95 * share, 0.98, (say("{share:.0%} 的值是宗教名称", share=share),), firm=True)


def ethnicity(column: SampledColumn) -> Finding:
    named = [v for v in column.values if v in words().ethnicities]
    share = len(named) / max(1, len(column))
    full = sum(len(v) > 1 for v in named) / max(1, len(column))
    coded = sum(v.isdigit() and 1 <= int(v) <= 58 for v in column.values) / max(1, len(column))
    if share >= 0.3:
        evidence = (say("{share:.0%} 的值是民族名称", share=share),)
        colours = len(column.counts) > 1 and full == 0  # 白 and 土 alone may be colours
        return Finding((0.4 if colours else 0.95) * share, 0.98, evidence)
    if coded > 0.8:
        return Finding(0.0, 0.8, (say("值在民族代码范围内（GB/T 3304）"),))
    if len(column) >= 5:
        return ruled_out(say("没有民族名称"))
    return NOTHING


def password(column: SampledColumn) -> Finding:
    hashed = column.share(patterns()["password_hash"])
    if hashed > 0.5:
        return Finding(
            0.95 * hashed, 0.99, (say("{share:.0%} 的值是口令散列", share=hashed),), firm=True
        )
    if column.share(patterns()["hex_digest"]) > 0.5:
        return Finding(0.1, 0.95, (say("值是固定长度的散列"),))
    if column.numeric_share > 0.95 and column.mean_length < 4:
        return ruled_out(say("值太短，不是口令"))
    return Finding(0.0, 0.9)


def free_text_pii(column: SampledColumn, today: date) -> Finding:
    """Find personal data inside longer text: remarks, messages, JSON."""
    hits: dict[str, int] = {}
    carrying = 0
    for value in column.values:
        if len(value) < 14:
            continue
        found = [
            name
            for name, hit in _embedded(value, today)
            if hit is not None and len(value) - len(hit) >= 4
        ]
        carrying += bool(found)
        for name in found:
            hits[name] = hits.get(name, 0) + 1
    share = carrying / max(1, len(column))
    if carrying and share >= 0.002:
        parts = "、".join(f"{name} {count}" for name, count in hits.items())
        evidence = (say("{share:.1%} 的文本夹带个人信息（{parts}）", share=share, parts=parts),)
        enough = 0.9 if carrying >= 3 else 0.72
        return Finding(enough, 0.97, evidence)
    return NOTHING


def _embedded(value: str, today: date) -> list[tuple[str, str | None]]:
    def first(pattern: str) -> str | None:
        match = patterns()[pattern].search(value)
        return match[0] if match else None

    number = first("embedded_id")
    return [
        (say("手机号"), first("embedded_mobile")),
        (
            say("身份证号"),
            number if number and is_valid_resident_id(number.upper(), today) else None,
        ),
        (say("邮箱"), first("embedded_email")),
        (say("卡号"), first("embedded_card")),
        (say("固定电话"), first("embedded_landline")),
        (say("个人信息字段"), first("json_person")),
    ]


def _is_han(text: str) -> bool:
    return bool(text) and all(_HAN_FIRST <= c <= _HAN_LAST for c in text)
