"""Every room's pages under its own name; the rest of the web around them."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig, apps
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from shuce.web import asset, source
from shuce.web.api import api

# Pages that gather what later rooms know of a thing, under the name of the thing's own room.
GATHERED: dict[str, list[URLPattern]] = {
    "register": [path("cards/<str:card_id>/", asset.show, name="card")],
    "sources": [path("<str:source_id>/", source.show, name="source")],
}


def _room(config: AppConfig) -> URLResolver:
    room = import_module(f"{config.name}.urls")
    pages = [*room.urlpatterns, *GATHERED.get(config.label, [])]
    return path(f"{config.label}/", include((pages, room.app_name)))


urlpatterns = [
    path("", include("shuce.web.desk_urls")),
    path("accounts/password/reset/", RedirectView.as_view(pattern_name="account_login")),
    path("accounts/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("api/v1/", api.urls),
    *(
        _room(config)
        for config in apps.get_app_configs()
        if config.name.startswith("shuce.")
        and config.name != "shuce.web"
        and find_spec(f"{config.name}.urls")
    ),
]
