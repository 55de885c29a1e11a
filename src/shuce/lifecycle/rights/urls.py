from django.urls import path

from shuce.lifecycle.rights import assessing_pages, encumbrance_pages, going_pages, map_pages, pages

app_name = "rights"
urlpatterns = [
    path("offers/", pages.offers, name="offers"),
    path("cards/<str:card_id>/assess/", assessing_pages.assess, name="assess"),
    path("cards/<str:card_id>/impact/", assessing_pages.assess_impact, name="impact"),
    path(
        "impacts/<str:impact_id>/discard/",
        assessing_pages.discard_impact,
        name="discard_impact",
    ),
    path("cards/<str:card_id>/request/", pages.request_right, name="request"),
    path("cards/<str:card_id>/map/", map_pages.card_map, name="card_map"),
    path("cards/<str:card_id>/encumber/", encumbrance_pages.encumber, name="encumber"),
    path("encumbrances/<str:encumbrance_id>/release/", encumbrance_pages.release, name="release"),
    path("map/", map_pages.body_map, name="map"),
    path("grants/", pages.grants, name="grants"),
    path("grants/<str:grant_id>/", pages.grant, name="grant"),
    path("grants/<str:grant_id>/suspend/", pages.suspend, name="suspend"),
    path("grants/<str:grant_id>/resume/", pages.resume, name="resume"),
    path("grants/<str:grant_id>/withdraw/", pages.withdraw, name="withdraw"),
    path("grants/<str:grant_id>/renew/", going_pages.renew, name="renew"),
    path("grants/<str:grant_id>/relinquish/", going_pages.relinquish, name="relinquish"),
    path("exits/", going_pages.exit_list, name="exits"),
    path("exits/<str:exit_id>/", going_pages.exit_page, name="exit"),
    path("exits/<str:exit_id>/close/", going_pages.close_exit, name="close_exit"),
    path("exits/<str:exit_id>/steps/<str:kind>/", going_pages.do_step, name="exit_step"),
    path(
        "exits/<str:exit_id>/steps/<str:kind>/confirm/",
        going_pages.confirm_step,
        name="confirm_exit_step",
    ),
    path("grants/<str:grant_id>/odrl/", pages.odrl, name="odrl"),
]
