"""Steps of a household: the table, the refusals beside what is allowed, the story, two at once."""
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from coal_to_electric import ledger, progress
from coal_to_electric.errors import AnswersRefused, HouseholdConflict, HouseholdForbidden, HouseholdRefused
from coal_to_electric.models import EquipmentKind, EquipmentModel, Household, HouseholdStep
from coal_to_electric.progress import STEPS, take
from coal_to_electric.states import DATES, ORDER, Origin, Stage, furthest
from tests.coal_to_electric.make import CANARY_ID, CANARY_NAME, TODAY, acts_until, bring, id_number, make_household
from tests.make import NOW

pytestmark = pytest.mark.django_db
MARCH = date(2016, 3, 20)


def storage(name="XN-3200"):
    """A model of a storage heater."""
    return EquipmentModel.objects.select_related("kind").get(name=name)


# What each step must be told so that it is taken.
ENOUGH = {
    "survey": {"eligible": True}, "recover_stove": {"stoves": 0}, "withdraw": {"exit_reason": "改为市政集中供暖"},
    "choose": {"quantity": 2, "price_yuan": Decimal("6440.00")},
}


def enough(step):
    """The answers of a step."""
    return {**ENOUGH.get(step, {}), **({"equipment": storage()} if step == "choose" else {})}


@pytest.mark.parametrize("step", [name for name in STEPS if name != "rejoin"])
def test_every_step_may_be_the_first_since_the_order_is_advice(step, household, clerk):
    made = take(step, household, by=clerk, at=NOW, on=MARCH, **enough(step))
    household.refresh_from_db()
    assert getattr(household, STEPS[step].column) == MARCH and household.version == 1
    assert made.step == step and made.by == clerk and made.happened_on == MARCH
    assert household.stage == furthest(household)


@pytest.mark.parametrize("step", [name for name in STEPS if name != "rejoin"])
def test_a_step_taken_again_wants_the_reason_and_then_corrects(step, household, clerk):
    take(step, household, by=clerk, at=NOW, on=MARCH, **enough(step))
    if step == "withdraw":
        with pytest.raises(HouseholdRefused, match="已退出"):
            take(step, household, by=clerk, at=NOW, on=date(2016, 3, 21), note="原来抄错了日期", **enough(step))
        return
    with pytest.raises(AnswersRefused, match="要更正，请写明原因"):
        take(step, household, by=clerk, at=NOW, on=date(2016, 3, 21), **enough(step))
    take(step, household, by=clerk, at=NOW, on=date(2016, 3, 21), note="原来抄错了日期", **enough(step))
    household.refresh_from_db()
    assert getattr(household, STEPS[step].column) == date(2016, 3, 21)
    assert household.steps.filter(step=step).count() == 2


def test_who_may_take_which_step(household, clerk, community_worker, other_community_worker, leader, chief, admin):
    for nobody in (leader, chief, admin):
        with pytest.raises(HouseholdForbidden, match="你的角色"):
            take("visit", household, by=nobody, at=NOW, on=MARCH)
    with pytest.raises(HouseholdForbidden, match="不在你的社区"):
        take("visit", household, by=community_worker, at=NOW, on=MARCH)
    with pytest.raises(HouseholdForbidden):
        take("accept", household, by=other_community_worker, at=NOW, on=MARCH)
    take("visit", household, by=other_community_worker, at=NOW, on=MARCH)
    take("accept", household, by=clerk, at=NOW, on=MARCH)
    household.refresh_from_db()
    assert household.visit_date == household.accepted_date == MARCH


def test_tomorrow_has_not_happened_but_today_has(household, clerk):
    with pytest.raises(AnswersRefused, match="还没有到"):
        take("visit", household, by=clerk, at=NOW, on=date(2016, 12, 22))
    take("visit", household, by=clerk, at=NOW, on=TODAY)


def test_direct_heating_is_refused_with_its_reason_and_storage_is_not(household, clerk):
    direct = EquipmentModel.objects.create(
        kind=EquipmentKind.objects.get(code="direct"), name="ZR-1", power_kw=Decimal(2), price_yuan=Decimal(300)
    )
    with pytest.raises(AnswersRefused, match="直热式电暖器不能选：直热式不能蓄能"):
        take("choose", household, by=clerk, at=NOW, on=MARCH, equipment=direct, quantity=1, price_yuan=Decimal(300))
    take("choose", household, by=clerk, at=NOW, on=MARCH, **enough("choose"))
    household.refresh_from_db()
    assert (household.city_yuan, household.own_yuan, household.power_kw) == (
        Decimal("2146.67"), Decimal("2146.66"), Decimal("6.40"),
    )


