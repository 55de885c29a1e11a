"""The procedures and decision tables in force: checked before they are set, every version kept."""

import hashlib
from collections.abc import Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable

from shuce.engines import procedure as engine
from shuce.engines.procedure import tables
from shuce.foundation.approvals import events
from shuce.foundation.approvals.models import ProcedureVersion
from shuce.foundation.evidence.recording import command, record
from shuce.foundation.organizations.models import Signature
from shuce.foundation.organizations.permissions import Permission, Role
from shuce.kernel.clauses import Clause
from shuce.kernel.refusals import Conflict, Obstacle, Refused, refuse_if

PLACES = ("holder", "department", "bureau", "operator")
# What codes of roles and places are called, wherever a procedure is drawn or compared.
NAMES = {
    **{role.value: role.chinese for role in Role},
    "holder": "本单位",
    "department": "主管部门",
    "bureau": "财政部门",
    "operator": "运营主体",
}
# The facts that every case is given by where its body stands (`commands.open_case`).
PLACE_FACTS = {
    "has_department": engine.FactKind.BOOL,
    "has_bureau": engine.FactKind.BOOL,
    "holder_kind": engine.FactKind.TEXT,
    "holder_level": engine.FactKind.TEXT,
}


def install_procedures(*, by: Signature) -> list[ProcedureVersion]:
    """Set every procedure and table we ship that is not there yet. What a bureau set, stays."""
    require_to_set(by)
    # Tables first: a procedure is checked against the tables it asks.
    return [
        set_procedure(key, file.read_text("utf-8"), is_table, by=by)
        for (key, is_table), file in sorted(_not_there().items(), key=lambda one: not one[0][1])
    ]


def procedures_not_installed() -> list[str]:
    """Return the keys of what we ship, in this version, that the register has not set yet."""
    return sorted(key for key, _ in _not_there())


def _not_there() -> dict[tuple[str, bool], Traversable]:
    shipped = files("shuce").joinpath("procedures")
    found = {
        (file.name.removesuffix(".toml"), is_table): file
        for folder, is_table in ((shipped, False), (shipped.joinpath("tables"), True))
        for file in sorted(folder.iterdir(), key=lambda one: one.name)
        if file.name.endswith(".toml")
    }
    there = set(ProcedureVersion.objects.values_list("key", "is_table"))
    return {which: file for which, file in found.items() if which not in there}


@command
def set_procedure(
    key: str,
    text: str,
    is_table: bool,
    *,
    instead_of: ProcedureVersion | None = None,
    by: Signature,
) -> ProcedureVersion:
    """Set a new version of a procedure or table; open cases keep the one they began with.

    `instead_of` is the version whose difference was shown to the signer: if another has come into
    force since, the change is refused, for nobody has seen what it would undo.
    """
    require_to_set(by)
    refuse_if(obstacles_to_set(key, text, is_table))
    versions = ProcedureVersion.objects.filter(key=key, is_table=is_table).order_by("version")
    # The first version is the lock on its successors: two offices never set the same number.
    versions.select_for_update().first()
    last = versions.last()
    if instead_of and last and last.id != instead_of.id:
        raise Conflict(
            Obstacle("期间已有新的第{n}版生效，请重新核对差别", Clause.N_2, n=last.version)
        )
    version = ProcedureVersion.objects.create(
        key=key,
        is_table=is_table,
        version=last.version + 1 if last else 1,
        text=text,
        set_at=by.at,
    )
    digest = hashlib.sha256(text.encode()).hexdigest()
    record(events.ProcedureSet(version.id, key, version.version, digest), by)
    return version


def require_to_set(by: Signature) -> None:
    """Refuse whoever may not change procedures."""
    assert by.member.organization is not None
    by.require(Permission.PROCEDURE_MANAGE, within=by.member.organization)


