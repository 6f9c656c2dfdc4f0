"""The table of rights, cell by cell, against a matrix written down on its own."""
import pytest

from accounts.models import User
from accounts.roles import PERMISSIONS, Role, permissions_of, reach_of

ROLES = ["dispatcher", "chief", "inspector", "handler", "worker", "petition", "clerk", "leader", "admin", "auditor"]

# One line a right; one column a role, in the order above; x = may. Written from the office's rules, not from the code.
MATRIX = """
                                          D C I H W P K L A R
cases.report_case                         x x . x x x . . . .
cases.send_verification_case              x x . . . x . . . .
cases.answer_verification_case            . . x . x x . . . .
cases.accept_case                         x x . . . x . . . .
cases.reject_case                         x x . . . x . . . .
cases.register_case                       x x . . . x . . . .
cases.dispatch_case                       x x . . . x . . . .
cases.undo_dispatch_case                  x x . . . x . . . .
cases.acknowledge_case                    . . . x x . . . . .
cases.return_case                         . . . x x . . . . .
cases.feedback_case                       . . . x x . . . . .
cases.fix_on_spot_case                    . . . x x . . . . .
cases.send_check_case                     x x x . . x . . . .
cases.pass_check_case                     . . x . x x . . . .
cases.rework_case                         . . x . x x . . . .
cases.reply_case                          x x x . . x . . . .
cases.call_back_case                      x x x . . x . . . .
cases.close_case                          x x x . . x . . . .
cases.request_extension_case              . . . x x . . . . .
cases.grant_extension_case                . x . . . . . . . .
cases.refuse_extension_case               . x . . . . . . . .
cases.request_suspension_case             x x . x x x . . . .
cases.grant_suspension_case               . x . . . . . . . .
cases.refuse_suspension_case              . x . . . . . . . .
cases.resume_case                         x x . . . x . . . .
cases.merge_case                          x x . . . x . . . .
cases.split_case                          x x . . . x . . . .
cases.void_case                           x x . . . x . . . .
cases.reopen_case                         x x x . . x . . . .
cases.supervise_case                      . x . . . . . x . .
cases.lift_case                           . x . . . . . x . .
cases.instruct_case                       . . . . . . . x . .
cases.remind_case                         x x x . . x . . . .
cases.name_thing_case                     x x x x x . . . . .
cases.note_case                           x x x x x x . x . .
cases.dispatch_beyond_standard            . x . . . . . . . .
cases.dispatch_after_returns              . x . . . . . . . .
cases.void_dispatched_cases               . x . . . . . . . .
cases.reopen_voided_cases                 . x . . . . . . . .
cases.use_desk                            x x x x . x . . . .
cases.use_mobile                          . . . . x . . . . .
cases.see_all_cases                       x x x . . . . x . .
cases.see_petition_titles                 x . . . . . . . . .
cases.see_petition_text                   . x . . . . . x . .
cases.see_petitions                       . . . . . x . . . .
cases.see_department_cases                . . . x . . . . . .
cases.see_community_cases                 . . . . x . . . . .
cases.see_nearby_cases                    . . . . x . . . . .
cases.see_trail                           . . . . . . . . . x
cases.see_handover                        x x x . . . . . . .
cases.see_outbox                          x x . . . . . . . .
cases.reveal_petitioner                   . . . . . x . . . .
cases.reveal_reporter                     x x x . . . . . . .
cases.search_phone                        x x . . . . . . . .
cases.import_cases                        x x . . . . . . . .
cases.bulk_cases                          x x . . . . . . . .
cases.mass_reply_cases                    x x . . . . . . . .
cases.export_cases                        x x x . . . . . . .
cases.export_unmasked_cases               . x . . . . . . . .
cases.keep_petition_register              . . . . . x . . . .
cases.check_chain                         . . . . . . . . . x
cases.manage_categories                   . . . . . . . . x .
cases.manage_limits                       . . . . . . . . x .
campaigns.see_structures                  . x . . . . x x . .
campaigns.see_campaigns                   . x . . . . x x . .
campaigns.see_agreements                  . x . . . . x x x .
campaigns.see_patrols                     . x x . . . x x . .
campaigns.keep_structures                 . . . . . . x . . .
campaigns.reveal_owner                    . . . . . . x . . .
campaigns.keep_campaigns                  . . . . . . x . . .
campaigns.sign_agreements                 . . . . . . x . . .
campaigns.assess_agreements               . . . . . . x . . .
campaigns.reveal_signer                   . . . . . . x . . .
campaigns.see_own_agreement               . . . x x . . . . .
campaigns.import_ledgers                  . . . . . . x . . .
campaigns.export_ledgers                  . x . . . . x . . .
campaigns.propose_structure               x x x . . . . . . .
campaigns.export_unmasked_ledgers         . x . . . . . . . .
campaigns.log_patrol                      . . x . x . . . . .
campaigns.roster_patrols                  . . x . . . . . . .
campaigns.manage_agreements               . . . . . . . . x .
campaigns.manage_kinds                    . . . . . . . . x .
coal_to_electric.see_households           . x . . . . x x . .
coal_to_electric.see_community_households . . . . x . . . . .
coal_to_electric.keep_households          . . . . . . x . . .
coal_to_electric.visit_households         . . . . x . x . . .
coal_to_electric.reveal_household         . . . . . . x . . .
coal_to_electric.import_households        . . . . . . x . . .
coal_to_electric.export_households        . x . . . . x . . .
coal_to_electric.export_unmasked_households . x . . . . . . . .
coal_to_electric.create_payment_batch     . . . . . . x . . .
coal_to_electric.approve_payment          . x . . . . . . . .
coal_to_electric.manage_policies          . . . . . . . . x .
reports.see_dashboard                     . x . . . . . x . .
reports.see_rankings                      . x . . . . . x . .
reports.see_bulletins                     . x . . . . . x . .
reports.compose_bulletin                  . x . . . . . . . .
reports.submit_bulletin                   . x . . . . . . . .
reports.approve_bulletin                  . . . . . . . x . .
reports.send_back_bulletin                . . . . . . . x . .
reports.withdraw_bulletin                 . x . . . . . . . .
reports.enter_received_data               . x . . . . . . . .
reports.publish_month                     . x . . . . . . . .
reports.manage_wall                       . . . . . . . . x .
reports.manage_weights                    . . . . . . . . x .
reports.manage_schedules                  . . . . . . . . x .
grid.see_registers                        x x x x . . x x . .
grid.see_community_registers              . . . . x . . . . .
grid.keep_registers                       . . . . . . x . . .
grid.keep_community_registers             . . . . x . . . . .
grid.check_places                         . . . . x . . . . .
grid.see_checks                           x x x . . . x x . .
grid.see_community_checks                 . . . . x . . . . .
grid.see_people                           . x . . . . x . . .
grid.see_community_people                 . . . . x . . . . .
grid.reveal_person                        . . . . x . x . . .
grid.import_registers                     . . . . . . x . . .
grid.export_registers                     . x . . . . x . . .
grid.export_unmasked_registers            . x . . . . . . . .
grid.manage_calendar                      . . . . . . . . x .
grid.manage_territory                     . . . . . . . . x .
accounts.enter_admin                      . . . . . . . . x .
accounts.manage_users                     . . . . . . . . x .
accounts.manage_duty                      . . . . . . . . x .
accounts.read_audit                       . . . . . . . . . x
"""
ROWS = {line.split()[0]: line.split()[1:] for line in MATRIX.strip().splitlines()[1:]}
CELLS = [(right, role, mark == "x") for right, marks in ROWS.items() for role, mark in zip(ROLES, marks, strict=True)]


