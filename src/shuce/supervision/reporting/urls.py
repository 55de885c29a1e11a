from django.urls import path

from shuce.supervision.reporting import pages, portal

app_name = "reporting"
_ONE = "reports/<str:report_id>/"
urlpatterns = [
    path("reports/", pages.reports, name="reports"),
    path("reports/new/", pages.prepare, name="prepare"),
    path(_ONE, pages.report, name="report"),
    path(f"{_ONE}figures/<str:code>/", pages.figure, name="figure"),
    path(f"{_ONE}refresh/", pages.refresh, name="refresh"),
    path(f"{_ONE}text/", pages.write, name="write"),
    path(f"{_ONE}submit/", pages.submit, name="submit"),
    path(f"{_ONE}confirm/", pages.confirm, name="confirm"),
    path(f"{_ONE}return/", pages.send_back, name="return"),
    path(f"{_ONE}report.xlsx", pages.excel, name="excel"),
    path(f"{_ONE}report.docx", pages.word, name="word"),
    path(f"{_ONE}report.pdf", pages.pdf, name="pdf"),
    path("disclosures/", pages.disclosures, name="disclosures"),
    path("disclosures/new/", pages.publish, name="publish"),
    path("disclosures/<str:disclosure_id>/withdraw/", pages.withdraw, name="withdraw"),
    path("portal/", portal.index, name="portal"),
    path("portal/catalog.jsonld", portal.catalog, name="catalog"),
    path("portal/<str:disclosure_id>/", portal.one, name="disclosure"),
]
