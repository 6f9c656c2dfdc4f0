"""The wording of the demonstration's agreements: composed for it, after the usual parts of such a paper."""
from typing import Any

TITLE_2016 = "2016 年国家卫生区复审责任书"
HEADING = "苹果园街道 2016 年国家卫生区复审工作"

Block = dict[str, Any]


def _p(text: str) -> Block:
    return {"kind": "paragraph", "text": text}


def _h(text: str) -> Block:
    return {"kind": "heading", "text": text}


def _c(text: str) -> Block:
    return {"kind": "clause", "text": text}


INDICATORS = {
    "kind": "table",
    "rows": [
        ["网格事件按期办结率", "不低于 95%", "40"], ["背街小巷卫生作业月度考评", "全区前四名", "30"],
        ["新增违法建设", "0 处", "20"], ["居民满意率", "不低于 95%", "10"],
    ],
}  # fmt: skip
REWARDS = [
    _h("考核与奖惩"),
    _c("考核实行百分制，按各项任务检查得分计算，等次和奖惩按街道公布的考核等次执行。"),
    _c("得分不到 80 分的，通报批评并约谈主要负责人，取消当年评优资格。"),
]
TERM = [
    _h("期限"),
    _p("本责任书自签字之日起生效，有效期至责任期限届满之日止。"),
    _h("附则"),
    _p("本责任书一式两份，甲乙双方各执一份。"),
]

YEAR_VARIABLES = [{"name": "责任区域", "kind": "text", "required": True, "value": ""}]
YEAR_BLOCKS = [
    _p(
        "为圆满完成国家卫生区复审工作，依据《苹果园街道2016年国家卫生区复审工作方案》，"
        "苹果园街道办事处（以下简称甲方）与{{乙方}}（以下简称乙方）签订本责任书。"
    ),
    _h("目标任务"),
    _p(
        "做到“有脏必清、有乱必治、有违必拆”，责任区内无暴露垃圾、无占道经营、无新增违法建设，"
        "确保 2016 年 12 月 31 日前通过复审。"
    ),
    INDICATORS,
    _h("责任分工"),
    _c("乙方负责{{责任区域}}的环境卫生，落实爱国卫生组织管理、健康教育、市容环境卫生和病媒生物预防控制各项要求。"),
    _c("乙方主要负责人为第一责任人，明确专人负责日常检查和资料归档。"),
    _h("工作要求"),
    _c("垃圾密闭存放、日产日清，公共厕所、食堂和五小单位达到复审标准。"),
    _c("发现无照经营、违法建设和卫生死角，当日上报网格系统并配合处置。"),
    _c("迎检期间在岗值守，问题立查立改，整改前后留存照片。"),
    *REWARDS, *TERM,
]  # fmt: skip


def present_variables(year: int) -> list[dict[str, Any]]:
    """Whom and where each party fills for itself, two that are the same for all."""
    return [
        {"name": "完成日期", "kind": "date", "required": True, "value": f"{year} 年 12 月 31 日"},
        {"name": "点位", "kind": "text", "required": True, "value": ""},
        {"name": "上报时限", "kind": "number", "required": True, "value": "2"},
        {"name": "直接责任人", "kind": "person", "required": True, "value": ""},
    ]


def present_blocks(year: int) -> list[Block]:
    """The wording that stands now."""
    return [
        _p(
            f"为巩固国家卫生区创建成果，依据《苹果园街道{year}年国家卫生区巩固工作方案》，"
            "苹果园街道办事处（以下简称甲方）与{{乙方}}（以下简称乙方）签订本责任书。"
        ),
        _h("工作目标"),
        _p("做到“有脏必清、有乱必治、有违必拆”，责任区内无暴露垃圾、无占道经营、无新增违法建设，确保{{完成日期}}前各项指标达标。"),
        _h("责任分工"),
        _c("乙方负责{{点位}}的日常巡查，发现问题{{上报时限}}小时内上报网格系统。"),
        _c("乙方主要负责人为第一责任人，分管负责人{{直接责任人}}为直接责任人。"),
        _h("考核指标"),
        INDICATORS,
        *REWARDS, *TERM,
    ]  # fmt: skip


def earlier_wordings(year: int) -> list[list[Block]]:
    """Two earlier versions; the present one differs from the second in four places."""
    now = present_blocks(year)
    second = list(now)
    second[2] = _p("责任区内无暴露垃圾、无占道经营，确保{{完成日期}}前各项指标达标。")
    second[4] = _c("乙方负责{{点位}}的日常巡查，发现问题当日上报网格系统。")
    second[5] = _c("乙方主要负责人为第一责任人。")
    second[7] = {"kind": "table", "rows": [*INDICATORS["rows"][:3], ["居民满意率", "不低于 90%", "10"]]}
    return [second[:8], second]


PRESENT_TASKS = (  # what, due in how many days
    ("责任区内无乱堆乱放、无乱贴乱画", 20),
    ("公示门前三包责任区并确定责任人", 30),
    ("组织除四害投药，毒饵站完好率达到95%", 60),
    ("建立卫生档案，资料按目录归档", 100),
)
CLAUSES = (
    ("门前三包", [_c("落实门前三包（包卫生、包绿化、包秩序），责任区每日保洁不少于两次，无乱堆乱放、无乱贴乱画。")]),
    ("病媒生物防制", [_c("组织除四害投药，毒饵站完好率达到 95%，鼠、蚊、蝇、蟑密度达到国家标准 C 级要求。")]),
    ("控烟", [_c("室内公共场所全面禁烟，张贴标识，设专人劝阻。")]),
    ("垃圾清运", [_c("生活垃圾密闭存放、日产日清，建筑垃圾和积存垃圾在三日内清运。")]),
    ("迎检值守", [_c("迎检期间主要负责人在岗值守，联系电话保持畅通，问题立查立改并留存照片。")]),
    ("考核与奖惩", REWARDS),
    ("考核指标", [_h("考核指标"), INDICATORS]),
)
