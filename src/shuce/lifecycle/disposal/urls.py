from django.urls import path

from shuce.lifecycle.disposal import pages

app_name = "disposal"
_ONE = "disposals/<str:disposal_id>/"
urlpatterns = [
    path("", pages.disposals, name="disposals"),
    path("propose/", pages.propose, name="propose"),
    path(_ONE, pages.disposal, name="disposal"),
    path(f"{_ONE}copies/count/", pages.count_copies, name="count_copies"),
    path(f"{_ONE}copies/add/", pages.list_copy, name="list_copy"),
    path("copies/<str:copy_id>/", pages.deal_with_copy, name="deal_with_copy"),
    path(f"{_ONE}carry-out/", pages.carry_out, name="carry_out"),
    path(f"{_ONE}attend/", pages.attend, name="attend"),
    path(f"{_ONE}destroy/", pages.destroy, name="destroy"),
    path(f"{_ONE}abandon/", pages.abandon, name="abandon"),
    path(f"{_ONE}certificate/", pages.certificate, name="certificate"),
    path(f"{_ONE}certificate.pdf", pages.certificate_pdf, name="certificate_pdf"),
]
