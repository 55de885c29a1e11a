from django.urls import path

from shuce.foundation.organizations import account_pages, pages

app_name = "organizations"
urlpatterns = [
    path("", pages.tree, name="tree"),
    path("new/", pages.enter, name="enter"),
    path("people/<str:member_id>/password/", account_pages.password, name="password"),
    path("people/<str:member_id>/factor/", account_pages.factor, name="factor"),
    path("people/<str:member_id>/close/", account_pages.close, name="close_account"),
    path("people/<str:member_id>/reopen/", account_pages.reopen, name="reopen_account"),
    path("<str:organization_id>/", pages.organization, name="organization"),
    path("<str:organization_id>/people/new/", pages.enter_member, name="enter_member"),
    path("<str:organization_id>/posts/new/", pages.appoint, name="appoint"),
    path("posts/<str:post_id>/dismiss/", pages.dismiss, name="dismiss"),
    path("<str:organization_id>/duties/<str:link>/", pages.assign_duty, name="assign_duty"),
]
