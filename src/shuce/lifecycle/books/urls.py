from django.urls import path

from shuce.lifecycle.books import pages

app_name = "books"
urlpatterns = [
    path("", pages.accounts, name="accounts"),
    path("amortise/", pages.amortise, name="amortise"),
    path("cards/<str:card_id>/book/", pages.book, name="book"),
    path("statements/<str:organization_id>/", pages.statement, name="statement"),
    path("checks/", pages.checks, name="checks"),
    path("checks/new/", pages.compare, name="compare"),
    path("checks/<str:check_id>/", pages.check, name="check"),
    path("differences/<str:unlike_id>/", pages.conclude, name="conclude"),
    path("<str:account_id>/", pages.account, name="account"),
    path("<str:account_id>/units/", pages.units, name="units"),
    path("<str:account_id>/life/", pages.life, name="life"),
    path("<str:account_id>/impair/", pages.impair, name="impair"),
]
