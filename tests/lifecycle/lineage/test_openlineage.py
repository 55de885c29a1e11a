"""The official OpenLineage client works against the endpoint; what it sends becomes lineage."""

import gzip
import json
import logging
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from openlineage.client import OpenLineageClient
from openlineage.client.event_v2 import (
    Dataset as ClientDataset,
)
from openlineage.client.event_v2 import (
    DatasetEvent,
    InputDataset,
    Job,
    JobEvent,
    OutputDataset,
    Run,
    RunEvent,
    RunState,
    StaticDataset,
)
from openlineage.client.facet_v2 import column_lineage_dataset, schema_dataset
from openlineage.client.transport.http import (
    ApiKeyTokenProvider,
    HttpCompression,
    HttpConfig,
    HttpTransport,
)

from shuce.foundation.evidence.models import Entry
from shuce.foundation.organizations import commands as organizations
from shuce.foundation.organizations.permissions import Role
from shuce.lifecycle.lineage import models
from shuce.lifecycle.lineage.graphs import graph_of

PG = "postgres://db:5432"
JOB = Job(namespace="etl", name="monthly_report")
AT = datetime(2026, 3, 20, 4, tzinfo=UTC)


def column_facet(source="health.public.visits"):
    field = column_lineage_dataset.InputField(namespace=PG, name=source, field="fee")
    fields = {"fee": column_lineage_dataset.Fields(inputFields=[field])}
    return {
        "columnLineage": column_lineage_dataset.ColumnLineageDatasetFacet(fields=fields),
        "schema": schema_dataset.SchemaDatasetFacet(
            fields=[schema_dataset.SchemaDatasetFacetFields(name="fee", type="REAL")]
        ),
    }


def event(state, run, *, ins=(), outs=(), seconds=0):
    return RunEvent(
        eventType=state,
        eventTime=(AT + timedelta(seconds=seconds)).isoformat(),
        run=run,
        job=JOB,
        inputs=[InputDataset(PG, name) for name in ins],
        outputs=[OutputDataset(PG, name, facets=column_facet()) for name in outs],
        producer="https://example.org/etl",
    )


@pytest.fixture
def key(city):
    by = city.sign(Role.DATA_STEWARD, city.unit, datetime.now(UTC))  # noqa: TID251
    return organizations.make_token("加工程序", by.today + timedelta(days=30), by=by)[1]


@pytest.fixture
def send(key, client):
    """Send an event's JSON as its program would, without a server between."""

    def post(body, secret=key, **headers):
        return client.generic(
            "POST",
            "/api/v1/lineage",
            body if isinstance(body, bytes) else json.dumps(body),
            content_type="application/json",
            headers={"authorization": f"Bearer {secret}", **headers},
        )

    return post


def as_json(one):
    from openlineage.client.serde import Serde

    return json.loads(Serde.to_json(one))


@pytest.mark.clause("G-12")
def test_the_official_client_reports_a_run_to_a_live_server(live_server, city, cards, key, caplog):
    caplog.set_level(logging.ERROR)
    config = HttpConfig(
        url=live_server.url,
        auth=ApiKeyTokenProvider({"apiKey": key}),
        compression=HttpCompression.GZIP,
    )
    client = OpenLineageClient(transport=HttpTransport(config))
    run = Run(runId=str(uuid4()))
    client.emit(event(RunState.START, run, ins=["health.public.visits"]))
    assert models.Link.objects.count() == 0
    client.emit(event(RunState.RUNNING, run, seconds=1))
    client.emit(event(RunState.COMPLETE, run, outs=["health.public.report"], seconds=2))
    static = StaticDataset(PG, "health.public.dim")
    client.emit(
        JobEvent(
            eventTime=AT.isoformat(), producer="https://example.org/etl",
            job=Job(namespace="etl", name="static"), inputs=[InputDataset(PG, "health.public.dim")],
            outputs=[OutputDataset(PG, "health.public.report")],
        )
    )  # fmt: skip
    client.emit(
        DatasetEvent(eventTime=AT.isoformat(), producer="https://example.org/etl", dataset=static)
    )
    client.close()
    member = city.sign(Role.ASSET_KEEPER, city.unit).member
    graph = graph_of(cards["report"], member)
    assert {node.name for node in graph.upstream()} == {"门诊就诊记录", "dim"}
    down = graph_of(cards["visits"], member)
    assert [(node.name, one.column) for node, one in down.impact("fee")] == [
        ("门诊费用月报", "fee")
    ]
    assert models.Run.objects.get().state == "COMPLETE"
    assert ClientDataset is not None


