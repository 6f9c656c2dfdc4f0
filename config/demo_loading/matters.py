"""What goes on in the street today: invented matters at the street's real places, and how far each has come.

A step is (move, working hours before now, answers). Names, phones and documents are invented.
"""
from dataclasses import dataclass, field
from typing import Any

Step = tuple[str, float, dict[str, Any]]
XIJING, LANGSHAN = "110107005008", "110107005017"
DONE = "现场已清理完毕，恢复整洁，已安排专人每日巡查。"


@dataclass(frozen=True)
class Matter:
    """One matter. `back` is when it came in: working hours before now, or minutes by the clock for an urgent one."""

    slug: str
    source: str
    site: str
    category: str  # 事件 0501, 部件 c0120
    title: str
    text: str
    back: float
    steps: tuple[Step, ...] = ()
    urgency: str = "normal"
    person: tuple[str, str] = ()
    lead: str = ""
    assisting: tuple[str, ...] = ()
    due: float | None = None  # hours by the clock from now; negative: already past, in working hours
    round_the_clock: bool = False
    told: bool = False  # its last event still waits to be told
    near: tuple[float, float] | None = None  # shift in degrees from the place; by lot when not given
    detail: dict[str, Any] = field(default_factory=dict)
    fixed: str = ""  # 立查立改: what was done


def step(move: str, back: float, **answers: Any) -> Step:
    """One step."""
    return (move, back, answers)


def registered(back: float) -> tuple[Step, ...]:
    """受理 and 立案, six minutes apart."""
    return step("accept", back), step("register", back - 0.1)


def dispatched(back: float, **answers: Any) -> tuple[Step, ...]:
    """Up to 派遣."""
    return *registered(back), step("dispatch", back - 0.2, **answers)


def handling(back: float, **answers: Any) -> tuple[Step, ...]:
    """Up to 签收."""
    return *dispatched(back, **answers), step("acknowledge", back - 0.7)


def handed_in(back: float, fed_back: float, words: str = DONE) -> tuple[Step, ...]:
    """Up to 反馈."""
    return *handling(back), step("feedback", fed_back, words=words)


def checking(back: float, fed_back: float, words: str = DONE, checker: str = "inspector") -> tuple[Step, ...]:
    """Up to 转核查."""
    return *handed_in(back, fed_back, words), step("send_check", fed_back - 0.3, checker=checker)


def checked(back: float, fed_back: float, words: str = DONE) -> tuple[Step, ...]:
    """Up to 核查通过."""
    return *checking(back, fed_back, words), step("pass_check", fed_back - 1.5, words="现场核查，问题已解决。")


def closed(back: float, fed_back: float, words: str = DONE, *, answered: bool = False) -> tuple[Step, ...]:
    """Up to 结案, with 回复 and 回访 where somebody asked."""
    steps = checked(back, fed_back, words)
    if answered:
        steps += (
            step("reply", fed_back - 2, words="您反映的问题已处理完毕，感谢监督。", final=True),
            step("call_back", fed_back - 2.2, reached=True, solved=True, satisfaction="satisfied"),
        )
    return *steps, step("close", fed_back - 2.5, conclusion="问题已解决，核查通过，同意结案。")


