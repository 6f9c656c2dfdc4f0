"""Batches: four eyes, nothing paid twice, totals that equal the rows, amounts that stay."""
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction

from accounts.models import AuditEntry
from coal_to_electric import electricity, ledger, payments
from coal_to_electric.errors import AnswersRefused, HouseholdConflict, HouseholdForbidden, HouseholdRefused
from coal_to_electric.models import Household, OffPeakReading, PaymentBatch, PaymentLine
from coal_to_electric.progress import take
from coal_to_electric.states import PaymentKind, Stage
from tests.coal_to_electric.make import TODAY, bring, make_accepted, make_batch, make_chief, make_household
from tests.make import NOW, make_user

pytestmark = pytest.mark.django_db
PAID = date(2016, 12, 20)


@pytest.fixture
def pair(programme, clerk, langshan):
    """Two households that could be paid."""
    return make_accepted(programme, clerk, langshan), make_accepted(programme, clerk, langshan, price="7000.00")


def test_a_batch_from_making_to_payment(programme, clerk, chief, pair):
    batch = make_batch(programme, clerk, *pair)
    assert (batch.number, batch.households, batch.total_yuan) == ("BT2016-01", 2, Decimal("8693.34"))
    assert batch.lines.get(household=pair[1]).working.startswith("市级 7000.00 ÷ 3 = 2333.33，超过上限 2200")
    payments.approve_batch(batch, by=chief, at=NOW)
    payments.mark_paid(batch, by=clerk, at=NOW, on=PAID)
    one = Household.objects.get(pk=pair[0].pk)
    assert one.subsidy_paid_date == PAID and one.stage == Stage.PAY
    assert set(Household.objects.subsidies_paid_between(PAID, PAID)) == set(pair)
    assert Household.objects.subsidies_paid_between(PAID, PAID).subsidy_total() == Decimal("8693.34")
    assert not Household.objects.subsidies_paid_between(date(2016, 12, 1), date(2016, 12, 19)).exists()
    acts = list(AuditEntry.objects.filter(action__startswith="payment_batch").order_by("pk").values_list("action", flat=True))
    assert acts == ["payment_batch_created", "payment_batch_approved", "payment_batch_paid"]


