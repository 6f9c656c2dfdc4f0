"""The document says what the table says."""
import dataclasses
import io
from pathlib import Path

from django.core.management import call_command

from cases.management.commands import print_workflow
from cases.states import State
from cases.workflow import MOVES

PAGE = Path(__file__).resolve().parents[2] / "docs/workflow.md"


def test_the_document_is_what_the_table_prints():
    out = io.StringIO()
    call_command("print_workflow", stdout=out)
    assert PAGE.read_text(encoding="utf-8") == out.getvalue(), "run: python manage.py print_workflow > docs/workflow.md"


def test_every_move_and_every_state_stands_in_it():
    page = print_workflow.document()
    for move in MOVES.values():
        assert f"| `{move.name}` | {move.button} |" in page
    for state in State:
        assert f"    {state.value}: {state.label}\n" in page and f"| `{state.value}` | {state.label} |" in page


def test_every_edge_of_the_diagram_is_a_row_of_the_table():
    diagram = print_workflow.document().split("```")[1]
    assert "    dispatched --> in_progress: 签收\n" in diagram and "    closed --> registered: 重开\n" in diagram
    edges = [line.split(":")[0].split(" --> ") for line in diagram.splitlines() if " --> " in line and "[*]" not in line]
    for start, end in (map(str.strip, edge) for edge in edges):
        ways = [move for move in MOVES.values() if start in move.from_]
        assert any(move.to == "before" or move.target(State(start)) == end for move in ways), (start, end)


def test_a_changed_table_changes_the_document(monkeypatch):
    before = print_workflow.document()
    monkeypatch.setitem(MOVES, "accept", dataclasses.replace(MOVES["accept"], to=State.REGISTERED))
    after = print_workflow.document()
    assert before != after and "reported --> registered: 受理" in after
