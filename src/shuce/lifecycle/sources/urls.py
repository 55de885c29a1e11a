from django.urls import path

from shuce.lifecycle.sources import node_pages, pages, wire

# The page of one source, `sources:source`, gathers later rooms and is added by the web.
app_name = "sources"
urlpatterns = [
    path("", pages.sources, name="sources"),
    path("connect/", pages.connect, name="connect"),
    path("nodes/", node_pages.nodes, name="nodes"),
    path("nodes/invite/", node_pages.invite, name="invite"),
    path("nodes/<str:node_id>/", node_pages.node, name="node"),
    path("nodes/<str:node_id>/replace/", node_pages.replace, name="replace"),
    path("nodes/<str:node_id>/revoke/", node_pages.revoke, name="revoke"),
    path("wire/enrol", wire.enrol, name="wire_enrol"),
    path("wire/poll", wire.poll, name="wire_poll"),
    path("wire/progress", wire.progress, name="wire_progress"),
    path("wire/tell", wire.tell, name="wire_tell"),
    path("<str:source_id>/close/", pages.close, name="close"),
]
