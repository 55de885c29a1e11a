"""Makers of single values, by the name a role gives them."""

import hashlib
import json
import string
import uuid
from base64 import b64encode
from collections.abc import Callable
from datetime import datetime, timedelta

from bench.detect.values import AREAS, COUNTIES, PROVINCES, Values
from shuce.kernel.identifiers import body_check_character
from shuce.kernel.regions import region_name, regions_in


def make(v: Values, maker: str) -> str:
    """Return one value of a column."""
    return _MAKERS[maker](v)


_START = datetime.fromisoformat("2021-01-01")


def _ip(v: Values) -> str:
    if v.habit("everywhere", True, True, False):
        return ".".join(str(v.random.randrange(1, 255)) for _ in range(4))
    lan = v.habit("lan", "10.21", "192.168", "172.16")
    return f"{lan}.{v.random.randrange(255)}.{v.random.randrange(1, 255)}"


def _serial(v: Values) -> str:
    way = v.habit("serial", "day", "region", "letters", "19")
    number, day = _count_up(v), v.recent_day()
    if way == "19":
        return v.digits(19)
    if way == "letters":
        return f"SL{day:%Y}{number}"
    region = v.habit("region", *v.random.sample(COUNTIES, 4))
    return (
        f"{day:%Y%m%d}{number:010}" if way == "day" else f"{region}{day:%Y%m%d}{number % 10000:04}"
    )


def _mobile(v: Values) -> str:
    number = v.mobile()
    way = v.habit("mobile", "", "", "", "86", "+86 ", "344", "dash")
    if way == "344":
        return f"{number[:3]} {number[3:7]} {number[7:]}"
    if way == "dash":
        return f"{number[:3]}-{number[3:7]}-{number[7:]}"
    return way + number


def _landline(v: Values) -> str:
    area = v.habit("area", *v.random.sample(AREAS, 3)) if v.chance(0.6) else v.random.choice(AREAS)
    local = v.digits(8 if len(area) == 3 else 7, "2345678")
    way = v.habit("landline", "{a}-{n}", "{a}-{n}", "{a}{n}", "({a}){n}", "{n}", "{a}-{n}-{x}")
    return way.format(a=area, n=local, x=v.random.randrange(100, 999))


def _insurance(v: Values) -> str:
    way = v.habit("insurance", "letter", "10", "12", "region", "province")
    if way == "letter":
        return v.letters(1, "ABCDEFGH") + v.digits(8)
    if way == "region":
        return v.habit("city", *v.random.sample(COUNTIES, 5))[:4] + v.digits(8)
    if way == "province":
        return v.habit("head", "SB", "YB", "CB") + v.digits(10)
    return v.digits(int(way))


def _face(v: Values) -> str:
    way = v.habit("face", "base64", "path", "floats", "hex", "image")
    if way == "base64":
        return b64encode(v.random.randbytes(192)).decode()
    if way == "path":
        return f"/data/bio/face/{v.recent_day():%Y%m}/{v.digits(12)}.feat"
    if way == "image":
        return f"face_{v.digits(10)}.jpg"
    if way == "floats":
        return ",".join(f"{v.random.gauss(0, 0.4):.5f}" for _ in range(64))
    return v.random.randbytes(128).hex()


def _finger(v: Values) -> str:
    if v.habit("finger", "block", "block", "path") == "path":
        return f"fp/{v.digits(8)}_{v.pick('L1', 'R1', 'R2')}.wsq"
    return "Rk1SACAyMAAA" + b64encode(v.random.randbytes(150)).decode()


def _near(v: Values, axis: int) -> float:
    longitude, latitude = v.habit(
        "city", (104.06, 30.67), (113.62, 34.75), (126.63, 45.75), (87.6, 43.8), (120.2, 30.25)
    )
    spread = v.habit("spread", 0.05, 0.4)
    return (longitude if axis == 0 else latitude) + v.random.gauss(0, spread)


def _hash(v: Values) -> str:
    way = v.habit("hash", "md5", "bcrypt", "sha256", "pbkdf2", "sha1")
    alphabet = "./" + string.ascii_letters + string.digits
    if way == "bcrypt":
        return "$2b$12$" + v.letters(53, alphabet)
    if way == "pbkdf2":
        digest = b64encode(v.random.randbytes(32)).decode()
        return f"pbkdf2_sha256$260000${v.letters(12, alphabet)}${digest}"
    return hashlib.new(way, v.random.randbytes(8), usedforsecurity=False).hexdigest()