@pytest.mark.parametrize(("right", "role", "may"), CELLS)
def test_each_role_may_exactly_what_the_matrix_says(right, role, may):
    assert (right in PERMISSIONS[role]) is may


def admin_site_rights(role):
    """The rights that Django's admin site asks."""
    words = {"view", "add", "change", "delete"}
    return {right for right in PERMISSIONS[role] if right.split(".")[1].split("_")[0] in words}


def test_the_matrix_leaves_no_right_out():
    admin_site = admin_site_rights(Role.ADMIN)
    assert set().union(*PERMISSIONS.values()) - admin_site == set(ROWS)


def test_every_role_has_a_row():
    assert set(PERMISSIONS) == set(Role.values) == set(ROLES)


def test_only_the_admin_is_offered_the_admin_site_and_nothing_there_can_be_deleted():
    for role in Role:
        rights = admin_site_rights(role)
        assert bool(rights) is (role is Role.ADMIN)
        assert not any(".delete_" in right for right in rights)
        assert "accounts.change_auditentry" not in rights


def test_two_roles_give_the_union_of_rights(person):
    both = person("clerk", "auditor")
    assert both.permissions == PERMISSIONS["clerk"] | PERMISSIONS["auditor"]
    assert both.has_perm("campaigns.keep_structures") and both.has_perm("accounts.read_audit")
    assert not both.has_perm("cases.accept_case")


def test_two_roles_do_not_add_up_to_a_third(person):
    both = person("dispatcher", "handler")
    assert both.reach_of("cases.accept_case") == {"all"}
    assert both.reach_of("cases.feedback_case") == {"lead"}
    assert "petitions" not in both.reach_of("cases.note_case")
    assert reach_of(frozenset({"dispatcher", "petition"}), "cases.accept_case") == {"all", "petitions"}


def test_a_person_without_roles_may_nothing(person):
    assert person().permissions == permissions_of(frozenset()) == frozenset()


def test_a_disabled_person_may_nothing(person):
    handler = person("handler")
    assert handler.has_perm("cases.feedback_case")
    User.objects.filter(pk=handler.pk).update(is_active=False)
    handler.refresh_from_db()
    assert not handler.has_perm("cases.feedback_case")
    assert handler.reach_of("cases.feedback_case") == frozenset()


def test_roles_are_asked_once(person, django_assert_num_queries):
    handler = User.objects.get(pk=person("handler").pk)
    with django_assert_num_queries(1):
        assert handler.has_perm("cases.feedback_case") and not handler.has_perm("cases.accept_case")
        assert handler.roles == {"handler"} and handler.role_names == ["承办人"]


def test_people_are_found_by_what_they_may(person):
    chief, _handler, gone = person("chief"), person("handler"), person("chief")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    assert list(User.objects.with_permission("cases.grant_extension_case")) == [chief]
