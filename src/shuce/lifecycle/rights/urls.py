from django.urls import path

from shuce.lifecycle.rights import map_pages, pages

app_name = "rights"
urlpatterns = [
    path("offers/", pages.offers, name="offers"),
    path("cards/<str:card_id>/assess/", pages.assess, name="assess"),
    path("cards/<str:card_id>/request/", pages.request_right, name="request"),
    path("cards/<str:card_id>/map/", map_pages.card_map, name="card_map"),
    path("map/", map_pages.body_map, name="map"),
    path("grants/", pages.grants, name="grants"),
    path("grants/<str:grant_id>/", pages.grant, name="grant"),
    path("grants/<str:grant_id>/suspend/", pages.suspend, name="suspend"),
    path("grants/<str:grant_id>/resume/", pages.resume, name="resume"),
    path("grants/<str:grant_id>/withdraw/", pages.withdraw, name="withdraw"),
    path("grants/<str:grant_id>/odrl/", pages.odrl, name="odrl"),
]
