"""Events of the standard are read; what it requires and is missing is named."""

import pytest

from shuce.engines.lineage import EventKind, Named, RunState, read_event
from shuce.kernel.refusals import Refused

RUN = {
    "eventTime": "2026-03-20T12:00:00+08:00",
    "producer": "https://example.org/etl",
    "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
    "eventType": "COMPLETE",
    "run": {"runId": "0195b0c4-0f3a-7c1e-9d5a-2f1f6f3f0a11", "facets": {"what": {"ever": [1]}}},
    "job": {"namespace": "etl", "name": "daily", "facets": 7},
    "inputs": [{"namespace": "pg", "name": "db.public.a"}],
    "outputs": [
        {
            "namespace": "pg",
            "name": "db.public.b",
            "facets": {
                "schema": {"fields": [{"name": "x"}, {"no": "name"}]},
                "columnLineage": {
                    "fields": {
                        "x": {
                            "inputFields": [
                                {
                                    "namespace": "pg",
                                    "name": "db.public.a",
                                    "field": "y",
                                    "transformations": [{"type": "INDIRECT", "subtype": "JOIN"}],
                                },
                                {"namespace": "pg", "name": "db.public.a", "field": "z"},
                                {"broken": True},
                            ]
                        }
                    },
                    "dataset": [{"namespace": "pg", "name": "db.public.a", "field": "f"}],
                },
            },
        }
    ],
}


def test_a_run_event_is_read_with_its_columns_and_unknown_facets_pass():
    event = read_event(RUN)
    assert (event.kind, event.state, event.job) == (
        EventKind.RUN,
        RunState.COMPLETE,
        Named("etl", "daily"),
    )
    (output,) = event.outputs
    assert output.columns == ("x",)
    assert [(one.field, one.column, one.direct) for one in output.links] == [
        ("y", "x", False),
        ("z", "x", True),
        ("f", "", False),
    ]


def test_job_and_dataset_events_are_told_apart():
    job = {key: RUN[key] for key in ("eventTime", "producer", "schemaURL", "job")}
    assert read_event(job).kind is EventKind.JOB
    dataset = {key: RUN[key] for key in ("eventTime", "producer", "schemaURL")}
    assert read_event(dataset | {"dataset": RUN["outputs"][0]}).kind is EventKind.DATASET


@pytest.mark.parametrize(
    ("wrong", "fields"),
    [
        ({"eventTime": "yesterday"}, ["eventTime"]),
        ({"eventTime": "2026-03-20T12:00:00"}, ["eventTime"]),
        ({"producer": None, "schemaURL": ""}, ["producer", "schemaURL"]),
        ({"eventType": "DONE"}, ["eventType"]),
        ({"run": {"runId": "7"}}, ["run.runId"]),
        ({"job": {"name": "x"}}, ["job.namespace"]),
        ({"inputs": {}}, ["inputs"]),
        ({"outputs": [{"namespace": "n", "name": "m" * 501}]}, ["outputs[0].name"]),
        ({"outputs": ["t"]}, ["outputs[0]"]),
    ],
)
def test_what_the_standard_requires_is_named(wrong, fields):
    with pytest.raises(Refused) as refused:
        read_event(RUN | wrong)
    assert [obstacle.field for obstacle in refused.value.obstacles] == fields


def test_what_is_no_object_is_refused():
    with pytest.raises(Refused):
        read_event([1])
