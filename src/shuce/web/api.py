"""The API: everything the pages do, for programs. Refusals are the same words as on the pages."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.security import HttpBearer, SessionAuth

from shuce.foundation.organizations.models import Member
from shuce.foundation.organizations.requests import sign_with_token
from shuce.kernel.refusals import Refused
from shuce.lifecycle.revenue.serving_api import router as products
from shuce.web import searching
from shuce.web.text import KeepableJson


class TokenAuth(HttpBearer):
    """`Authorization: Bearer shuce_…`, made on the page of one's own account."""

    def authenticate(self, request: HttpRequest, token: str) -> Member | None:
        return sign_with_token(request, token)


class SignedIn(SessionAuth):
    """A signed-in browser, with its CSRF token."""

    def authenticate(self, request: HttpRequest, key: str | None) -> Member | None:
        return request.user if isinstance(request.user, Member) else None


api = NinjaAPI(
    title="数册 Shuce",
    version="1",
    description="数据资产全过程管理。每项拒绝都写明理由和条款。",
    auth=[TokenAuth(), SignedIn(csrf=True)],
    urls_namespace="api",
    parser=KeepableJson(),
)


@api.exception_handler(Refused)
def refused(request: HttpRequest, refusal: Exception) -> HttpResponse:
    """Answer every refusal the same way, clause by clause."""
    assert isinstance(refusal, Refused)
    obstacles = [
        {"reason": o.reason, "clause": o.clause and str(o.clause), "field": o.field}
        for o in refusal.obstacles
    ]
    return api.create_response(request, {"obstacles": obstacles}, status=refusal.http_status)


for config in apps.get_app_configs():
    is_room = config.name.startswith("shuce.") and config.name != "shuce.web"
    if is_room and find_spec(f"{config.name}.api"):
        room = import_module(f"{config.name}.api")
        api.add_router(f"/{config.label}", room.router)

api.add_router("/search", searching.router)
# Called by programs of buyers, with keys of contracts.
api.add_router("/products", products)
