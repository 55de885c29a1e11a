"""The pages that belong to no one room: home, inbox, the asset page, one's own account."""

from django.urls import path

from shuce.web import account, home, searching

urlpatterns = [
    path("", home.show, name="home"),
    path("inbox/", home.inbox, name="inbox"),
    path("search/", searching.show, name="search"),
    path("search/suggestions/", searching.suggestions, name="search_suggestions"),
    path("me/tokens/", account.tokens, name="tokens"),
    path("me/tokens/new/", account.make_token, name="make_token"),
    path("me/tokens/<str:token_id>/revoke/", account.revoke_token, name="revoke_token"),
]
