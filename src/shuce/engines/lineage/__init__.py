"""Where data came from: read from SQL texts and OpenLineage events, walked, and drawn.

    read_sql("INSERT INTO b SELECT x FROM a", "postgres", columns_of)   # statements, columns, gaps
    read_event(json)                                                    # a RunEvent, JobEvent …
    impact_of(arrows, "card:1", "id_card")                              # what hangs on a column
    draw(boxes, arrows)                                                 # SVG, left to right

No Django, no database: the room `lifecycle/lineage` keeps what is found here.
"""

from shuce.engines.lineage.drawing import Box, draw
from shuce.engines.lineage.openlineage import (
    DatasetSeen,
    Event,
    EventKind,
    FieldLink,
    Named,
    RunState,
    read_event,
)
from shuce.engines.lineage.shapes import (
    Certainty,
    ColumnFlow,
    Dialect,
    Gap,
    How,
    Statement,
    StatementKind,
)
from shuce.engines.lineage.sql import read_sql
from shuce.engines.lineage.walking import Arrow, Flow, Impact, impact_of, layers_of

__all__ = [
    "Arrow",
    "Box",
    "Certainty",
    "ColumnFlow",
    "DatasetSeen",
    "Dialect",
    "Event",
    "EventKind",
    "FieldLink",
    "Flow",
    "Gap",
    "How",
    "Impact",
    "Named",
    "RunState",
    "Statement",
    "StatementKind",
    "draw",
    "impact_of",
    "layers_of",
    "read_event",
    "read_sql",
]