def current(key: str) -> ProcedureVersion:
    """Return the version of a procedure that new cases follow."""
    found = ProcedureVersion.objects.filter(key=key, is_table=False).order_by("-version").first()
    if found is None:
        raise Refused(Obstacle("还没有设定“{key}”审批流程，请先安装流程", Clause.N_2, key=key))
    return found


def current_tables() -> list[ProcedureVersion]:
    """Return the newest version of every decision table."""
    newest: dict[str, ProcedureVersion] = {}
    for version in ProcedureVersion.objects.filter(is_table=True).order_by("version"):
        newest[version.key] = version
    return list(newest.values())


def table_in_force(key: str) -> tables.DecisionTable | None:
    """Return the newest version of one decision table, if it was ever set."""
    found = ProcedureVersion.objects.filter(key=key, is_table=True).order_by("-version").first()
    return tables.load_table(found.text) if found else None


def loaded(versions: Sequence[ProcedureVersion]) -> dict[str, tables.DecisionTable]:
    return {version.key: tables.load_table(version.text) for version in versions}


def obstacles_to_set(key: str, text: str, is_table: bool) -> list[Obstacle]:
    """Return everything wrong with a text before it is set, in words for who edits it.

    A procedure must be sound and ask only for facts that are given when its matter is put to
    approval; a table must be sound, and so must every procedure that asks it.
    """
    try:
        if is_table:
            table = tables.load_table(text)
            named, found = table.key, tables.check_table(table)
        else:
            procedure = engine.load(text, loaded(current_tables()))
            named, found = procedure.key, _check(procedure)
    except (engine.BadProcedure, engine.BadTable) as bad:
        return _told(bad.faults)
    except RecursionError:
        return [Obstacle("流程嵌套过深", Clause.N_2)]
    if named != key:
        # A text under another's name would change a procedure that nobody looked at.
        return [Obstacle("流程代码是“{named}”，不是“{key}”", Clause.N_2, named=named, key=key)]
    if found:
        return _told(found)
    return _shaken(table) if is_table else _unasked(procedure)


def _check(procedure: engine.Procedure) -> list[engine.Fault]:
    return engine.check(procedure, roles=[r.value for r in Role], places=PLACES)


def _shaken(table: tables.DecisionTable) -> list[Obstacle]:
    """Return what a changed table breaks in the procedures that ask it."""
    changed = {**loaded(current_tables()), table.key: table}
    newest = ProcedureVersion.objects.filter(is_table=False).order_by("version")
    return [
        Obstacle(
            "改后“{procedure}”流程将不成立：{step} {reason}",
            Clause.N_2,
            procedure=procedure.title,
            step=fault.step,
            reason=fault.reason,
        )
        for version in {one.key: one for one in newest}.values()
        for procedure in [engine.load(version.text, changed)]
        if any(getattr(step, "table", "") == table.key for step in procedure.all_steps())
        for fault in _check(procedure)
    ]


def _unasked(procedure: engine.Procedure) -> list[Obstacle]:
    """Return the facts that nobody would give: with one of them no case could be opened."""
    first = ProcedureVersion.objects.filter(key=procedure.key, is_table=False).order_by("version")
    if (before := first.first()) is None:
        return []
    # What the matter gives is what its shipped procedure reads, and the places of every case.
    given = {name: spec.kind for name, spec in before.procedure.facts.items()} | PLACE_FACTS
    return [
        Obstacle(
            "“{fact}”在提交“{matter}”时没有人提供，请删去，或写明默认值 default",
            Clause.N_2,
            fact=name,
            matter=before.title,
        )
        for name, spec in procedure.facts.items()
        if spec.default is None and given.get(name) is not spec.kind
    ]


def _told(faults: Sequence[engine.Fault]) -> list[Obstacle]:
    return [
        Obstacle("流程有误，{place}：{reason}", Clause.N_2, place=fault.step, reason=fault.reason)
        if fault.step
        else Obstacle("流程有误：{reason}", Clause.N_2, reason=fault.reason)
        for fault in faults
    ]
