"""A bureau adds recognisers as data."""

from datetime import date
from pathlib import Path

import pytest

from shuce.engines.scan import SourceUnreadable, cases, names, scan
from shuce.engines.scan.recognisers import VARIABLE

FISHERS = """
[[recogniser]]
type = "insurance_no"
names = ["渔民证号", "fisher_no"]
values = 'YM\\d{8}'
why = "渔业船员证编号"
"""


@pytest.fixture
def added(tmp_path, monkeypatch):
    """Return a function that adds a file of recognisers, taken away after the test."""

    def add(text: str) -> Path:
        folder = tmp_path / "recognisers"
        folder.mkdir(exist_ok=True)
        (folder / f"{len(list(folder.iterdir()))}.toml").write_text(text, encoding="utf-8")
        monkeypatch.setenv(VARIABLE, str(folder))
        names.forget_words()
        return folder

    yield add
    monkeypatch.undo()
    names.forget_words()


def types_of(folder: Path) -> list[str]:
    path = folder / "t.csv"
    rows = "".join(f"YM1234{i:04},{i},{'甲乙丙丁'[i % 4]}\n" for i in range(1000, 1060))
    path.write_text(f"col_1,渔民证号,类别\n{rows}", encoding="utf-8")
    table = scan(str(path), today=date(2026, 11, 23)).tables[0]
    return [column.type.value for column in table.columns]


def test_a_file_of_recognisers_teaches_names_and_shapes(tmp_path, added):
    assert types_of(tmp_path)[0] == "none"
    added(FISHERS)
    assert types_of(tmp_path)[0] == "insurance_no"
    assert names.read_name("渔民证号").strengths == {"insurance_no": 0.95}
    assert names.read_name("FISHER_NO").strengths == {"insurance_no": 0.85}
    assert names.read_name("ymzh").strengths == {"insurance_no": 0.8}


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("[[recogniser]]\ntype = 'no_such_type'\nnames = ['x']\n", "no_such_type"),
        ("[[recogniser]]\ntype = 'mobile'\nvalues = '('\n", "识别规则文件有误"),
        ("[[recogniser]]\ntype = 'mobile'\nnams = ['x']\n", "nams"),
        ("[[recogniser]]\ntype = 'mobile'\n", "names"),
        ("recogniser = 1 2\n", "识别规则文件有误"),
    ],
)
def test_a_fault_in_the_file_is_told_and_nothing_is_scanned(tmp_path, added, capsys, written, said):
    added(written)
    with pytest.raises(SourceUnreadable, match="识别规则文件有误"):
        types_of(tmp_path)
    assert cases.run(str(tmp_path / "t.csv"), tmp_path / "out.json") == 2
    assert said in capsys.readouterr().err
