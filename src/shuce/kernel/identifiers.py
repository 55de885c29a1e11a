"""Identifiers: our own, and those the State gives, with their check digits.

Sources: GB 32100-2015 (unified social credit code), GB 11714-1997 (its inner body code),
GB 11643-1999 (resident id), ISO/IEC 7812-1 (bank card).
"""

import secrets
import time
from datetime import date

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # base 32 without I, L, O, U
_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = [pow(3, i, 31) for i in range(17)]
_BODY_WEIGHTS = [3, 7, 9, 10, 5, 8, 4, 2]
_RESIDENT_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
_RESIDENT_CHECKS = "10X98765432"


def new_id() -> str:
    """Return a ULID: unique across bodies without coordination, and sortable by time."""
    number = (time.time_ns() // 1_000_000 << 80) | secrets.randbits(80)
    return "".join(_CROCKFORD[number >> shift & 31] for shift in range(125, -1, -5))


def uscc_check_character(first_17: str) -> str:
    """Return the 18th character of a unified social credit code (GB 32100-2015, 4.5)."""
    total = sum(_USCC_ALPHABET.index(c) * w for c, w in zip(first_17, _USCC_WEIGHTS, strict=True))
    return _USCC_ALPHABET[-total % 31]


def body_check_character(first_8: str) -> str:
    """Return the 9th character of an organization body code (GB 11714)."""
    total = sum(int(c, 36) * w for c, w in zip(first_8, _BODY_WEIGHTS, strict=True))
    return "0123456789X"[-total % 11]


def is_uscc(code: str) -> bool:
    """Say whether `code` is a well-formed unified social credit code with right check digits."""
    return (
        len(code) == 18
        and all(c in _USCC_ALPHABET for c in code)
        and uscc_check_character(code[:17]) == code[17]
    )


def resident_check_character(first_17: str) -> str:
    """Return the 18th character of a resident id number (GB 11643-1999, annex A)."""
    total = sum(int(c) * w for c, w in zip(first_17, _RESIDENT_WEIGHTS, strict=True))
    return _RESIDENT_CHECKS[total % 11]


def is_resident_id(number: str, *, today: date, earliest_year: int = 1900) -> bool:
    """Say whether `number` is a resident id: area, calendar day not after `today`, check digit.

    Area codes that were abolished stay valid, since people keep the number they were given.
    """
    from shuce.kernel.regions import was_ever_a_region

    if len(number) != 18 or not (number[:17].isascii() and number[:17].isdigit()):
        return False
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    return (
        earliest_year <= born.year
        and born <= today
        and resident_check_character(number[:17]) == number[17].upper()
        and was_ever_a_region(number[:6])
    )


def passes_luhn(digits: str) -> bool:
    """Say whether `digits` ends in its Luhn check digit (ISO/IEC 7812-1, annex B)."""
    if not (digits.isascii() and digits.isdigit()):
        return False
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
