"""Who may what: the one table of role → permissions. Code asks permissions, never role names.

A move of a case asks `cases.<move>_case`. `cases.see_…` words say which rows a person sees; the querysets of
cases read them. Words of the shape `app.view_model` are those that Django's admin site asks.
A person may hold several roles and then has the union; rules that keep two hands apart (the checker is not the
handler, the one who grants did not request) are checked on persons by the verbs, since a union cannot express them.
"""
from django.db.models import TextChoices


class Role(TextChoices):
    """What a person is here for; a person may be several."""

    DISPATCHER = "dispatcher", "受理派遣员"
    CHIEF = "chief", "值班科长"
    INSPECTOR = "inspector", "督查员"
    HANDLER = "handler", "承办人"
    WORKER = "worker", "社区工作者"
    PETITION = "petition", "信访专员"
    CLERK = "clerk", "台账专员"
    LEADER = "leader", "街道领导"
    ADMIN = "admin", "系统管理员"
    AUDITOR = "auditor", "审计员"


def _moves(*names: str) -> frozenset[str]:
    """The permissions of moves by their names in the move table."""
    return frozenset(f"cases.{name}_case" for name in names)


def _keeps(*models: str) -> frozenset[str]:
    """What the admin site asks for a model that the role keeps: see, add, change."""
    return frozenset(
        f"{app}.{action}_{model}"
        for app, model in (name.split(".") for name in models)
        for action in ("view", "add", "change")
    )


D_MOVES = _moves(
    "report", "send_verification", "accept", "reject", "register", "dispatch", "undo_dispatch", "send_check",
    "reply", "call_back", "close", "request_suspension", "resume", "merge", "split", "void", "reopen",
    "remind", "note",
)  # fmt: skip
C_MOVES = _moves(
    "grant_extension", "refuse_extension", "grant_suspension", "refuse_suspension", "resume", "supervise", "lift",
    "remind", "void", "reopen", "note",
)  # fmt: skip
I_MOVES = _moves(
    "answer_verification", "send_check", "pass_check", "rework", "reply", "call_back", "close", "reopen",
    "remind", "note",
)  # fmt: skip
H_MOVES = _moves(
    "report", "acknowledge", "return", "feedback", "fix_on_spot", "request_extension", "request_suspension",
    "name_thing", "note",
)  # fmt: skip
W_MOVES = H_MOVES | _moves("answer_verification", "pass_check", "rework")
L_MOVES = _moves("supervise", "lift", "instruct", "note")

DESK = frozenset(
    {
        "cases.use_desk",
        "cases.see_all_cases",
        "cases.reveal_reporter",
        "cases.export_cases",
        "cases.see_handover",
    }
)
DISPATCHING = frozenset(
    {"cases.import_cases", "cases.bulk_cases", "cases.mass_reply_cases", "cases.search_phone", "cases.see_outbox"}
)
CHIEF_ONLY = frozenset(
    {
        "cases.dispatch_beyond_standard",
        "cases.dispatch_after_returns",
        "cases.void_dispatched_cases",
        "cases.reopen_voided_cases",
        "cases.export_unmasked_cases",
        "campaigns.export_unmasked_ledgers",
        "grid.export_registers",
        "grid.export_unmasked_registers",
        "grid.see_people",
        "coal_to_electric.export_unmasked_households",
    }
)
LEDGERS_SEEN = frozenset(
    {
        "campaigns.see_structures",
        "campaigns.see_campaigns",
        "campaigns.see_agreements",
        "campaigns.see_patrols",
        "coal_to_electric.see_households",
    }
)
REGISTERS_KEPT = frozenset(
    {
        "grid.keep_registers",
        "grid.import_registers",
        "grid.export_registers",
        "grid.see_people",
        "grid.reveal_person",
    }
)
LEDGERS_KEPT = frozenset(
    {
        "campaigns.keep_structures",
        "campaigns.reveal_owner",
        "campaigns.keep_campaigns",
        "campaigns.sign_agreements",
        "campaigns.assess_agreements",
        "campaigns.reveal_signer",
        "campaigns.import_ledgers",
        "campaigns.export_ledgers",
        "coal_to_electric.keep_households",
        "coal_to_electric.visit_households",
        "coal_to_electric.reveal_household",
        "coal_to_electric.import_households",
        "coal_to_electric.export_households",
        "coal_to_electric.create_payment_batch",
    }
)
REGISTERS_SEEN = frozenset({"grid.see_registers"})
CHECKS_SEEN = frozenset({"grid.see_checks"})
FIGURES = frozenset({"reports.see_dashboard", "reports.see_rankings", "reports.see_bulletins"})

