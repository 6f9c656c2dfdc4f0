"""What is filled in wrongly about figures and rankings is said in the house's sentences."""
import pytest

from reports.forms.rankings import DistrictForm, HonourForm, PointsForm, WeightsForm
from reports.forms.year import ReportedForm
from reports.ranking import WEIGHTS

FULL = dict.fromkeys(WEIGHTS, "10") | {"on_time": "50"}
RECEIVED = {"period": "2016-05", "of": "9", "source_document": "通报"}


@pytest.mark.parametrize(("form", "field", "sentence"), [
    (DistrictForm({}), "period", "请填写周期。"),
    (DistrictForm({}), "source_document", "请填写来源文件。"),
    (DistrictForm(RECEIVED | {"of": "九"}), "of", "参评单位数应为不小于 1 的整数。请核对。"),
    (DistrictForm(RECEIVED | {"rank": "0"}), "rank", "名次应为不小于 1 的整数。请核对。"),
    (DistrictForm(RECEIVED | {"score": "1e400"}), "score", "得分应为最多 2 位小数的数字。请核对。"),
    (DistrictForm(RECEIVED | {"score": "91.555"}), "score", "得分应为最多 2 位小数的数字。请核对。"),
    (DistrictForm(RECEIVED | {"words": "长" * 41}), "words", "原文表述太长，最多 40 个字。请缩短。"),
    (HonourForm({"year": "1900"}), "year", "年度应为 1950 到 2100 之间的整数。请核对。"),
    (ReportedForm({}), "words", "请填写报告原文。"),
    (WeightsForm(FULL | {"patrol": "101"}), "patrol", "巡查到位率应为 0 到 100 之间的整数。请核对。"),
    (WeightsForm(FULL | {"patrol": ""}), "patrol", "请填写巡查到位率。"),
])  # fmt: skip
def test_each_refusal_names_its_field_and_says_what_to_do(form, field, sentence):
    assert form.errors[field] == [sentence]


@pytest.mark.django_db
def test_points_say_which_unit_is_wanted(xijing):
    assert PointsForm({"points": "1", "reason": "迟"}, kind="community").errors == {
        "department": ["请选择单位。"], "reason": ["理由太短，至少 2 个字。请写明。"]
    }  # fmt: skip
    other = PointsForm({"department": "9" * 20, "points": "1", "reason": "迟报"}, kind="community")
    assert other.errors["department"] == ["单位不在可选范围内。请从列表中选择。"]


@pytest.mark.django_db
def test_the_page_of_received_ranks_shows_them(client, chief):
    client.force_login(chief)
    answer = client.post("/rankings/received/", {"period": ""})
    assert answer.status_code == 422 and "请填写周期。" in answer.content.decode()
    assert "必填项" not in answer.content.decode()
