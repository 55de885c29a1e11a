"""Value tests, one for each semantic type."""

import re
from collections.abc import Callable
from datetime import date

from shuce.engines.scan.detectors import figures, numbers, texts
from shuce.engines.scan.detectors.finding import Finding
from shuce.engines.scan.recognisers import Recogniser, added
from shuce.engines.scan.sampled import SampledColumn
from shuce.engines.scan.types import SemanticType as T
from shuce.kernel.words import say

Detector = Callable[[SampledColumn], Finding]
_ENOUGH = 0.5  # share of values that must have the added shape


def detectors(today: date) -> dict[T, Detector]:
    """Return the value test of each type; days are judged as of `today`."""
    tests: dict[T, Detector] = {
        T.ID_CARD: lambda column: numbers.id_card(column, today),
        T.USCC: numbers.uscc,
        T.EMAIL: texts.email,
        T.MAC: figures.mac,
        T.PLATE: numbers.plate,
        T.MOBILE: numbers.mobile,
        T.BANK_CARD: numbers.bank_card,
        T.VIN: numbers.vin,
        T.PASSPORT: numbers.passport,
        T.TRAVEL_PERMIT: numbers.travel_permit,
        T.MILITARY_ID: numbers.military_id,
        T.LANDLINE: numbers.landline,
        T.IP: figures.ip,
        T.GPS: figures.gps,
        T.REGION_CODE: figures.region_code,
        T.ORG_CODE: numbers.org_code,
        T.RELIGION: texts.religion,
        T.ETHNICITY: texts.ethnicity,
        T.GENDER: figures.gender,
        T.BIOMETRIC: texts.biometric,
        T.PASSWORD: texts.password,
        T.MEDICAL: texts.medical,
        T.PERSON_NAME: texts.person_name,
        T.ADDRESS: texts.address,
        T.ORG_NAME: texts.org_name,
        T.BIRTH_DATE: lambda column: figures.birth_date(column, today),
        T.INCOME: figures.income,
        T.INSURANCE_NO: numbers.insurance_no,
        T.FREE_TEXT_PII: lambda column: texts.free_text_pii(column, today),
    }
    for recogniser in added():
        if recogniser.values and recogniser.type in tests:
            tests[recogniser.type] = _or_added(tests[recogniser.type], recogniser)
    return tests


def _or_added(test: Detector, recogniser: Recogniser) -> Detector:
    """Return the test, which a bureau's own shape of values may pass as well."""

    def either(column: SampledColumn) -> Finding:
        found = test(column)
        pattern = recogniser.values
        share = column.share(re.compile(f"(?:{pattern.pattern})\\Z")) if pattern else 0.0
        alone = recogniser.alone * share
        if share < _ENOUGH or (found.alone >= alone and not found.against):
            return found
        why = recogniser.why or say("符合本单位添加的识别规则")
        evidence = say("{share:.0%} 的值：{why}", share=share, why=why)
        return Finding(alone, 0.97, (evidence,))

    return either


__all__ = ["Detector", "Finding", "detectors"]
