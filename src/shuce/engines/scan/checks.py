"""Check digits and calendar of single values, for the sample. The same rules in SQL: verify.py."""

from collections.abc import Callable
from datetime import date

from shuce.engines.scan.rulebook import patterns
from shuce.kernel.identifiers import (
    body_check_character,
    is_resident_id,
    is_uscc,
    passes_luhn,
    resident_check_character,
)
from shuce.kernel.regions import was_ever_a_region

_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_VIN_LETTERS = dict(
    zip(
        "ABCDEFGHJKLMNPRSTUVWXYZ",
        (1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9),
        strict=True,
    )
)


def looks_like_resident_id(number: str, today: date) -> bool:
    """Say whether area and birthday are possible, whatever the check digit; 15 digits too."""
    if len(number) == 15 and number.isdigit():
        first_17 = f"{number[:6]}19{number[6:]}"
        return is_resident_id(first_17 + resident_check_character(first_17), today=today)
    if len(number) == 18 and number[:17].isascii() and number[:17].isdigit():
        return is_resident_id(number[:17] + resident_check_character(number[:17]), today=today)
    return False


def is_valid_resident_id(number: str, today: date) -> bool:
    """Say whether an 18-digit number is valid, or a 15-digit one of the first kind possible."""
    return (len(number) == 15 and looks_like_resident_id(number, today)) or is_resident_id(
        number, today=today
    )


def is_vin(code: str) -> bool:
    """Say whether the ninth character of a vehicle's 17 is its check digit (GB 16735, annex A)."""
    if not patterns()["vin"].match(code):
        return False
    total = sum(
        (int(c) if c.isdigit() else _VIN_LETTERS.get(c, 0)) * w
        for c, w in zip(code, _VIN_WEIGHTS, strict=True)
    )
    return code[8] == "0123456789X"[total % 11]


def is_org_code(code: str) -> bool:
    """Say whether nine characters end in their check character (GB 11714)."""
    return bool(patterns()["org_code"].match(code)) and body_check_character(code[:8]) == code[8]


def is_region_code(code: str) -> bool:
    """Say whether the code is, or begins with, a region ever given: 6, 9 or 12 digits."""
    return (
        len(code) in (6, 9, 12)
        and code.isascii()
        and code.isdigit()
        and was_ever_a_region(code[:6])
    )


def is_bank_card(number: str) -> bool:
    """Say whether a number has a card's length and its Luhn digit."""
    return 15 <= len(number) <= 19 and passes_luhn(number)


VALUE_CHECKS: dict[str, Callable[[str], bool]] = {
    "uscc": is_uscc,
    "vin": is_vin,
    "org_code": is_org_code,
    "bank_card": is_bank_card,
    "region_code": is_region_code,
}
