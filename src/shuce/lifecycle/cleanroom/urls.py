from django.urls import path, register_converter

from shuce.lifecycle.cleanroom import pages
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
]
