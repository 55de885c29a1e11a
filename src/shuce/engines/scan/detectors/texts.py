"""Names, bodies, addresses, illnesses and other things said in words."""

from datetime import date

from shuce.engines.scan.checks import is_valid_resident_id
from shuce.engines.scan.detectors.finding import NOTHING, Finding, ruled_out
from shuce.engines.scan.rulebook import patterns, words
from shuce.engines.scan.sampled import SampledColumn
from shuce.kernel.words import say

_HAN_FIRST, _HAN_LAST = "\u4e00", "\u9fff"


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
    if value[:2] in words().compound_surnames:
        return 3 <= len(value) <= 4
    return 2 <= len(value) <= 3 and value[0] in words().surnames


def person_name(column: SampledColumn) -> Finding:
    share = sum(map(is_person_name, column.values)) / max(1, len(column))
    bodies = column.share_found(patterns()["org_end"])
    if len(column) >= 5 and share < 0.2:
        latin = sum(v.isascii() and v.replace(" ", "").isalpha() for v in column.values)
        if latin > 0.7 * len(column) and sum(" " in v for v in column.values) > 0.5 * len(column):
            return Finding(0.1, 0.8, (say("值像拉丁字母姓名"),))
        return ruled_out(say("像姓名的值只有 {share:.0%}", share=share))
    evidence = [say("{share:.0%} 的值是常见姓氏加一至二字", share=share)]
    if bodies > 0.1:
        evidence.append(say("{share:.0%} 的值是单位名称，个人与单位混列", share=bodies))
    alone = min(0.96, 1.05 * (share + (bodies if share >= 0.25 else 0)))
    least = min(len(column), 40)
    if least >= 20 and len(column.counts) <= max(8, 0.06 * len(column)):
        evidence.append(say("只有 {count} 种不同的值", count=len(column.counts)))
        alone *= 0.45
    return Finding(alone, 0.98 if share >= 0.5 else 0.8, tuple(evidence))


def org_name(column: SampledColumn) -> Finding:
    share = column.share_found(patterns()["org_end"])
    if len(column) >= 5 and share < 0.2:
        return ruled_out(say("以单位字样结尾的值只有 {share:.0%}", share=share))
    long = sum(len(v) >= 4 for v in column.values) / max(1, len(column))
    evidence = (say("{share:.0%} 的值以公司、局、医院等单位字样结尾", share=share),)
    return Finding(min(0.95, 1.05 * min(share, long)), 0.98, evidence)


def address(column: SampledColumn) -> Finding:
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
    terms = column.share_found(words().medical_terms)
    if coded >= 0.3 and loosely >= 0.6:
        return Finding(
            0.93 * loosely, 0.98, (say("{share:.0%} 的值是疾病编码（ICD-10）", share=loosely),)
        )
    if terms >= 0.25:
        evidence = (say("{share:.0%} 的值含疾病或症状用语", share=terms),)
        return Finding(min(0.95, 0.25 + 0.8 * terms), 0.98, evidence)
    if len(column) >= 5 and terms == 0 and loosely < 0.5 and column.numeric_share > 0.9:
        return Finding(0.0, 0.5)
    return Finding(0.0, 0.7 if loosely > 0.5 else 0.62)


def biometric(column: SampledColumn) -> Finding:
    share = column.share_found(patterns()["biometric"])
    blocks = column.share(patterns()["base64_block"])
    if share > 0.5:
        return Finding(
            0.9 * share, 0.98, (say("{share:.0%} 的值指向人脸、指纹等特征", share=share),)
        )
    if blocks > 0.5:
        return Finding(0.15, 0.95, (say("值是成块的编码数据"),))
    if len(column) >= 5 and column.mean_length < 8:
        return ruled_out(say("值太短，不是生物特征"))
    return Finding(0.0, 0.8)


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
    return Finding(0.0, 0.85)


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
    ]


def _is_han(text: str) -> bool:
    return bool(text) and all(_HAN_FIRST <= c <= _HAN_LAST for c in text)