M, s = Matter, step
MATTERS = (
    # --- just come in
    M("stall-a", "WX", "KS001", "0501", "西井大街南口早点摊占道", "每天早上七八辆车堵在路口，行人只能走机动车道。",
      0.9, person=("微友小树", "13800001101"), told=True, near=(0.0001, 0.0001)),
    M("stall-b", "WX", "KS001", "0501", "西井大街南口早餐车占住盲道", "早餐车一直摆到八点半，盲道全被压住。", 0.5,
      person=("微友南山", "13800001102"), told=True, near=(0.0003, 0.0002)),
    M("lamp", "RX", "KS045", "c0120", "西井一区甬路路灯不亮", "来电说甬路上三盏路灯连着几天不亮，老人晚上不敢出门。",
      0.7, person=("沈桂芝", "13800001103"), detail={"kind": "12345"}, told=True),
    M("waste-notice", "DC", "KS015", "0102", "西黄村市场旧址西墙外垃圾暴露", "墙外堆放生活垃圾约两方，污水外流。",
      0.6, urgency="important", detail={"level": "district"}, told=True),
    M("noise-letter", "XF", "KS053", "0508", "下庄小区北侧夜间装卸噪声",
      "来信人曹淑兰称货车每晚十一点后装卸，影响一家老小休息。", 5, person=("曹淑兰", "13800001104")),
    M("sofa", "WX", "KS046", "0108", "西井二区楼前废弃沙发占道", "两张旧沙发扔在楼前三天了，没人管。", 1.2,
      (s("send_verification", 0.9, community=XIJING, words="请到现场看是否仍在。"),),
      person=("微友阿成", "13800001105"), told=True),
    M("smoke", "WX", "KS057", "0190", "琅山村平房区早晨有烧煤味", "早上六点多能闻到呛人的煤烟，不知是哪一户。", 1.3,
      (s("send_verification", 1, community=LANGSHAN),), person=("微友风铃", "13800001106")),
    M("bikes", "WX", "KS026", "0506", "地铁苹果园站东口共享单车堆放", "单车堆了三层，把出站口都堵住了。", 1.6,
      (s("accept", 1.1),), person=("微友老周", "13800001107")),
    M("bare-soil", "ZB", "KS023", "0307", "刘娘府项目东侧裸露土方未苫盖", "转办要求核查裸露土方并在两日内反馈。", 1.5,
      (s("accept", 0.8),), urgency="important"),
    # --- to be dispatched
    M("parking", "WG", "KS047", "0505", "西井三区东门消防通道停车", "三辆小客车停在消防通道上，未留电话。", 2,
      registered(1.2)),
    M("pond", "WG", "KS019", "0105", "琅山鱼池水面漂浮垃圾", "池面漂着塑料袋和枯枝，岸边有异味。", 2.2,
      registered(1.4)),
    M("barbecue", "WX", "KS008", "0510", "八大处路口露天烧烤冒烟", "晚上一排烤炉，烟直接飘到居民楼里。", 2.1,
      registered(1), urgency="important", person=("微友望山", "13800001108")),
    # --- dispatched, not signed for
    M("shop-front", "WG", "KS025", "0504", "西井小道两侧店外经营", "五家小店把货架摆到路面上，三轮车过不去。", 3,
      dispatched(2.4), lead="D01", assisting=("D03",), told=True),
    M("north-gate", "DC", "KS002", "0501", "北门外便道流动摊贩回潮", "晚间出现流动餐车十余辆，地面油污严重。", 3.2,
      dispatched(2.2), lead="D01", assisting=("D02", "D04"), detail={"level": "city"}, urgency="important"),
    M("rubble", "WG", "KS020", "0103", "地铁技校东墙根积存渣土", "墙根新倒装修渣土一车，占半幅步道。", 3.4,
      dispatched(2.5), lead="X01", told=True),
    M("bins", "WX", "KS021", "0102", "铁疗宿舍垃圾桶满溢", "桶满了两天没清，野猫把袋子都扒开了。", 3.1,
      dispatched(2.1), lead="X01", person=("微友春天", "13800001109")),
    M("corridor", "WG", "KS046", "0507", "西井二区楼道堆放杂物", "单元一层楼道堆着纸箱和旧家具。", 3.3,
      dispatched(2.3), lead=XIJING, told=True),
    M("laundry", "WX", "KS045", "0511", "西井一区临街护栏晾晒被褥", "护栏上晾了一排被子，人行道都走不了。", 2.9,
      dispatched(2), lead=XIJING, person=("微友青青", "13800001110")),
    M("red-leaf", "WG", "KS030", "0505", "八大处登山口两侧乱停车", "周边道路两侧停满私家车，公交进不了站。", 3.5,
      dispatched(2.6), lead="D05"),
    M("hens", "WG", "KS057", "0118", "琅山村平房区散养家禽", "院外散养十来只鸡，路面有粪便。", 3, dispatched(2),
      lead=LANGSHAN),
    # --- returned
    M("pothole", "WG", "KS005", "0110", "苹果园路辅路路面破损", "路面有两处坑洼，电动车经过容易摔倒。", 9,
      (*handling(8), s("return", 0.8, return_reason="not_ours", reason="该路段在质保期内，应由施工单位修复。")),
      lead="X09", told=True),
    M("ditch", "WG", "KS032", "0105", "永引渠堤岸边沟积水发臭", "边沟淤积，积水发黑有异味。", 16,
      (*dispatched(15, lead="X08"),
      s("return", 12, return_reason="not_ours", reason="边沟不属排水管网，建议绿化养护单位清理。"),
      s("dispatch", 11, lead="X07"),
      s("return", 1, return_reason="not_ours", reason="绿地范围以外，权属为河道管理方。")), told=True),
    # --- being handled
    M("morning-market", "DC", "KS018", "0501", "琅山早市原址占道经营反弹", "原址两侧出现摊贩二十余个，早高峰拥堵。",
      22, handling(21), lead="D01", assisting=("D02",), due=-2.5, detail={"level": "district"}, urgency="important"),
    M("under-bridge", "WG", "KS033", "0103", "城铁桥下偷倒建筑垃圾", "桥下新增偷倒建筑垃圾三车。", 24, handling(23),
      lead="X01", due=-5),
    M("market-north", "RX", "KS031", "0504", "综合市场北侧店外摆卖", "来电反映店家把菜摊摆到便道上，天天如此。", 15,
      handling(14), lead="D01", due=5, person=("贺春生", "13800001111"), detail={"kind": "ZFXF"}, assisting=("D03",)),
    M("yard", "WX", "KS035", "0102", "下庄平房区胡同口垃圾堆放", "胡同口成了垃圾堆，刮风到处飞。", 14, handling(13),
      lead="X01", due=9, person=("微友胡同", "13800001112")),
    M("coal", "WG", "KS059", "0190", "金顶山村出租院燃煤取暖", "院内两户仍在烧煤炉，门外堆有蜂窝煤。", 12,
      (*handling(11), s("supervise", 6, level=2, due=20, words="今冬无煤区首次复燃，请务必当日清出。")), lead="D07",
      urgency="important", due=14, told=True),
    M("roof", "WG", "KS017", "0101", "河湖仓库旧址旁新搭彩钢棚", "围墙内新搭彩钢棚一处，约四十平方米。", 18,
      (*handling(17), s("request_extension", 1.5, until=3, reason="当事人外出，须待其返京后送达告知书。")),
      lead="D01", told=True),
    M("bin-lid", "WG", "KS051", "c0305", "西黄新村西里垃圾桶破损", "四组垃圾桶桶盖缺失，夏天招蝇。", 8, handling(7),
      lead="X01"),
    M("ladder", "WG", "KS045", "c0125", "西井一区健身器材松动", "太空漫步机螺栓松动，孩子玩有危险。", 10, handling(9),
      lead=XIJING),
    M("boxes", "WX", "KS047", "0507", "西井三区车棚前堆放纸箱", "车棚门口堆满纸箱，怕着火。", 13, handling(12),
      lead=XIJING, due=20, person=("微友小满", "13800001113")),
    M("graves", "WG", "KS029", "0505", "福田公墓门前占道停车", "门前便道停满私家车，行人绕行机动车道。", 9, handling(8),
      lead="D05"),
    M("bumps", "WX", "KS014", "0110", "边府路路面下沉", "路面下沉一块，骑车经过很颠。", 11, handling(10), lead="X09",
      person=("微友石头", "13800001123")),
    M("grating", "WG", "KS044", "c0104", "海特花园三区雨水箅子缺失", "主路雨水箅子缺失一块，已临时围挡。", 7,
      handling(6), lead="X08"),
    M("fire-lane", "WG", "KS052", "0606", "东下庄小区消防通道堆物", "消防通道内堆放装修材料。", 10, handling(9),
      lead="D06", assisting=("S07",)),
    M("tree", "WG", "KS009", "c0402", "琅山路行道树枯死倾斜", "三棵行道树枯死，其中一棵向路面倾斜。", 14,
      (*handling(13),
      s("request_suspension", 1.2, review_on=20, reason="倾斜的一棵已支撑加固，补植须待春季植树期。")),
      lead="X07", due=76, told=True),
    M("pipe", "WG", "KS040", "0402", "苹三小区主路自来水管爆裂", "路面冒水，已漫到楼门口，影响约六十户。", 50,
      (s("accept", 48), s("register", 47), s("dispatch", 45), s("acknowledge", 32)), lead="X02", urgency="urgent",
      assisting=("S07",), round_the_clock=True, told=True),
    M("rent-visit", "XF", "KS048", "0602", "边府小区群租扰民", "来访人孟宪文称楼上隔断出租住了十余人，请求查处。", 30,
      handling(26), lead="D08", person=("孟宪文", "13800001114"), assisting=("D02",)),
    M("old-main", "RX", "KS039", "0402", "苹二小区供水管老化反复漏水", "来电说同一处管子今年漏了三回，要求换管。", 20,
      (*handling(19), s("request_suspension", 12, review_on=30, reason="须列入整管更换计划，等待施工许可。"),
      s("grant_suspension", 10)), lead="X02", person=("郭秀英", "13800001115"), detail={"kind": "12345"}),
    # --- handed in, being checked
    M("awning", "WG", "KS003", "0504", "实兴大街商户外摆桌椅", "三家餐馆在便道上外摆桌椅。", 16,
      handed_in(15, 2, "已劝导收回外摆桌椅，签订门前三包承诺。"), lead="D01", told=True),
    M("paving", "DC", "KS012", "c0205", "金顶北街步道砖塌陷", "步道砖塌陷约三平方米，雨后积水。", 20,
      handed_in(19, 3, "已更换步道砖三平方米并夯实基础。"), lead="X09", detail={"level": "district"}),
    M("chess-room", "XF", "KS043", "0508", "海特花园二区无照棋牌室扰民",
      "来访人丁凤琴称地下室棋牌室营业到凌晨，请求取缔。", 34,
      handed_in(30, 3, "已会同派出所取缔棋牌室，没收赌具，当事人写下保证。"), lead="D02",
      person=("丁凤琴", "13800001122"), assisting=("D03",), told=True),
    M("street-market", "WG", "KS001", "0590", "西井大街傍晚摊贩聚集", "傍晚摊贩聚集约十五个，占用非机动车道。", 15,
      checking(14, 2.5, "已清退摊贩，安排两人傍晚值守一周。", "worker"), lead="D01", assisting=("D02",), told=True),
    M("flood", "WX", "KS034", "0406", "金顶山村口广场雨后积水", "广场低洼处积水没过脚面。", 12,
      checking(11, 3.5, "已疏通雨水口两处，积水排净。"), lead="X08", person=("微友山村", "13800001116")),
    M("posters", "WG", "KS046", "0201", "西井二区楼门小广告", "楼门和配电箱上贴满小广告。", 14,
      checking(13, 3, "已铲除小广告四十余处并刷漆覆盖。"), lead=XIJING),
    M("on-the-spot", "WG", "KS025", "0507", "西井小道口堆放杂物", "巡查发现路口堆放旧木板，当场清走。", 1.8,
      fixed="当场联系住户清走旧木板，路口恢复通行。"),
    # --- back for rework
    M("lawn", "WG", "KS045", "0106", "西井一区绿地垃圾未清", "绿地内散落塑料袋和饮料瓶。", 18,
      (*checking(17, 5), s("rework", 2, reason="现场复查绿地东侧仍有垃圾，请继续清理。")), lead=XIJING, told=True),
    M("scrap", "WG", "KS016", "0503", "西黄村废品站门前占道收购", "门前便道堆放废品，占道过磅。", 20,
      (*checking(19, 6), s("rework", 2.2, reason="复查时门前仍有废品堆放，请加强值守。")), lead="D01"),
    # --- checked
    M("rotten", "WX", "KS058", "0102", "雍景四季西门餐厨垃圾外溢", "餐馆后门油水流到路上，又滑又臭。", 16,
      checked(15, 4), lead="X01", person=("微友安安", "13800001117"), told=True),
    M("wires", "WG", "KS036", "0601", "边府大杂院私拉电线", "院内飞线充电三处。", 18,
      checked(17, 4.5, "已拆除飞线三处，协调加装充电桩。"), lead="S05"),
    # --- ended
    M("boards", "WG", "KS007", "0203", "阜石路辅路占道灯箱", "底商把灯箱摆在便道中间。", 40, closed(39, 30),
      lead="D01"),
    M("sweep", "WX", "KS051", "0102", "西黄新村西里路面垃圾", "清运车漏下的垃圾没人扫。", 48,
      closed(47, 40, answered=True), lead="X01", person=("微友夏夏", "13800001118")),
    M("hydrant", "WG", "KS038", "0606", "苹一小区消防栓被占压", "消防栓前停了两辆车。", 60,
      closed(59, 50, "已挪车并划设禁停线，张贴提示。"), lead="D06"),
    M("manhole", "DC", "KS006", "c0102", "苹果园南路污水井盖松动", "车辆经过异响，夜间扰民。", 70,
      closed(69, 60, "已更换井盖并加装防坠网。", answered=True), lead="X08", detail={"level": "city"}),
    M("exercise", "WG", "KS047", "c0125", "西井三区健身器材缺件", "扭腰器踏板缺失。", 75,
      closed(74, 62, "已补装踏板并检查全部器材。"), lead=XIJING),
    M("dogs", "RX", "KS060", "0604", "八大处小区绿化养护不到位", "来电反映草坪长期不修剪。", 80,
      closed(79, 66, "物业已修剪草坪并公示养护计划。", answered=True), lead="S07", person=("江玉梅", "13800001119"),
      detail={"kind": "12345"}),
    M("elsewhere", "WX", "KS010", "0110", "刘娘府路北段路面坑洼", "坑洼路段在街道界线以外。", 11,
      (s("reject", 9.5, reason="经核对位置，该路段不在本街道辖区。",
         public_words="您反映的路段由相邻街道管理，已为您转告，感谢关注。"),), person=("微友阿北", "13800001120")),
    M("mistake", "WG", "KS011", "0104", "西黄村路路面不洁（重复录入）", "登记时误点两次。", 13,
      (s("void", 12, reason="同一事项误录两次，以另一件为准。", public_words="重复登记已作废，原件继续办理。"),)),
    M("same-stalls", "WX", "KS031", "0504", "市场北侧菜摊又摆出来了", "和前几天一样，菜摊摆满便道。", 3,
      (s("accept", 2.4), s("merge", 2, master="market-north", reason="与在办案件同一地点、同一事项。")),
      person=("微友豆豆", "13800001121")),
)  # fmt: skip
