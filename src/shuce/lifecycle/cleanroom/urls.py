from django.urls import path, register_converter

from shuce.lifecycle.cleanroom import blend_pages, pages, saved_pages, set_pages
from shuce.lifecycle.cleanroom.rules import FileForm


class _FileForms:
    """The forms a result can be taken out in, as the end of an address."""

    regex = "|".join(FileForm)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(_FileForms, "file_form")

app_name = "cleanroom"
urlpatterns = [
    path("", pages.studio, name="studio"),
    path("questions/", pages.questions, name="questions"),
    path("questions/<str:question_id>/", pages.question, name="question"),
    path("questions/<str:question_id>/export.<file_form:form>", pages.export, name="export"),
    path("deliveries/", pages.delivered, name="deliveries"),
    path("trace/", pages.trace, name="trace"),
    path("grants/<str:grant_id>/", pages.ask, name="ask"),
    path("grants/<str:grant_id>/foresee/", pages.foresee, name="foresee"),
    path("grants/<str:grant_id>/save/", saved_pages.save, name="save"),
    path("grants/<str:grant_id>/sets/new/", set_pages.make, name="make_set"),
    path("sets/", set_pages.datasets, name="datasets"),
    path("sets/<str:set_id>/", set_pages.dataset, name="dataset"),
    path("sets/<str:set_id>/submit/", set_pages.submit, name="submit_set"),
    path("sets/<str:set_id>/withdraw/", set_pages.withdraw, name="withdraw_set"),
    path("sets/<str:set_id>/export.<file_form:form>", set_pages.export, name="export_set"),
    path("blends/", blend_pages.blends, name="blends"),
    path("blends/new/", blend_pages.pair, name="pair"),
    path("blends/<str:left_id>/<str:right_id>/", blend_pages.blend_new, name="blend_new"),
    path(
        "blends/<str:left_id>/<str:right_id>/foresee/",
        blend_pages.blend_foresee,
        name="blend_foresee",
    ),
    path("blends/<str:blend_id>/", blend_pages.blend, name="blend"),
    path("saved/", saved_pages.saved_queries, name="saved_queries"),
    path("saved/<str:query_id>/", saved_pages.saved, name="saved"),
    path("saved/<str:query_id>/change/", saved_pages.change, name="change"),
    path("saved/<str:query_id>/retire/", saved_pages.retire, name="retire"),
    path("saved/<str:query_id>/schedule/", saved_pages.schedule, name="schedule"),
    path("schedules/<str:schedule_id>/<slug:state>/", saved_pages.move, name="move"),
]
