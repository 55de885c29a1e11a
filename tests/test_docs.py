"""The generated documents are what the code makes of them today."""

import pytest

from shuce.kernel.clauses import Clause
from shuce.web import generated


@pytest.mark.parametrize("name", ["clauses.md", "events.md", "permissions.md"])
def test_a_generated_document_is_up_to_date(name):
    file = generated.ROOT / "docs" / name
    assert file.read_text(encoding="utf-8") == generated.documents()[name], "run ./shuce docs"


def test_writing_again_changes_nothing(tmp_path):
    assert sorted(generated.write(tmp_path)) == ["clauses.md", "events.md", "permissions.md"]
    assert generated.write(tmp_path) == []


def test_marks_are_read_from_the_tests_without_running_them():
    proved = generated.marked_tests()
    here = "supervision/reporting/test_rules.py"
    assert (here, "test_a_report_whose_figures_agree_may_go_up") in proved[Clause.N_11]
    assert "supervision/reporting/rules.py" in generated.refusals()[Clause.N_11]
