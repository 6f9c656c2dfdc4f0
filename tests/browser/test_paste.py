"""The work group's message and the outbox in a real browser: a picture by Ctrl+V, and nobody shut out."""
import base64

import pytest
from playwright.sync_api import expect

from accounts.notify import tell_outside
from cases.models import Case, WeChatMessage
from cases.standards import seed_standards
from tests.browser.stories import now, violations
from tests.field.wechat_letters import jpeg
from tests.make import make_case, make_community, make_department, make_user

pytestmark = pytest.mark.django_db(transaction=True)

PASTE = """content => {
  const bytes = Uint8Array.from(atob(content), letter => letter.charCodeAt(0));
  const data = new DataTransfer();
  data.items.add(new File([bytes], 'image.jpg', { type: 'image/jpeg' }));
  document.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
}"""


@pytest.fixture
def dispatcher_here(db):
    """A dispatcher of a street with one community."""
    seed_standards()
    make_community()
    return make_user("dispatcher", "dispatcher", department=make_department("指挥中心"), real_name="李小兰")


def test_a_message_and_two_pasted_pictures_become_a_case(street, dispatcher_here, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    page = street.seat(dispatcher_here, "/cases/new/?source=WG")
    page.get_by_role("link", name="粘贴工作群消息").click()
    page.wait_for_url("**/cases/paste/")
    page.wait_for_function("document.readyState === 'complete'")
    for colour in ((200, 30, 30), (30, 200, 30)):
        page.evaluate(PASTE, base64.b64encode(jpeg(colour)).decode())
    expect(page.locator("[data-paste-says]")).to_have_text("已选 2 张照片")
    page.get_by_label("群里的消息").fill("王强 08:05\n西井社区有人烧煤取暖，冒黑烟。请来看看\n[图片]")
    assert not violations(page)
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_role("heading", name="西井社区有人烧煤取暖，冒黑烟")).to_be_visible()
    case = Case.objects.get()
    assert case.photos.count() == 2 and case.community.short_name == "西井"


def test_the_outbox_shuts_nobody_out(street, dispatcher_here, settings):
    settings.DEMO, settings.WECHAT_APP_ID, settings.WECHAT_APP_SECRET = False, "wx1", "s"
    case = make_case(dispatcher_here, at=now())
    for number, status in enumerate(WeChatMessage.Status.values):
        row = tell_outside("wechat", address="oA", text="您上报的事项有答复", at=now(), slot=f"s{number}", case=case)
        WeChatMessage.objects.filter(pk=row.pk).update(status=status, why="对方没有关注公众号。")
    for scheme in ("light", "dark"):
        page = street.seat(dispatcher_here, "/outbox/", color_scheme=scheme)
        assert not violations(page)
        street.go(page, "/outbox/wechat/")
        assert not violations(page)
    page.get_by_role("button", name=f"重发：{case.number}").first.click()
    expect(page.get_by_text("已排队")).to_be_visible()
