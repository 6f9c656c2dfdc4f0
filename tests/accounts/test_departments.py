"""Departments entered in one go."""
import pytest

from accounts.departments import USUAL, DepartmentsRefused, add_departments, read_departments
from accounts.models import AuditEntry, Department
from tests.accounts.conftest import NOW


def test_pasted_lines_become_departments_once(person):
    admin = person("admin")
    lines = read_departments("D01\t执法队\t城管\t常驻部门\n\nS01，城市管理科，城管科，街道科室\n")
    assert add_departments(lines, by=admin, at=NOW) == 2
    assert add_departments(lines, by=admin, at=NOW) == 0
    first, second = Department.objects.order_by("code")
    assert (first.kind, first.resident_in_centre, second.kind) == ("resident", True, "office")
    assert AuditEntry.objects.of_action("department_created").get().detail == {"count": 2}


def test_the_usual_departments_are_well_formed(db):
    assert add_departments(read_departments(USUAL), by=None, at=NOW) == len(USUAL.splitlines())
    assert Department.objects.filter(kind="resident").count() == 8


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("D01,执法队,城管", "第 1 行：应有 4 列"),
        ("D01,执法队,城管,部委", "第 1 行：没有“部委”这个类别"),
        ("D01,执法队,城管,常驻部门\nD01,工商所,工商所,常驻部门", "第 2 行：编码 D01 与第 1 行重复"),
        ("D01," + "长" * 61 + ",城管,常驻部门", "全称最多 60 个字，现为 61 个"),
        ("  \n", "还没有填写部门"),
    ],
)
def test_a_wrong_line_is_named_and_nothing_is_read(text, sentence):
    with pytest.raises(DepartmentsRefused) as refusal:
        read_departments(text)
    assert sentence in str(refusal.value)


def test_every_wrong_line_is_named_at_once():
    with pytest.raises(DepartmentsRefused) as refusal:
        read_departments("a\nD01,执法队,城管,常驻部门\nb")
    assert [sentence[:6] for sentence in refusal.value.sentences] == ["第 1 行：", "第 3 行："]


def test_words_for_departments(db, department, other_department):
    Department.objects.filter(pk=other_department.pk).update(active=False)
    Department.objects.create(code="S09", name="档案室", short_name="档案室", kind="office", takes_cases=False)
    west = Department.objects.create(code="110107005008", name="西井社区", short_name="西井", kind="community")
    assert set(Department.objects.active().values_list("code", flat=True)) == {"D01", "S09", "110107005008"}
    assert set(Department.objects.handling_cases()) == {department, west}
    assert list(Department.objects.communities()) == [west]
