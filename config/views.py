"""The pages that belong to no app: the design's components, and what is said when a page cannot be shown."""
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone

from config import ui


class SampleForm(forms.Form):
    """A request for more time, as the components page shows a form that was not accepted."""

    reason = forms.CharField(
        label="延期理由",
        min_length=10,
        widget=forms.Textarea(attrs={"rows": 2, "class": "input--short"}),
        error_messages={"min_length": "请写明原因和新的办结日期，至少 10 个字。"},
    )
    until = forms.DateField(label="延至", help_text="最多延 1 次，不超过原时限 1 倍。")
    way = forms.ChoiceField(
        label="派遣方式",
        choices=[("each", "按推荐单位分别派遣"), ("one", "统一派给一个单位")],
        widget=forms.RadioSelect,
    )
    told = forms.BooleanField(label="已电话告知承办单位", required=False)


CLOCK_SAMPLES = [
    ("ok", ui.duration_words(2640)),
    ("due", ui.duration_words(102)),
    ("over", ui.duration_words(-1680)),
    ("stop", f"停表 {ui.span_words(4320)}"),
    ("done", "按期办结"),
]
MENU_SAMPLES = [
    ("calendar-time", "延期", "Y"),
    ("player-pause", "挂账", "G"),
    ("git-merge", "合并", "M"),
    ("printer", "打印处置单", "P"),
]
ROW_SAMPLES = [
    ("DC-2016-076", "西井大街马路市场回潮，占道售卖熟食", "西井-02", "handling", "over", -1680),
    ("WX-2016-038", "西井社区出入口游商占道，私拉电线搭小棚", "西井-03", "accepted", "due", 102),
    ("WX-2016-037", "海特花园二区消防通道被私家车占用", "海特二-02", "dispatched", "ok", 2640),
]


@login_required
def components(request: HttpRequest) -> HttpResponse:
    """Every part in every state; what the screens and the tests are compared with."""
    tomorrow = timezone.localdate() + timedelta(days=1)
    form = SampleForm(request.POST or {"reason": "在办", "until": tomorrow, "way": "each"})
    page = Paginator(range(64), 13).get_page(request.GET.get("page"))
    samples = {"clocks": CLOCK_SAMPLES, "stages": ui.STAGES, "menu": MENU_SAMPLES, "rows": ROW_SAMPLES}
    context = samples | {"form": form, "page": page}
    return render(request, "components.html", context, status=422 if request.method == "POST" else 200)


def not_allowed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: who may be asked for it; a sentence of our own is shown, a foreign one is not."""
    return render(request, "403.html", {"sentence": _own_words(exception)}, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: not there, or not for these eyes; which of the two is not said."""
    return render(request, "404.html", {"sentence": _own_words(exception)}, status=404)


def csrf_refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form that was opened too long ago or in another login."""
    sentence = "这张表单打开太久，或者您在别处重新登录过，所以没有收下。"
    sentence += "返回上一页，先复制已写的内容，刷新后再提交一次。"
    return render(request, "403.html", {"sentence": sentence, "form": True}, status=403)


def broken(request: HttpRequest) -> HttpResponse:
    """500: the database may be what is broken, so nobody is asked who is looking."""
    return HttpResponseServerError(render_to_string("500.html", _still_context()))


def _own_words(exception: Exception | None) -> str:
    """The exception's words when they are a Chinese sentence meant for people."""
    words = str(exception.args[0]) if exception and exception.args and isinstance(exception.args[0], str) else ""
    return words if any("\u4e00" <= char <= "\u9fff" for char in words[:4]) else ""


def _still_context() -> dict[str, Any]:
    """What the static error page needs: nothing from the database."""
    return {"pages": [entry for entry in ui.NAV[:1] if ui.has_page(entry.address)]}