def _gender(v: Values) -> str:
    pair = v.habit("sex", ("男", "女"), ("男", "女"), ("男性", "女性"), ("1", "2"), ("M", "F"))
    return v.random.choice(pair)


def _blood(v: Values) -> str:
    return v.pick("A", "B", "AB", "O") + v.habit("type", "", "型")


def _uscc(v: Values) -> str:
    return v.uscc()


def _org_code(v: Values) -> str:
    body = v.digits(8, "1234567")
    return body + v.habit("dash", "-", "") + body_check_character(body)


def _region(v: Values) -> str:
    city = v.habit("city", "", "", COUNTIES[700][:4], COUNTIES[1500][:4])
    code = v.random.choice(regions_in(city))
    tail = {
        6: "",
        9: f"{v.random.randrange(1, 20):03}",
        12: f"{v.random.randrange(1, 20):03}{v.random.randrange(1, 40):03}",
    }
    return code + tail[v.habit("length", 6, 6, 6, 9, 12)]


def _text_pii(v: Values) -> str:
    if not v.chance(v.habit("share", 0.06, 0.2, 0.6)):
        return v.word("phrases")
    said = v.pick(
        f"联系人{v.name()}，手机{v.mobile()}",
        f"本人{v.name()}（{v.id_card()}）",
        f"请回电{v.mobile()}",
        f"邮箱{_email(v)}",
        f"转账至{v.luhn('622848', 19)}",
        f"其父电话：{v.mobile()}，住{v.address()}",
    )
    return v.word("phrases") + v.pick("，", "。", " ") + said


def _json_pii(v: Values) -> str:
    told: dict[str, object] = {"channel": v.pick("app", "wx", "web"), "step": v.random.randrange(9)}
    told |= v.habit("keys", {"mobile": 1}, {"idNo": 1, "name": 1}, {"user": 1})
    if "mobile" in told:
        told["mobile"] = v.mobile()
    if "idNo" in told:
        told |= {"idNo": v.id_card(), "name": v.name()}
    if "user" in told:
        told["user"] = {"tel": v.mobile(), "addr": v.address()}
    return json.dumps(told, ensure_ascii=v.habit("ascii", False, True))


def _email(v: Values) -> str:
    who = v.word("pinyin") + v.pick("", ".", "_") + str(v.random.randrange(10**4))
    return f"{who if v.chance(0.7) else v.digits(9)}@{v.word('mail_hosts')}"


def _plate(v: Values) -> str:
    head = v.habit("head", *v.random.sample(PROVINCES, 3)) + v.letters(1, "ABCDEFGHJK")
    dot = v.habit("dot", "", "", "", "·")
    if v.chance(0.15):
        return head + dot + v.pick("D", "F") + v.digits(5, "0123456789")
    return head + dot + v.letters(5, "0123456789" * 3 + "ABCDEFGHJKLMNPQRSTUVWXYZ")


def _birth(v: Values) -> str:
    day = v.born()
    way = v.habit("birth", "", "", "", "month", "midnight")
    if way == "month":
        return f"{day:%Y-%m}"
    return f"{day} 00:00:00" if way == "midnight" else v.written(day)


def _passport(v: Values) -> str:
    if v.chance(0.3):
        return "E" + v.letters(1, "ABCDEFGHJK") + v.digits(7, "0123456789")
    return v.pick("E", "E", "G") + v.digits(8, "0123456789")


def _travel_permit(v: Values) -> str:
    way = v.habit("permit", "hm", "hm", "c", "tw", "long")
    if way == "tw":
        return v.digits(8, "0123456789")
    head = v.pick("H", "M") if way in ("hm", "long") else v.pick("C", "C", "W")
    return head + v.digits(10 if way == "long" else 8, "0123456789")


def _military(v: Values) -> str:
    way = v.habit("army", "{h}字第{n}号", "{h}字第{n}号", "{h}字第{n}", "{h}{n}")
    return way.format(
        h=v.pick("军", "南", "北", "士", "武", "空", "海", "政"), n=v.digits(7, "0123456789")
    )


