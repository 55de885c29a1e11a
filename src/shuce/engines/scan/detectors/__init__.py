"""Value tests, one for each semantic type."""

from collections.abc import Callable
from datetime import date

from shuce.engines.scan.detectors import figures, numbers, texts
from shuce.engines.scan.detectors.finding import Finding
from shuce.engines.scan.sampled import SampledColumn
from shuce.engines.scan.types import SemanticType as T

Detector = Callable[[SampledColumn], Finding]


def detectors(today: date) -> dict[T, Detector]:
    """Return the value test of each type; days are judged as of `today`."""
    return {
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


__all__ = ["Detector", "Finding", "detectors"]
