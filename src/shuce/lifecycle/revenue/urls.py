from django.urls import path

from shuce.lifecycle.revenue import ledger_pages, outside_pages, pages, taking_pages

app_name = "revenue"
urlpatterns = [
    path("contracts/<str:contract_id>/meter/", pages.meter, name="meter"),
    path("contracts/<str:contract_id>/issue/", pages.issue, name="issue"),
    path(
        "editions/<str:edition_id>/take.<file_form:form>",
        taking_pages.take_edition,
        name="take_edition",
    ),
    path("bills/", pages.bills, name="bills"),
    path("bills/<str:bill_id>/", pages.bill, name="bill"),
    path("bills/<str:bill_id>/receipt/", pages.receipt, name="receipt"),
    path("bills/<str:bill_id>/distribute/", pages.distribute, name="distribute"),
    path("remittances/", pages.remittances, name="remittances"),
    path("shares/<str:line_id>/", pages.line, name="line"),
    path("shares/<str:line_id>/remit/", pages.remit, name="remit"),
    path("ledger/", ledger_pages.ledger, name="ledger"),
    path("ledger/<str:entry_id>/", ledger_pages.entry, name="entry"),
    path("ledger/<str:entry_id>/reverse/", ledger_pages.reverse_entry, name="reverse"),
    path("breaches/", ledger_pages.breaches, name="breaches"),
    path("outside/", outside_pages.outside_list, name="outside"),
    path("outside/note/", outside_pages.note, name="note_outside"),
    path("breaches/scan/", ledger_pages.scan, name="scan"),
    path("breaches/<str:finding_id>/", ledger_pages.breach, name="breach"),
    path("breaches/<str:finding_id>/conclude/", ledger_pages.conclude, name="conclude"),
]