def _yuan(v: Values, low: float, spread: float) -> str:
    amount = v.random.lognormvariate(low, spread)
    return f"{amount:.2f}" if v.habit("cents", True, True, False) else str(int(amount) // 10 * 10)


def _count_up(v: Values, step: int = 9) -> int:
    v.count += v.random.randrange(1, step)
    return v.count


def _words_of(kind: str) -> Callable[[Values], str]:
    return lambda v: v.word(kind)


_MAKERS: dict[str, Callable[[Values], str]] = {
    "id_card": lambda v: (
        v.id_card(born=v.born()).lower() if v.habit("case", 0, 0, 1) else v.id_card(born=v.born())
    ),
    "bank_card": lambda v: v.bank_card(),
    "passport": _passport,
    "travel_permit": _travel_permit,
    "military_id": _military,
    "illness": _words_of("illnesses"),
    "icd": lambda v: (
        v.letters(1, "ABCDEFGHIJKLMNOQRSTZ")
        + f"{v.random.randrange(100):02}"
        + v.habit("tail", "", ".9", ".900", ".x00", ".{}01").format(v.random.randrange(1, 9))
    ),
    "symptom": _words_of("symptoms"),
    "drug": _words_of("drugs"),
    "allergy": _words_of("allergies"),
    "operation": _words_of("operations"),
    "disability": _words_of("disabilities"),
    "lab": _words_of("lab_results"),
    "blood": _blood,
    "face": _face,
    "finger": _finger,
    "insurance": _insurance,
    "fund": lambda v: v.digits(v.habit("width", 12, 11)),
    "lng": lambda v: f"{_near(v, 0):.{v.habit('places', 6, 5, 8)}f}",
    "lat": lambda v: f"{_near(v, 1):.{v.habit('places', 6, 5, 8)}f}",
    "lnglat": lambda v: v.habit(
        "pair", "{x:.6f},{y:.6f}", "POINT({x:.5f} {y:.5f})", "{y:.6f}, {x:.6f}"
    ).format(x=_near(v, 0), y=_near(v, 1)),
    "religion": _words_of("religions"),
    "hash": _hash,
    "plain": lambda v: (
        v.pick("Abc@", "pw", "Qwer!", "gov#", "Aa")
        + v.digits(v.random.choice((3, 4, 6)))
        + v.letters(1, "!@#$xyz")
    ),
    "name": lambda v: v.name(),
    "mobile": _mobile,
    "landline": _landline,
    "address": lambda v: v.address(),
    "email": _email,
    "plate": _plate,
    "vin": lambda v: v.vin(),
    "salary": lambda v: _yuan(v, 8.6, 0.45),
    "yearly": lambda v: _yuan(v, 11.1, 0.6),
    "text_pii": _text_pii,
    "json_pii": _json_pii,
    "birth": _birth,
    "gender": _gender,
    "ethnicity": _words_of("ethnicities"),
    "ip": _ip,
    "mac": lambda v: v.habit("mac", ":", "-").join(
        f"{v.random.randrange(256):02x}" for _ in range(6)
    ),
    "org": lambda v: v.company() if v.chance(0.8) else v.body(),
    "agency": lambda v: v.body(),
    "hospital": lambda v: region_name(v.random.choice(COUNTIES)) + v.word("hospitals"),
    "school": lambda v: region_name(v.random.choice(COUNTIES)) + v.word("schools"),
    "bank": lambda v: v.word("banks") + v.word("bank_ends"),
    "uscc": _uscc,
    "org_code": _org_code,
    "region": _region,
    "order_no": lambda v: v.habit(
        "order",
        f"{v.recent_day():%Y%m%d}{v.digits(8)}",
        f"DD{_count_up(v)}",
        f"1{v.random.randrange(3)}{v.digits(9)}",
    ),
    "serial": _serial,
    "row_no": lambda v: str(_count_up(v, 2)),
    "amount": lambda v: _yuan(v, 7.5, 1.3),
    "count": lambda v: str(v.random.randrange(1, 500)),
    "stamp": lambda v: str(_START + timedelta(seconds=v.random.randrange(10**8))),
    "recent": lambda v: v.written(v.recent_day()),
    "status": _words_of("statuses"),
    "code12": lambda v: v.random.choice(v.habit("codes", ("1", "2"), ("0", "1"), ("1", "2", "9"))),
    "code_few": lambda v: v.random.choice(
        v.habit("codes", ("310", "342", "390"), ("01", "02", "03", "99"), ("A", "B", "C"))
    ),
    "category": _words_of("categories"),
    "title": _words_of("titles"),
    "department": _words_of("departments"),
    "education": _words_of("educations"),
    "politics": _words_of("politics"),
    "marriage": _words_of("marriages"),
    "relation": _words_of("relations"),
    "product": _words_of("products"),
    "car_brand": _words_of("car_brands"),
    "colour": _words_of("colours"),
    "engine_no": lambda v: v.letters(2) + v.digits(6),
    "industry": _words_of("industries"),
    "project": _words_of("projects"),
    "matter": _words_of("matters"),
    "subject": _words_of("subjects"),
    "score": lambda v: str(v.random.randrange(35, 101)),
    "meter": lambda v: v.habit("m", "33", "LX") + v.digits(10),
    "account_no": lambda v: v.digits(10),
    "reading": lambda v: f"{v.random.uniform(1, 60):.1f}",
    "invoice": lambda v: v.digits(v.habit("w", 8, 12, 20), "0123456789"),
    "contract": lambda v: f"HT-{v.recent_day():%Y}-{_count_up(v) % 10000:04}",
    "waybill": lambda v: v.habit("w", "SF", "YT", "", "JD") + v.digits(13),
    "ean": lambda v: v.luhn("69", 13),
    "licence": lambda v: f"JY1{v.random.choice(COUNTIES)}{v.digits(7)}",
    "docno": lambda v: f"〔{v.recent_day().year}〕{v.random.randrange(1, 900)}号",
    "law": _words_of("laws"),
    "place": _words_of("places"),
    "river": _words_of("rivers"),
    "town": lambda v: region_name(v.random.choice(COUNTIES)),
    "nation": _words_of("nations"),
    "remark": _words_of("phrases"),
    "username": lambda v: v.word("pinyin") + str(v.random.randrange(1000)),
    "uuid": lambda v: str(uuid.UUID(int=v.random.getrandbits(128), version=4)),
    "trace": lambda v: v.random.randbytes(16).hex(),
    "version": lambda v: (
        f"{v.random.randrange(1, 9)}.{v.random.randrange(30)}.{v.random.randrange(90)}"
        + v.habit("four", "", f".{v.random.randrange(60)}")
    ),
    "url": lambda v: v.word("urls") + "?" + v.letters(4, "abcdef"),
    "agent": _words_of("agents"),
    "cost": lambda v: str(int(v.random.lognormvariate(5, 1))),
    "imei": lambda v: v.luhn("86", 15),
    "geo_like": lambda v: f"{v.random.gauss(v.habit('mid', 101.3, 36.5, 24.0), 2):.3f}",
    "percent": lambda v: f"{v.random.random():.4f}",
    "year": lambda v: str(v.random.randrange(2005, 2026)),
    "month": lambda v: f"{v.recent_day():%Y%m}",
    "postcode": lambda v: v.digits(6, "1234567"),
    "industry_code": lambda v: v.letters(1, "ABCDEFGH") + v.digits(4),
    "capital": lambda v: f"{v.random.lognormvariate(6, 1.2):.2f}",
    # Only in the look-alike tier.
    "luhn_member": lambda v: v.luhn(v.habit("m", "80", "10", "21"), 16),
    "wrong_id": lambda v: f"{v.random.choice(COUNTIES)}{v.day():%Y%m%d}{_count_up(v) % 10000:04}",
    "running_phone": lambda v: str(13500000000 + _count_up(v, 20)),
    "six_digits": lambda v: v.digits(6),
    "nine_digits": lambda v: v.digits(9),
    "eighteen": lambda v: v.letters(2) + v.digits(16),
    "seventeen": lambda v: v.digits(17),
    "epoch": lambda v: str(1_500_000_000_000 + v.random.randrange(10**11)),
    "crop": _words_of("crops"),
    "random_key": lambda v: v.letters(24, string.ascii_letters + string.digits),
    "two_letters": lambda v: v.pick("M", "L", "S"),
}