def test_the_same_event_twice_changes_nothing(cards, send):
    run = Run(runId=str(uuid4()))
    done = as_json(event(RunState.COMPLETE, run, ins=["health.public.visits"], outs=["report"]))
    first, again = send(done), send(done)
    assert (first.status_code, first.json()) == (201, {"new": True})
    assert (again.status_code, again.json()) == (201, {"new": False})
    assert Entry.objects.filter(kind="lineage.event_taken").count() == 1
    assert models.Link.objects.count() == 1
    later = as_json(
        event(
            RunState.COMPLETE,
            Run(runId=str(uuid4())),
            ins=["health.public.visits"],
            outs=["report"],
        )
    )
    send(later)
    assert models.Link.objects.count() == 1
    assert models.Run.objects.count() == 2


def test_a_run_that_failed_proves_nothing_and_does_not_begin_again(cards, send):
    run = Run(runId=str(uuid4()))
    send(as_json(event(RunState.FAIL, run, ins=["visits"], outs=["report"], seconds=5)))
    send(as_json(event(RunState.START, run, ins=["visits"], outs=["report"])))
    found = models.Run.objects.get()
    assert (found.state, found.began_at) == ("FAIL", AT)
    assert models.Link.objects.count() == 0
    assert models.Process.objects.get().name == "monthly_report"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ([], 422),
        (b"{not json", 400),
        ({"eventTime": "now"}, 422),
    ],
)
def test_what_is_no_event_is_refused_with_reasons(city, send, body, status):
    answer = send(body)
    assert answer.status_code == status
    assert answer.json()


def test_without_a_key_or_the_post_nothing_is_taken(city, cards, send):
    body = as_json(event(RunState.COMPLETE, Run(runId=str(uuid4())), ins=["a"], outs=["b"]))
    assert send(body, secret="shuce_wrong").status_code == 401
    by = city.sign(Role.FINANCE_OFFICER, city.unit, datetime.now(UTC))  # noqa: TID251
    _, weak = organizations.make_token("财务程序", by.today + timedelta(days=3), by=by)
    answer = send(body, secret=weak)
    assert answer.status_code == 403
    assert answer.json()["obstacles"]
    assert models.Dataset.objects.count() == 0


def test_names_of_our_own_are_not_a_programs_to_give(cards, send):
    body = as_json(event(RunState.COMPLETE, Run(runId=str(uuid4())), ins=["a"], outs=["b"]))
    body["inputs"][0]["namespace"] = "shuce:card"
    assert send(body).status_code == 422
    assert models.Run.objects.count() == 0


def test_a_packed_body_is_unpacked_and_a_broken_one_refused(cards, send):
    body = as_json(event(RunState.COMPLETE, Run(runId=str(uuid4())), ins=["visits"], outs=["dim"]))
    packed = gzip.compress(json.dumps(body).encode())
    assert send(packed, **{"content-encoding": "gzip"}).status_code == 201
    assert send(packed[:-9], **{"content-encoding": "gzip"}).status_code == 400


def test_an_unknown_name_is_kept_for_a_person_to_bind(city, cards, send):
    send(
        as_json(event(RunState.COMPLETE, Run(runId=str(uuid4())), ins=["visits"], outs=["lake.x9"]))
    )
    member = city.sign(Role.ASSET_KEEPER, city.unit).member
    (node,) = graph_of(cards["visits"], member).downstream()
    assert (node.name, node.place) == ("lake.x9", PG)
