"""The words of the ledger of illegal structures: nine stages in six groups, ways of demolition, papers, service."""
from django.db.models import TextChoices


class Stage(TextChoices):
    """The last step that is done (违法建设处置九步); the screens show six groups."""

    SURVEYED = "surveyed", "摸排"
    DETERMINED = "determined", "认定"
    NOTIFIED = "notified", "限期拆除通知"
    URGED = "urged", "催告"
    DECIDED = "decided", "强拆决定"
    ANNOUNCED = "announced", "公告"
    DEMOLISHED = "demolished", "拆除"
    ACCEPTED = "accepted", "验收"
    WRITTEN_OFF = "written_off", "销账"
    VOIDED = "voided", "作废"  # entered by mistake; the number stays


GROUPS = ("摸排", "认定", "告知", "拆除", "验收", "销账")
GROUP_OF: dict[str, int] = {
    Stage.SURVEYED: 1, Stage.DETERMINED: 2, Stage.NOTIFIED: 3, Stage.URGED: 3, Stage.DECIDED: 3, Stage.ANNOUNCED: 3,
    Stage.DEMOLISHED: 4, Stage.ACCEPTED: 5, Stage.WRITTEN_OFF: 6, Stage.VOIDED: 0,
}  # fmt: skip
# What comes next, as the row says it; 告知 has four papers, so it names the one that is missing.
WAITS_FOR: dict[str, str] = {
    Stage.SURVEYED: "待认定", Stage.DETERMINED: "待通知", Stage.NOTIFIED: "待催告", Stage.URGED: "待决定",
    Stage.DECIDED: "待公告", Stage.ANNOUNCED: "待拆除", Stage.DEMOLISHED: "待验收", Stage.ACCEPTED: "待销账",
    Stage.WRITTEN_OFF: "已销账", Stage.VOIDED: "已作废",
}  # fmt: skip


class Mode(TextChoices):
    """How it came down: by force, by its owner, by its owner with the street's help."""

    FORCED = "forced", "强制拆除"
    VOLUNTARY = "voluntary", "自行拆除"
    ASSISTED = "assisted", "助拆"


class OwnerKind(TextChoices):
    """Whose it is; the first three are persons."""

    RESIDENT = "resident", "个人业主"
    LANDLORD = "landlord", "个人(出租)"
    VILLAGER = "villager", "村民个人"
    VILLAGE = "village", "村集体(出租)"
    STATE_UNIT = "state_unit", "国有单位(出租)"
    COMPANY = "company", "企业"
    NOBODY = "nobody", "无主(历史遗留)"


class LandNature(TextChoices):
    """Whose land it stands on."""

    STATE = "state", "国有土地"
    COLLECTIVE = "collective", "集体土地"
    UNKNOWN = "unknown", "待查"


class Era(TextChoices):
    """Built before or after the street began to count (既有, 新生)."""

    EXISTING = "existing", "既有违建"
    NEW = "new", "新生违建"


class Setting(TextChoices):
    """Town or village planning area; the law knows two procedures (城乡规划法 64, 65)."""

    TOWN = "town", "城镇违建"
    VILLAGE = "village", "乡村违建"


class Supervision(TextChoices):
    """Who keeps an eye on it: the city or the district (市、区挂账)."""

    CITY = "city", "市挂账"
    DISTRICT = "district", "区挂账"


class PaperKind(TextChoices):
    """The papers of a demolition (行政强制法 35、37、44)."""

    DETERMINATION = "determination", "违法建设认定书"
    STOP = "stop", "责令停止建设通知书"
    NOTICE = "notice", "限期拆除通知书"
    URGE = "urge", "催告书"
    DECISION = "decision", "强制拆除决定书"
    ANNOUNCEMENT = "announcement", "强制拆除公告"
    OTHER = "other", "其他文书"


class Service(TextChoices):
    """How a paper reached its addressee (送达方式)."""

    DIRECT = "direct", "直接送达"
    LEFT = "left", "留置送达"
    POST = "post", "邮寄送达"
    AGENT = "agent", "委托送达"
    PUBLIC = "public", "公告送达"


class PhotoMoment(TextChoices):
    """Before or after."""

    BEFORE = "before", "整改前"
    AFTER = "after", "整改后"


class CaseTie(TextChoices):
    """How a case and a structure belong together."""

    FROM_CASE = "from_case", "由案件转入"
    OPENED = "opened", "由台账开案"
    RELAPSE = "relapse", "反弹开案"


class Measure(TextChoices):
    """What a campaign sets out to reach and reports."""

    DEMOLISHED = "demolished_area", "拆除面积"
    LAND = "vacated_land", "腾退土地"
    PEOPLE = "relocated_people", "疏解流动人口"
    SITES = "sites", "销账点位"
    ENTRIES = "entries", "整治数量"
    DAYS = "days", "历时"
    DAYS_EARLY = "days_early", "提前"


UNITS: dict[str, str] = {
    Measure.DEMOLISHED: "㎡", Measure.LAND: "㎡", Measure.PEOPLE: "人", Measure.SITES: "处", Measure.ENTRIES: "",
    Measure.DAYS: "天", Measure.DAYS_EARLY: "天",
}  # fmt: skip


class Period(TextChoices):
    """The periods that must pass before force (行政强制法 35、44)."""

    REVIEW = "review", "申请行政复议"
    SUIT = "suit", "提起行政诉讼"
    URGE = "urge", "催告履行"


class PeriodUnit(TextChoices):
    """What a period of the law is counted in."""

    MONTH = "month", "个月"
    CALENDAR_DAY = "calendar_day", "日"
    WORK_DAY = "work_day", "工作日"
