"""What the tests of agreements begin with: a text, parties, one agreement at any stage."""
from datetime import date

from campaigns import agreement_parties as parties
from campaigns import agreement_templates as texts
from campaigns import agreements as acts
from campaigns.models import Agreement
from grid.models import Organisation
from tests.make import NOW, moment

CODES = ("129999991000791907", "12999999100158382K", "91999999100237574T", "919999991003167667", "91999999100395951Q")
BLOCKS = [
    {"kind": "paragraph", "text": "街道办事处与{{乙方}}签订本责任书。"},
    {"kind": "heading", "text": "责任分工"},
    {"kind": "clause", "text": "分管负责人{{直接责任人}}为直接责任人。"},
    {"kind": "clause", "text": "发现问题{{时限}}小时内上报。"},
    {"kind": "table", "rows": [["按期办结率", "不低于 95%", "100"]]},
]
VARIABLES = [
    {"name": "直接责任人", "kind": "person", "required": True, "value": ""},
    {"name": "时限", "kind": "number", "required": True, "value": "2"},
]
PERSON = "金丝雀"


def make_text(admin, **over):
    """A text with a person to fill and a number that is the same for all."""
    fields = {
        "title": "2016 年国家卫生区复审责任书", "heading": "苹果园街道 2016 年国家卫生区复审工作", "year": 2016,
        "prefix": "石苹卫责", "blocks": BLOCKS, "variables": VARIABLES, "valid_until": date(2016, 12, 31),
    }  # fmt: skip
    return texts.create_template(**{**fields, **over}, by=admin, at=NOW)


def make_unit(community, number=0, **over):
    """A social unit."""
    fields = {"code": f"U{number:03d}", "name": f"第{number}物业", "uscc": CODES[number], "community": community}
    return Organisation.objects.create(**{**fields, "lon": 116.19, "lat": 39.93, **over})


def list_party(template, admin, *, organisation=None, department=None, person=PERSON):
    """One party as a draft, its person filled."""
    parties.add_parties(
        template, organisations=[organisation] if organisation else [], departments=[department] if department else [],
        by=admin, at=NOW,
    )  # fmt: skip
    agreement = Agreement.objects.select_related("template", "organisation", "department").get(
        template=template, organisation=organisation, department=department
    )
    if person:
        parties.fill(agreement, values={"直接责任人": person}, by=admin, at=NOW)
    return Agreement.objects.get(pk=agreement.pk)


def scan(**over):
    """A signed page that was stored already."""
    from campaigns.models import AgreementScan
    from tests.make import make_photo

    return AgreementScan(photo=make_photo(), added_at=NOW, **over)


def answers_for(act):
    """What a step asks, filled properly."""
    return {
        "withdraw": {"reason": "正文有误要改"},
        "sign": {"signed_on": date(2016, 12, 21), "signer": PERSON, "street_signer": "许禾朔", "scans": [scan()]}
        if act == "sign" else {},
        "assess": {"score": 92},
    }.get(act, {})  # fmt: skip


WAY = {
    "draft": (), "issued": ("issue",), "signed": ("issue", "sign"), "in_force": ("issue", "sign", "start"),
    "assessed": ("issue", "sign", "start", "assess"), "closed": ("issue", "sign", "start", "assess", "close"),
}  # fmt: skip


def walk(agreement, stage, *, admin, clerk, at=NOW):
    """Take a filled draft to a stage by its steps."""
    for act in WAY[stage]:
        getattr(acts, act)(agreement, by=admin if act == "issue" else clerk, at=at, **answers_for(act))
    return agreement


LATER = moment("2016-12-22 09:30")