def test_nobody_approves_their_own_batch_not_even_with_both_roles(programme, pair, command_centre):
    both = make_user("both", "clerk", "chief", department=command_centre)
    batch = make_batch(programme, both, *pair)
    for decide in (payments.approve_batch, lambda *args, **how: payments.refuse_batch(*args, reason="金额不对，退回", **how)):
        with pytest.raises(HouseholdForbidden, match="另一个人"):
            decide(batch, by=both, at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        PaymentBatch.objects.filter(pk=batch.pk).update(status="approved", decided_by=both, decided_at=NOW)
    payments.approve_batch(batch, by=make_chief(), at=NOW)


def test_the_rights_of_making_and_approving_are_two(programme, clerk, chief, leader, pair):
    for nobody in (chief, leader):
        with pytest.raises(HouseholdForbidden):
            make_batch(programme, nobody, *pair)
    batch = make_batch(programme, clerk, *pair)
    for nobody in (clerk, leader):
        with pytest.raises(HouseholdForbidden):
            payments.approve_batch(batch, by=nobody, at=NOW)
    with pytest.raises(HouseholdForbidden):
        payments.mark_paid(batch, by=chief, at=NOW, on=PAID)


def test_who_is_not_accepted_or_has_withdrawn_or_stands_in_a_batch_is_not_put_into_one(programme, clerk, langshan, pair):
    early = bring(make_household(programme, clerk, langshan), "install", clerk)
    gone = make_accepted(programme, clerk, langshan)
    take("withdraw", gone, by=clerk, at=NOW, on=TODAY, exit_reason="改为市政集中供暖")
    for one in (early, gone):
        with pytest.raises(HouseholdRefused, match=f"{one.number} 等 1 户不能编入"):
            make_batch(programme, clerk, pair[0], one)
    assert not PaymentBatch.objects.exists()
    make_batch(programme, clerk, pair[0])
    with pytest.raises(HouseholdRefused, match="不能编入"):
        make_batch(programme, clerk, *pair)
    make_batch(programme, clerk, pair[1])
    with pytest.raises(AnswersRefused, match="请勾选"):
        payments.create_payment_batch(programme, kind=PaymentKind.EQUIPMENT, by=clerk, at=NOW, numbers=[])


def test_the_table_itself_pays_nobody_twice(programme, clerk, chief, pair):
    batch = make_batch(programme, clerk, *pair)
    again = dict(household=pair[0], kind="equipment", season=2016, city_yuan=1, district_yuan=1, amount_yuan=2)
    with pytest.raises(IntegrityError), transaction.atomic():
        PaymentLine.objects.create(batch=batch, **again)
    payments.refuse_batch(batch, by=chief, at=NOW, reason="金额与合同不符")
    batch.refresh_from_db()
    assert batch.status == "refused" and batch.refusal == "金额与合同不符"
    assert make_batch(programme, clerk, *pair).number == "BT2016-02"


def test_a_batch_whose_head_differs_from_its_rows_is_not_approved(programme, clerk, chief, pair):
    batch = make_batch(programme, clerk, *pair)
    PaymentBatch.objects.filter(pk=batch.pk).update(city_yuan=batch.city_yuan + 1)
    batch.refresh_from_db()
    with pytest.raises(HouseholdRefused, match="合计与明细不一致"):
        payments.approve_batch(batch, by=chief, at=NOW)
    PaymentBatch.objects.filter(pk=batch.pk).update(city_yuan=batch.city_yuan - 1)
    batch.refresh_from_db()
    payments.approve_batch(batch, by=chief, at=NOW)


def test_a_line_that_differs_from_its_household_is_not_approved(programme, clerk, chief, pair):
    batch = make_batch(programme, clerk, *pair)
    as_it_was = {"city_yuan": pair[0].city_yuan, "own_yuan": pair[0].own_yuan}
    Household.objects.filter(pk=pair[0].pk).update(city_yuan=Decimal("2146.66"), own_yuan=Decimal("2146.67"))
    with pytest.raises(HouseholdRefused, match=f"{pair[0].number} 的补贴在编制后有变动"):
        payments.approve_batch(batch, by=chief, at=NOW)
    Household.objects.filter(pk=pair[0].pk).update(**as_it_was)
    payments.approve_batch(batch, by=chief, at=NOW)


def test_an_amount_in_a_batch_is_not_changed_by_any_door(programme, clerk, chief, pair):
    one = pair[0]
    batch = make_batch(programme, clerk, *pair)
    payments.approve_batch(batch, by=chief, at=NOW)
    model = one.equipment
    with pytest.raises(HouseholdRefused, match="已编入 BT2016-01（已审批）"):
        take("choose", one, by=clerk, at=NOW, on=TODAY, note="价格抄错了", equipment=model, quantity=1, price_yuan=Decimal(9))
    with pytest.raises(HouseholdRefused, match="BT2016-01"):
        ledger.amend(Household.objects.for_page().get(pk=one.pk), by=clerk, at=NOW, heating_area_m2=Decimal(39))
    with pytest.raises(HouseholdRefused, match="BT2016-01"):
        take("withdraw", Household.objects.for_page().get(pk=one.pk), by=clerk, at=NOW, on=TODAY, exit_reason="改为市政集中供暖")
    line = batch.lines.first()
    for change in (lambda: line.save(), lambda: line.delete(), lambda: PaymentLine.objects.update(city_yuan=0),
                   lambda: PaymentLine.objects.all().delete()):
        with pytest.raises(TypeError):
            change()
    ledger.amend(Household.objects.for_page().get(pk=one.pk), by=clerk, at=NOW, family_size=3)


def test_the_database_refuses_to_change_or_remove_a_payment(programme, clerk, pair):
    make_batch(programme, clerk, *pair)
    statements = ["UPDATE coal_to_electric_paymentline SET city_yuan = 0, amount_yuan = 0"]
    if connection.vendor == "postgresql":  # SQLite flushes its test database row by row
        statements.append("DELETE FROM coal_to_electric_paymentline")
    for statement in statements:
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE coal_to_electric_paymentline SET live = live")


def test_decisions_are_made_once(programme, clerk, chief, pair):
    batch, stale = make_batch(programme, clerk, *pair), PaymentBatch.objects.get()
    with pytest.raises(HouseholdRefused, match="还没有审批"):
        payments.mark_paid(batch, by=clerk, at=NOW, on=PAID)
    payments.approve_batch(batch, by=chief, at=NOW)
    with pytest.raises(HouseholdConflict, match="现在是已审批，没有重复退回"):
        payments.refuse_batch(stale, by=make_chief(), at=NOW, reason="金额与合同不符")
    with pytest.raises(AnswersRefused, match="还没有到"):
        payments.mark_paid(batch, by=clerk, at=NOW, on=date(2016, 12, 22))
    payments.mark_paid(batch, by=clerk, at=NOW, on=PAID)
    with pytest.raises(HouseholdConflict, match="没有重复登记发放"):
        payments.mark_paid(batch, by=clerk, at=NOW, on=PAID)
    assert Household.objects.get(pk=pair[0].pk).steps.filter(step="pay").count() == 1


def test_off_peak_electricity_is_paid_once_a_season(programme, clerk, chief, langshan):
    one = make_accepted(programme, clerk, langshan)
    with pytest.raises(AnswersRefused, match="不能小于 0"):
        electricity.enter_reading(one, season=2016, kwh=Decimal(-1), on=TODAY, by=clerk, at=NOW)
    electricity.enter_reading(one, season=2016, kwh=Decimal("12000"), on=TODAY, by=clerk, at=NOW)
    how = {"kind": PaymentKind.OFF_PEAK, "by": clerk, "at": NOW, "numbers": [one.number]}
    batch = payments.create_payment_batch(programme, season=2016, **how)
    assert batch.total_yuan == Decimal("2000.00")
    with pytest.raises(HouseholdRefused, match="不能编入"):
        payments.create_payment_batch(programme, season=2016, **how)
    with pytest.raises(HouseholdRefused, match="电量不能再改"):
        electricity.enter_reading(one, season=2016, kwh=Decimal("900"), on=TODAY, by=clerk, at=NOW)
    electricity.enter_reading(one, season=2017, kwh=Decimal("900"), on=TODAY, by=clerk, at=NOW)
    assert payments.create_payment_batch(programme, season=2017, **how).total_yuan == Decimal("180.00")
    payments.approve_batch(batch, by=chief, at=NOW)
    payments.mark_paid(batch, by=clerk, at=NOW, on=PAID)
    assert Household.objects.get(pk=one.pk).subsidy_paid_date is None


def test_off_peak_amounts_are_reckoned_once_more_before_they_are_approved(programme, clerk, chief, langshan):
    one = make_accepted(programme, clerk, langshan)
    reading = electricity.enter_reading(one, season=2016, kwh=Decimal("900"), on=TODAY, by=clerk, at=NOW)
    how = {"kind": PaymentKind.OFF_PEAK, "by": clerk, "at": NOW, "numbers": [one.number]}
    batch = payments.create_payment_batch(programme, season=2016, **how)
    # What a correction does that was on its way while the batch was made.
    OffPeakReading.objects.filter(pk=reading.pk).update(kwh=Decimal("800"))
    with pytest.raises(HouseholdRefused, match=f"{one.number} 的补贴在编制后有变动"):
        payments.approve_batch(batch, by=chief, at=NOW)
    batch.refresh_from_db()
    assert batch.status == "submitted"
    OffPeakReading.objects.filter(pk=reading.pk).update(kwh=Decimal("900"))
    payments.approve_batch(batch, by=chief, at=NOW)


def test_a_home_not_yet_powered_has_no_off_peak_electricity(household, clerk):
    with pytest.raises(HouseholdRefused, match="还没有通电"):
        electricity.enter_reading(household, season=2016, kwh=Decimal(1), on=TODAY, by=clerk, at=NOW)


# --- many at once ---------------------------------------------------------------------------------------------------------


def at_once(acts):
    """Each act in a thread with a connection of its own; what came, or the refusal."""
    def run(act):
        try:
            return act()
        except HouseholdRefused as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.mark.django_db(transaction=True)
def test_of_many_who_put_one_household_into_a_batch_one_wins(programme, clerk, langshan):
    one = make_accepted(programme, clerk, langshan)
    results = at_once([lambda: make_batch(programme, clerk, one)] * 6)
    won = [result for result in results if isinstance(result, PaymentBatch)]
    assert len(won) == 1 and all(isinstance(result, HouseholdRefused) for result in results if result not in won)
    assert PaymentLine.objects.filter(household=one, live=True).count() == 1 == PaymentBatch.objects.count()


@pytest.mark.django_db(transaction=True)
def test_of_many_who_decide_a_batch_one_wins(programme, clerk, langshan):
    batch = make_batch(programme, clerk, make_accepted(programme, clerk, langshan))
    chiefs = [make_chief(f"kz{serial}") for serial in range(6)]
    results = at_once([
        lambda by=by: payments.approve_batch(PaymentBatch.objects.get(pk=batch.pk), by=by, at=NOW) for by in chiefs[:3]
    ] + [
        lambda by=by: payments.refuse_batch(PaymentBatch.objects.get(pk=batch.pk), by=by, at=NOW, reason="金额与合同不符")
        for by in chiefs[3:]
    ])
    assert results.count(None) == 1 and sum(isinstance(one, HouseholdConflict) for one in results) == 5
    assert AuditEntry.objects.filter(action__in=("payment_batch_approved", "payment_batch_refused")).count() == 1
