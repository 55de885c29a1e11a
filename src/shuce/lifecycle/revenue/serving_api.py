"""The data of a product, for the programs of those who have a contract over it.

`Authorization: Bearer shucep_…`: a key that the buyer made on the page of its contract.
"""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Field, Router, Schema
from ninja.security import HttpBearer

from shuce.foundation.organizations.requests import SignedRequest, sign_as
from shuce.lifecycle.market.models import ProductKey
from shuce.lifecycle.market.queries import key_with_secret
from shuce.lifecycle.revenue.serving import Served, serve


class KeyedRequest(SignedRequest):
    """A request that a product's key signed."""

    auth: ProductKey


class KeyAuth(HttpBearer):
    """Sign a call as the holder of its key. Whether the key is good, the call itself is told."""

    def authenticate(self, request: HttpRequest, token: str) -> ProductKey | None:
        key = key_with_secret(token)
        if key:
            sign_as(request, key.member)
        return key


router = Router(tags=["products"], auth=KeyAuth())


class CallIn(Schema):
    """Values of the query's parameters, as they would be typed."""

    values: dict[str, str] = Field(default_factory=dict, max_length=20)


class DataOut(Schema):
    """Released figures; or, where the node refused, the rule by which it did. Refusals are free."""

    call_id: str
    product: str
    verdict: str
    rule: str
    reason: str
    columns: list[str]
    rows: list[list[Any]]
    suppressed: int
    digest: str
    answered_at: datetime


@router.get("/{number}/data", response=DataOut)
def data(request: KeyedRequest, number: str) -> object:
    """Call a product; the query's parameters stand in the address."""
    values = {name: str(value) for name, value in request.GET.items()}
    return _told(serve(request.auth, number, values, by=request.signature))


@router.post("/{number}/data", response=DataOut)
def data_for(request: KeyedRequest, number: str, body: CallIn) -> object:
    """Call a product; the query's parameters stand in the body."""
    return _told(serve(request.auth, number, body.values, by=request.signature))


def _told(served: Served) -> dict[str, Any]:
    question = served.question
    return {
        "call_id": served.call.id,
        "product": served.call.service.product.number,
        "verdict": question.verdict,
        "rule": question.rule,
        "reason": question.reason,
        "columns": question.columns,
        "rows": question.rows,
        "suppressed": question.suppressed,
        "digest": question.digest,
        "answered_at": question.asked_at,
    }