def test_not_even_an_admin_can_offer_direct_heating(policies):
    with pytest.raises(IntegrityError), transaction.atomic():
        EquipmentKind.objects.filter(code="direct").update(offered=True)


def test_a_notice_shorter_than_the_programme_says_is_refused(household, clerk):
    with pytest.raises(AnswersRefused, match="公示只有 6 天"):
        take("give_notice", household, by=clerk, at=NOW, on=MARCH, until=date(2016, 3, 26))
    take("give_notice", household, by=clerk, at=NOW, on=MARCH, until=date(2016, 3, 27))


def test_who_withdraws_says_why_is_kept_and_may_come_back(household, clerk):
    with pytest.raises(AnswersRefused, match="退出原因"):
        take("withdraw", household, by=clerk, at=NOW, on=MARCH, exit_reason="搬走")
    take("withdraw", household, by=clerk, at=NOW, on=MARCH, exit_reason="入冬前搬离本市")
    assert list(Household.objects.withdrawn()) == [household] and not Household.objects.staying().exists()
    with pytest.raises(HouseholdRefused, match="先重新加入"):
        take("install", household, by=clerk, at=NOW, on=MARCH)
    take("rejoin", household, by=clerk, at=NOW, on=TODAY, rejoin_reason="又搬回来居住")
    take("install", household, by=clerk, at=NOW, on=TODAY)
    assert list(household.steps.filter(step="withdraw").values_list("note", flat=True)) == ["入冬前搬离本市"]


def test_of_two_who_saw_the_same_page_one_is_told(household, clerk):
    first, second = Household.objects.get(pk=household.pk), Household.objects.get(pk=household.pk)
    take("visit", first, by=clerk, at=NOW, on=MARCH, version=0)
    with pytest.raises(HouseholdConflict, match="刚刚被他人更新"):
        take("sign_up", second, by=clerk, at=NOW, on=MARCH, version=0)
    household.refresh_from_db()
    assert household.version == 1 and household.sign_date is None
    assert not household.steps.filter(step="sign_up").exists()


def test_the_story_is_added_to_and_never_changed(household, clerk):
    step = take("visit", household, by=clerk, at=NOW, on=MARCH)
    step = HouseholdStep.objects.get(step="visit", household=household)
    for change in (lambda: step.save(), lambda: step.delete(), lambda: HouseholdStep.objects.update(note="x"),
                   lambda: HouseholdStep.objects.all().delete()):
        with pytest.raises(TypeError):
            change()
    assert household.steps.count() == 2


def test_how_far_it_has_come_is_the_furthest_stage_with_a_date(household, clerk):
    bring(household, "install", clerk)
    assert household.stage == Stage.INSTALL and household.next_stage == Stage.ACCEPT
    assert household.stage_on == household.installed_date
    assert set(DATES) == set(ORDER)


# --- entering and mending -----------------------------------------------------------------------------------------------


def test_one_person_joins_a_programme_once_and_the_sentence_names_the_other_row(programme, clerk, langshan):
    one = make_household(programme, clerk, langshan, id_number=CANARY_ID)
    with pytest.raises(AnswersRefused, match=f"已在台账：{one.number}。") as refusal:
        make_household(programme, clerk, langshan, id_number=CANARY_ID.lower())
    assert CANARY_ID not in str(refusal.value)
    two = make_household(programme, clerk, langshan)
    with pytest.raises(AnswersRefused, match=one.number):
        ledger.amend(two, by=clerk, at=NOW, id_number=CANARY_ID)
    with pytest.raises(IntegrityError), transaction.atomic():
        Household.objects.filter(pk=two.pk).update(id_index=one.id_index)


def test_the_same_address_only_warns(programme, clerk, langshan):
    one = make_household(programme, clerk, langshan, address="琅山村平房区1排1号")
    assert ledger.neighbours(programme, "琅山村平房区1排1号") == [one.number]
    two = make_household(programme, clerk, langshan, address="琅山村平房区1排1号")
    assert ledger.neighbours(programme, "琅山村平房区1排1号", but=two) == [one.number]


