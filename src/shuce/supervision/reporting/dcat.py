"""The portal's catalogue as DCAT 3 in JSON-LD: what portals and search engines harvest."""

from collections.abc import Callable, Iterable
from typing import Any

from shuce.kernel.regions import full_name
from shuce.kernel.words import say
from shuce.supervision.reporting.models import Disclosure

_CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "hydra": "http://www.w3.org/ns/hydra/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_LANGUAGE = {"@id": "http://publications.europa.eu/resource/authority/language/ZHO"}
# The shared list of frequencies, for the cycles that it names.
_FREQUENCIES = {1: "DAILY", 7: "WEEKLY", 30: "MONTHLY", 90: "QUARTERLY", 365: "ANNUAL"}


def catalogue(
    disclosures: Iterable[Disclosure],
    *,
    address: str,
    next_address: str,
    page_of: Callable[[Disclosure], str],
) -> dict[str, Any]:
    """Return the catalogue with these entries; `page_of` gives an entry's absolute address."""
    found = {
        "@context": _CONTEXT,
        "@id": address,
        "@type": "dcat:Catalog",
        "dct:title": _text(say("公共数据资产披露目录")),
        "dct:description": _text(say("依法可以披露的公共数据资产、取得条件和申请方式")),
        "dct:language": _LANGUAGE,
        "dct:publisher": _agent(say("数据资产登记管理机构")),
        "dcat:dataset": [_dataset(one, page_of(one)) for one in disclosures],
    }
    return found | ({"hydra:next": {"@id": next_address}} if next_address else {})


def _dataset(disclosure: Disclosure, page: str) -> dict[str, Any]:
    card = disclosure.card
    return {
        "@id": page,
        "@type": "dcat:Dataset",
        "dct:identifier": card.number,
        "dct:title": _text(disclosure.title),
        "dct:description": _text(disclosure.summary or disclosure.title),
        "dct:language": _LANGUAGE,
        "dct:publisher": _agent(card.holder.name, card.holder.uscc),
        "dct:issued": _typed("dateTime", disclosure.published_at.isoformat()),
        "dct:modified": _typed("date", card.updated_on.isoformat()),
        "dct:accrualPeriodicity": _frequency(card.update_cycle_days),
        "dct:spatial": {
            "@type": "dct:Location",
            "dct:identifier": card.region_code,
            "skos:prefLabel": _text(full_name(card.region_code)),
        },
        "dct:accessRights": {
            "@type": "dct:RightsStatement",
            "rdfs:label": _text(disclosure.terms),
        },
        "dcat:theme": {"@type": "skos:Concept", "skos:prefLabel": _text(card.industry.label)},
        "dcat:contactPoint": {
            "@type": "vcard:Organization",
            "vcard:fn": card.holder.name,
            "vcard:note": disclosure.contact,
        },
        "dcat:landingPage": {"@id": page},
    }


def _frequency(days: int) -> dict[str, Any]:
    if code := _FREQUENCIES.get(days):
        return {"@id": f"http://publications.europa.eu/resource/authority/frequency/{code}"}
    return {"@type": "dct:Frequency", "rdfs:label": _text(say("每{days}天", days=days))}


def _agent(name: str, identifier: str = "") -> dict[str, Any]:
    agent = {"@type": "foaf:Organization", "foaf:name": _text(name)}
    return agent | ({"dct:identifier": identifier} if identifier else {})


def _text(value: str) -> dict[str, str]:
    return {"@value": value, "@language": "zh"}


def _typed(kind: str, value: str) -> dict[str, str]:
    return {"@type": f"xsd:{kind}", "@value": value}
