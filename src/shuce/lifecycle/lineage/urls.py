from django.urls import path

from shuce.lifecycle.lineage import pages

app_name = "lineage"
urlpatterns = [
    path("", pages.links, name="links"),
    path("links/<str:link_id>/", pages.link, name="link"),
    path("links/<str:link_id>/end/", pages.end, name="end"),
    path("cards/<str:card_id>/enter/", pages.enter, name="enter"),
    path("read/", pages.read, name="read"),
    path("datasets/", pages.datasets, name="datasets"),
    path("datasets/<str:dataset_id>/", pages.dataset, name="dataset"),
    path("datasets/<str:dataset_id>/bind/", pages.bind, name="bind"),
    path("datasets/<str:dataset_id>/unbind/", pages.unbind, name="unbind"),
    path("processes/", pages.processes, name="processes"),
    path("processes/<str:process_id>/", pages.process, name="process"),
    path("scripts/", pages.scripts, name="scripts"),
    path("scripts/<str:script_id>/", pages.script, name="script"),
]