PERMISSIONS: dict[str, frozenset[str]] = {
    Role.DISPATCHER: REGISTERS_SEEN | CHECKS_SEEN | D_MOVES | DESK | DISPATCHING
    | {"cases.see_petition_titles", "cases.name_thing_case", "campaigns.propose_structure"},
    Role.CHIEF: REGISTERS_SEEN | CHECKS_SEEN | D_MOVES | C_MOVES | DESK | DISPATCHING | CHIEF_ONLY | LEDGERS_SEEN
    | FIGURES
    | {
        "cases.see_petition_text",
        "cases.name_thing_case",
        "reports.compose_bulletin",
        "reports.submit_bulletin",
        "reports.withdraw_bulletin",
        "reports.enter_received_data",
        "reports.publish_month",
        "coal_to_electric.approve_payment",
        "campaigns.propose_structure",
        "campaigns.export_ledgers",
        "coal_to_electric.export_households",
    },
    Role.INSPECTOR: REGISTERS_SEEN | CHECKS_SEEN | I_MOVES | DESK
    | {
        "campaigns.roster_patrols", "campaigns.see_patrols", "campaigns.log_patrol", "campaigns.propose_structure",
        "cases.name_thing_case",
    },
    Role.HANDLER: REGISTERS_SEEN | H_MOVES
    | {"cases.use_desk", "cases.see_department_cases", "campaigns.see_own_agreement"},
    Role.WORKER: W_MOVES
    | {
        "cases.use_mobile",
        "cases.see_community_cases",
        "cases.see_nearby_cases",
        "grid.see_community_registers",
        "grid.keep_community_registers",
        "grid.check_places",
        "grid.see_community_checks",
        "grid.see_community_people",
        "grid.reveal_person",
        "campaigns.log_patrol",
        "campaigns.see_own_agreement",
        "coal_to_electric.see_community_households",
        "coal_to_electric.visit_households",
    },
    # All of D's and I's moves; the verbs confine them to petitions by `cases.see_petitions`.
    Role.PETITION: D_MOVES | I_MOVES
    | {"cases.use_desk", "cases.see_petitions", "cases.reveal_petitioner", "cases.keep_petition_register"},
    Role.CLERK: REGISTERS_SEEN | CHECKS_SEEN | REGISTERS_KEPT | LEDGERS_SEEN | LEDGERS_KEPT,
    Role.LEADER: REGISTERS_SEEN | CHECKS_SEEN | L_MOVES | LEDGERS_SEEN | FIGURES
    | {"cases.see_all_cases", "cases.see_petition_text", "reports.approve_bulletin", "reports.send_back_bulletin"},
    Role.ADMIN: frozenset(
        {
            "accounts.enter_admin",
            "accounts.manage_users",
            "accounts.manage_duty",
            "cases.manage_categories",
            "cases.manage_limits",
            "grid.manage_calendar",
            "grid.manage_territory",
            "campaigns.manage_agreements",
            "campaigns.see_agreements",
            "campaigns.manage_kinds",
            "coal_to_electric.manage_policies",
            "reports.manage_wall",
            "reports.manage_weights",
            "reports.manage_schedules",
        }
    )
    | _keeps(
        "accounts.user", "accounts.department", "accounts.dutyshift",
        "grid.calendarday", "grid.calendaryear", "grid.workhours", "grid.keysite", "grid.placealias",
        "grid.thingclass", "grid.retentionrule", "grid.checkrule",
        "cases.category", "cases.casestandard", "cases.hotlinekind", "cases.returnreason", "cases.phrase",
        "campaigns.lawperiod",
        "campaigns.alertmeasure",
        "coal_to_electric.programme", "coal_to_electric.stagelimit", "coal_to_electric.equipmentkind",
        "coal_to_electric.equipmentmodel", "coal_to_electric.subsidypolicy", "coal_to_electric.offpeakrate",
        "reports.figuretarget",
    ),
    Role.AUDITOR: frozenset({"accounts.read_audit", "cases.see_trail", "cases.check_chain"}),
}  # fmt: skip


# How far a role's moves reach: which cases it may act on. A person with two roles reaches, for one permission, only
# as far as the roles that carry that very permission, so that two roles never add up to a third.
#   all        every case but petitions        petitions  petitions
#   lead       cases its own department leads  community  cases that lie in its own community
REACH: dict[str, frozenset[str]] = {
    Role.DISPATCHER: frozenset({"all"}),
    Role.CHIEF: frozenset({"all", "petitions"}),
    Role.INSPECTOR: frozenset({"all"}),
    Role.HANDLER: frozenset({"lead"}),
    Role.WORKER: frozenset({"lead", "community"}),
    Role.PETITION: frozenset({"petitions"}),
    Role.CLERK: frozenset(),
    Role.LEADER: frozenset({"all", "petitions"}),
    Role.ADMIN: frozenset(),
    Role.AUDITOR: frozenset(),
}


def reach_of(roles: frozenset[str], permission: str) -> frozenset[str]:
    """How far these roles reach with one permission."""
    return frozenset().union(*(REACH[role] for role in roles if permission in PERMISSIONS[role]))


def permissions_of(roles: frozenset[str]) -> frozenset[str]:
    """Everything that the holder of these roles may."""
    return frozenset().union(*(PERMISSIONS[role] for role in roles))


def roles_with(permission: str) -> frozenset[str]:
    """The roles that have a permission; how a queryset finds the people who may do something."""
    return frozenset(role.value for role in Role if permission in PERMISSIONS[role])
