"""煤改电: a household from the survey to the subsidy, by those who do it, each in their own browser."""
import pytest
from playwright.sync_api import Page, expect

from coal_to_electric.models import Household, PaymentBatch
from coal_to_electric.seeding import seed_equipment, seed_limits, seed_policies
from tests.browser.stories import Street, now, settled, too_wide, upload, violations, violations_by_day_and_night
from tests.coal_to_electric.make import id_number, make_household, make_programme

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = "/ledgers/households/"


@pytest.fixture
def programme(transactional_db):
    """This year's season, open."""
    seed_limits()
    seed_policies(seed_equipment())
    return make_programme(now().year, target=2)


def step(page: Page, word: str, **answers: str) -> None:
    """Take one step in the dialog."""
    page.locator(".hh-acts a, a.btn--block").filter(has_text=word).first.click()
    box = page.locator("#dialog[open]")
    expect(box).to_be_visible()
    settled(page)
    for name, value in answers.items():
        field = box.locator(f"[name={name}]").first
        if field.get_attribute("type") == "radio":
            box.locator(f"[name={name}][value={value}]").check()
        elif field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(label=value)
        else:
            field.fill(value)
    box.locator(".btn--p").click()
    expect(page.locator("#toasts")).to_contain_text(f"已登记{word}")


def test_a_household_from_survey_to_subsidy(street: Street, programme, clerk, chief, other_community_worker, langshan):
    desk = street.seat(clerk, ROOT)
    desk.keyboard.press("n")
    form = desk.locator("main form")
    for name, value in {"householder": "贾珩渠", "id_number": id_number(5), "phone": "13800000000",
                        "address": "琅山村平房区27排1号", "heating_area_m2": "38"}.items():
        form.locator(f"[name={name}]").fill(value)
    form.locator("[name=community]").select_option(label=langshan.name)
    form.locator("[name=origin]").select_option("survey")
    form.locator(".btn--p").click()
    expect(desk.locator("h1")).to_contain_text("贾*渠")
    expect(desk.locator("body")).not_to_contain_text("贾珩渠")
    one = Household.objects.get()

    step(desk, "摸底", eligible="yes")
    phone = street.seat(other_community_worker, ROOT, viewport={"width": 390, "height": 844})
    phone.get_by_role("link", name="待入户宣传").click()
    phone.locator(".hh-tbl tr", has_text="贾*渠").get_by_role("link").click()
    step(phone, "入户宣传")
    assert too_wide(phone) == 0

    street.go(desk, one.get_absolute_url())
    for word, answers in (
        ("登记", {}), ("审核", {}), ("公示", {}),
        ("选型", {"equipment": "蓄能式电暖器 XN-3200（3.2 kW）", "quantity": "2", "price_yuan": "6440"}),
        ("外电网", {}), ("户线", {}), ("安装", {}), ("通电", {"meter_no": "SYN60000000"}), ("验收", {"acceptor": "周验收"}),
        ("炉具回收", {"stoves": "1", "briquettes": "85"}),
    ):
        step(desk, word, **answers)
    expect(desk.locator(".hh-work")).to_contain_text("6440.00 ÷ 3 = 2146.67，不超过 2200")
    expect(desk.locator(".hh-stages [aria-current]")).to_contain_text("补贴发放")

    street.go(desk, f"{ROOT}payments/new/")
    desk.get_by_role("button", name="编制批次").click()
    expect(desk.locator("main")).to_contain_text("编制人不能审批自己的批次")
    batch = PaymentBatch.objects.get()
    office = street.seat(chief, batch.get_absolute_url())
    office.get_by_role("button", name="审批 1 户").click()
    expect(office.locator("#toasts")).to_contain_text("已审批")
    street.go(desk, batch.get_absolute_url())
    desk.get_by_role("button", name="登记发放").click()
    expect(desk.locator("main")).to_contain_text("已发放")
    street.go(desk, ROOT)
    expect(desk.locator(".hh-goal")).to_contain_text("50.0%")
    expect(desk.locator(".hh-tbl tbody tr")).to_contain_text("已发放")
    one.refresh_from_db()
    assert one.subsidy_paid_date and one.steps.count() == 14 and str(one.subsidy_yuan) == "4293.34"


def test_the_pages_shut_nobody_out(street: Street, programme, clerk, chief, other_community_worker, langshan):
    from tests.coal_to_electric.make import bring, make_batch

    cold = make_household(programme, clerk, langshan)
    done = bring(make_household(programme, clerk, langshan), "recover_stove", clerk)
    batch = make_batch(programme, clerk, done)
    seats = [
        (clerk, (ROOT, done.get_absolute_url(), f"{done.get_absolute_url()}edit/", f"{ROOT}funnel/", f"{ROOT}stuck/",
                 f"{ROOT}payments/new/", f"{cold.get_absolute_url()}steps/choose/", f"{ROOT}?show=withdrawn")),
        (chief, (batch.get_absolute_url(), f"{ROOT}payments/", f"{ROOT}export/")),
        (other_community_worker, (ROOT, f"{ROOT}revisits/", f"{done.get_absolute_url()}revisit/")),
    ]
    for person, pages in seats:
        size = {"width": 390, "height": 844} if person is other_community_worker else {"width": 1440, "height": 900}
        page = street.seat(person, pages[0], viewport=size)
        for path in pages:
            street.go(page, path)
            assert violations_by_day_and_night(page) == [], path
            assert too_wide(page) == 0, path


def test_a_refused_form_keeps_what_was_written_and_a_picture_is_added(street: Street, programme, clerk, langshan):
    one = make_household(programme, clerk, langshan)
    page = street.seat(clerk, f"{one.get_absolute_url()}steps/withdraw/")
    page.locator("[name=exit_reason]").fill("搬走")
    page.get_by_role("button", name="登记退出").click()
    expect(page.locator(".errsum")).to_contain_text("退出原因")
    expect(page.locator("[name=exit_reason]")).to_have_value("搬走")
    assert violations(page) == []
    street.go(page, one.get_absolute_url())
    page.get_by_text("添加照片").first.click()
    page.locator("[name=file]").set_input_files(upload())
    page.get_by_role("button", name="添加照片").click()
    expect(page.locator("#toasts")).to_contain_text("照片已收下")
