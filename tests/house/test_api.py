"""A refusal of the office becomes an API answer in one place."""
import pytest
from rest_framework.exceptions import NotFound

from cases.errors import AnswersRefused, MoveConflict, MoveForbidden, MoveRefused
from config.api import explain


@pytest.mark.parametrize(
    ("error", "status", "body"),
    [
        (MoveRefused("待派遣：不能结案"), 409, {"detail": "待派遣：不能结案"}),
        (MoveConflict("别人已先办理"), 409, {"detail": "别人已先办理"}),
        (MoveForbidden("您没有结案的权限"), 403, {"detail": "您没有结案的权限"}),
        (AnswersRefused({"words": "请写明原因"}), 400, {"detail": "请写明原因", "errors": {"words": "请写明原因"}}),
        (NotFound(), 404, {"detail": "未找到。"}),
    ],
)
def test_a_refusal_becomes_its_status_and_its_sentence(error, status, body):
    answer = explain(error, {})
    assert (answer.status_code, answer.data) == (status, body)


def test_a_defect_is_not_dressed_up_as_a_refusal():
    assert explain(ZeroDivisionError(), {}) is None
