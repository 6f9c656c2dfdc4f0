"""The page on which every ledger is carried away, seen at a register that holds a name."""
import pytest

from accounts.models import AuditEntry
from grid.models import Organisation
from grid.organisations import record_organisation
from tests.grid.test_people import inside
from tests.make import NOW

pytestmark = pytest.mark.django_db
PAGE = "/grid/organisations/export/"


@pytest.fixture
def shop(clerk, xijing):
    """An organisation with somebody who answers for it."""
    return record_organisation(
        by=clerk, at=NOW, name="西井早点铺", kind="shop", responsible_person="金丝雀", **inside(xijing)
    )


def said(client, **answers):
    answer = client.post(PAGE, answers)
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return answer.status_code, content.decode()


def test_who_may_not_see_names_is_not_asked_and_gets_masks_whatever_is_sent(client, clerk, shop):
    client.force_login(clerk)
    page = client.get(PAGE).content.decode()
    assert "导出 1 " in page and 'name="unmasked"' not in page and "已脱敏" in page and "演示数据逐行" not in page
    status, body = said(client, kind="csv", unmasked="on", reason="核对门前三包责任")
    assert status == 200 and "金*雀" in body and "金丝雀" not in body


def test_who_may_see_names_gives_a_reason_that_is_kept(client, chief, shop):
    client.force_login(chief)
    assert 'name="unmasked"' in client.get(PAGE).content.decode()
    for reason, why in (("", "请写明导出未脱敏信息的理由"), ("核对" * 151, "理由太长，最多 300 个字")):
        status, body = said(client, kind="csv", unmasked="on", reason=reason)
        assert status == 422 and why in body
    assert not AuditEntry.objects.filter(action__startswith="ledger_exported").exists()
    status, body = said(client, kind="csv", unmasked="on", reason="核对门前三包责任")
    assert status == 200 and "金丝雀" in body
    assert AuditEntry.objects.get(action="ledger_exported_unmasked").reason == "核对门前三包责任"


@pytest.mark.parametrize("kind", ["", "pdf"])
def test_a_format_that_is_not_offered_is_asked_again(client, clerk, shop, kind):
    client.force_login(clerk)
    status, body = said(client, kind=kind)
    assert status == 422 and "请选择导出格式。" in body


def test_rows_of_the_demonstration_are_announced(client, clerk, shop):
    Organisation.objects.update(is_demo=True)
    client.force_login(clerk)
    assert "演示数据逐行注明" in client.get(PAGE).content.decode()