def test_numbers_count_on_and_a_foreign_number_is_kept(programme, clerk, langshan):
    one = make_household(programme, clerk, langshan)
    foreign = make_household(programme, clerk, langshan, number="MGD2016-277")
    ledger.keep_serial(programme, [foreign.number])
    programme.refresh_from_db()
    assert (one.number, make_household(programme, clerk, langshan).number) == ("MGD2016-001", "MGD2016-278")
    with pytest.raises(HouseholdRefused, match="MGD2016-277 已被使用"):
        make_household(programme, clerk, langshan, number="MGD2016-277", id_number=id_number(900))


def test_an_amended_area_is_reckoned_anew_and_nothing_changed_writes_nothing(household, clerk):
    bring(household, "choose", clerk)
    pump = EquipmentModel.objects.select_related("kind").get(name="KR-8")
    take("choose", household, by=clerk, at=NOW, on=MARCH, note="改选热泵机型", equipment=pump, quantity=1,
         price_yuan=Decimal("14800.00"))
    assert household.city_yuan == Decimal("3800.00")
    version = household.version
    assert ledger.amend(household, by=clerk, at=NOW, address=household.address) == []
    assert household.version == version
    assert ledger.amend(household, by=clerk, at=NOW, heating_area_m2=Decimal("40.0")) == ["heating_area_m2"]
    household.refresh_from_db()
    assert household.city_yuan == Decimal("4000.00") and household.own_yuan == Decimal("6800.00")


@pytest.mark.parametrize("area", ["0", "-1", "300.01"])
def test_an_area_that_cannot_be_is_refused_and_the_largest_is_not(area, programme, clerk, langshan):
    with pytest.raises(AnswersRefused, match="采暖面积"):
        make_household(programme, clerk, langshan, heating_area_m2=Decimal(area))
    assert make_household(programme, clerk, langshan, heating_area_m2=Decimal("300")).pk


def test_parts_that_do_not_make_the_price_are_refused_by_the_table(household, clerk):
    bring(household, "choose", clerk)
    for wrong in (
        {"own_yuan": Decimal("2146.67")}, {"own_yuan": Decimal("-0.01")}, {"price_yuan": Decimal("6440.01")},
        {"own_yuan": None}, {"quantity": None}, {"price_yuan": None}, {"notice_from": None},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Household.objects.filter(pk=household.pk).update(**wrong)


def test_personal_columns_lie_encrypted_and_are_found_by_their_index(programme, clerk, langshan):
    from django.db import connection

    from coal_to_electric.finding import find_person

    one = make_household(programme, clerk, langshan, householder=CANARY_NAME, id_number=CANARY_ID)
    make_household(programme, clerk, langshan)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM coal_to_electric_household")
        lying = " ".join(str(bytes(cell) if isinstance(cell, memoryview) else cell) for row in cursor.fetchall() for cell in row)
    assert CANARY_NAME not in lying and CANARY_ID not in lying
    assert find_person(Household.objects.all(), CANARY_NAME, by=clerk, at=NOW) == [one.number]
    assert find_person(Household.objects.all(), CANARY_ID.lower(), by=clerk, at=NOW) == [one.number]
    assert find_person(Household.objects.all(), CANARY_NAME[:2], by=clerk, at=NOW) == []


def test_the_words_of_the_reports(programme, clerk, langshan, xijing):
    done = bring(make_household(programme, clerk, langshan), "accept", clerk)
    gone = bring(make_household(programme, clerk, langshan), "accept", clerk)
    take("withdraw", gone, by=clerk, at=NOW, on=TODAY, exit_reason="改为市政集中供暖")
    late = make_household(programme, clerk, xijing, origin=Origin.ADDED)
    progress.take_all(late, [one for one in acts_until("accept") if one.step != "survey"], by=clerk, at=NOW)
    rows = Household.objects.of_season(2016)
    assert set(rows.completed()) == {done, late} and set(rows.eligible()) == {done, gone}
    assert set(rows.withdrawn()) == {gone} and set(rows.added()) == {late}
    assert [(row["community__short_name"], row["total"], row["completed"]) for row in rows.by_community()] == [
        ("西井", 1, 1), ("琅山村", 2, 1),
    ]
    assert not Household.objects.of_season(2017).exists()
