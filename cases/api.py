"""The API of the cases: the page's own filter, the page's own eyes, and the same moves with the same refusals."""
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from cases import workflow
from cases.answers import Ask
from cases.converters import NumberConverter
from cases.errors import AnswersRefused, MoveConflict, MoveForbidden, MoveRefused
from cases.filters import CaseFilter
from cases.forms import MoveForm, move_form
from cases.forms.moves import YES_NO
from cases.models import Case
from cases.querysets import CaseQuerySet
from cases.views.moves import why_not
from cases.views.shown import Shown, shown_case
from cases.workflow import MOVES, Move

# Of a petition one may know the title and the clocks without knowing whose street it is about.
KEPT_WITH_THE_TEXT = ("category", "community", "grid", "lead", "thing")
# A move to another state is refused the second time; one that leaves the state as it is would be made again.
NO_VERSION = "这个动作不改变状态，重发会再办一次。请带上所见版本（version 或 If-Match）。"


def for_eyes(case: Case, user: Any) -> Case:
    """The case as this person may read it, never to be saved."""
    shown = shown_case(case, user)
    if not shown.reads_text:
        for name in KEPT_WITH_THE_TEXT:
            setattr(shown, name, None)
    return shown


class CaseRow(serializers.ModelSerializer):
    """A line of the list. Times carry their offset; a position is WGS-84."""

    stage = serializers.CharField(read_only=True, help_text="八个阶段之一")
    category = serializers.CharField(source="category.name", default=None, read_only=True)
    community = serializers.CharField(source="community.short_name", default=None, read_only=True)
    grid = serializers.CharField(source="grid.code", default=None, read_only=True)
    thing = serializers.CharField(source="thing.code", default=None, read_only=True, help_text="部件标识码")
    lead = serializers.CharField(source="lead.short_name", default=None, read_only=True)
    reads_text = serializers.BooleanField(read_only=True, help_text="信访件仅可见事项和时限时为 false")

    class Meta:
        model = Case
        fields = (
            "number", "source", "state", "stage", "version", "title", "urgency", "category", "community", "grid",
            "thing", "lead", "address", "lon", "lat", "received_at", "due_clock", "due_at", "paused_at", "closed_at",
            "supervise_level", "return_count", "rework_count", "is_demo", "reads_text",
        )  # fmt: skip
        read_only_fields = fields

    def to_representation(self, instance: Case) -> dict[str, Any]:
        """Through this person's eyes."""
        return super().to_representation(for_eyes(instance, self.context["request"].user))


class QuestionShape(serializers.Serializer):
    """What a move asks: the name to answer under, its words, the kind of answer, and what may be chosen."""

    name = serializers.CharField()
    label = serializers.CharField()
    kind = serializers.CharField()
    required = serializers.BooleanField()
    help = serializers.CharField(allow_blank=True)


class MoveShape(serializers.Serializer):
    """A move that is offered to this person on this case now."""

    name = serializers.CharField()
    button = serializers.CharField()
    clock = serializers.CharField(allow_blank=True)
    asks = QuestionShape(many=True)


class EventShape(serializers.Serializer):
    """A line of the story; of a petition kept from this reader only what was done, by whom and when."""

    seq = serializers.IntegerField()
    button = serializers.CharField()
    actor = serializers.CharField()
    words = serializers.CharField(allow_blank=True)
    line = serializers.CharField(allow_blank=True)
    at = serializers.DateTimeField()
    derived = serializers.BooleanField()


class CasePage(CaseRow):
    """A case whole: what it is, its story, and what this person may do with it."""

    events = serializers.SerializerMethodField()
    moves = serializers.SerializerMethodField()

    class Meta(CaseRow.Meta):
        fields = (
            *CaseRow.Meta.fields, "description", "result", "conclusion", "reported_at", "accepted_at",
            "registered_at", "dispatched_at", "acknowledged_at", "handled_at", "checked_at", "required_at",
            "statutory_at", "events", "moves",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema(responses=EventShape(many=True))
    def get_events(self, case: Case) -> list[dict[str, Any]]:
        """The story, newest first, without the moments at which a clock ran out."""
        return EventShape(self.context["shown"].events, many=True).data

    @extend_schema(responses=MoveShape(many=True))
    def get_moves(self, case: Case) -> list[dict[str, Any]]:
        """What is offered now."""
        return MoveShape(self.context["shown"].moves, many=True).data


class MoveMade(serializers.Serializer):
    """What came of a move."""

    number = serializers.CharField()
    state = serializers.CharField()
    version = serializers.IntegerField()
    seq = serializers.IntegerField()


class CaseViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Cases. Only what the person sees anyway; a case that is not theirs does not exist (404)."""

    queryset = Case.objects.none()
    serializer_class = CaseRow
    filterset_class = CaseFilter
    lookup_field = "number"
    lookup_value_regex = NumberConverter.regex

    def get_queryset(self) -> CaseQuerySet:
        """Those this person sees, least time left first; the detail with everything beside it."""
        cases = Case.objects.visible_to(self.request.user)
        if self.action == "list":
            return cases.for_desk().select_related("thing").prefetch_related("assignments").by_time_left()
        return cases.for_page(self.kwargs["number"]).select_related("community", "thing")

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A case whole; the ETag is its version, for If-Match of the next move."""
        case = self.get_object()
        context = self.get_serializer_context() | {"shown": Shown(case, request.user, at=timezone.now())}
        return Response(CasePage(case, context=context).data, headers={"ETag": f'"{case.version}"'})

    def get_object(self) -> Case:
        """The case, whatever the filter of the list says."""
        return get_object_or_404(self.get_queryset(), number=self.kwargs["number"])

    @extend_schema(
        request=OpenApiTypes.OBJECT, responses=MoveMade,
        parameters=[OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, description="所见版本，同 version")],
        description="办理一个动作。请求体为该动作所问各项（见案件的 moves），另可带 version；不改变状态的动作必须带。",
    )  # fmt: skip
    @action(detail=True, methods=["post"], url_path=r"moves/(?P<move>[a-z_]+)", url_name="move")
    def move(self, request: Request, number: str, move: str) -> Response:
        """Make a move: 400 with the fields, 403, 404 or 409 with a sentence, or what came of it."""
        case = self.get_object()
        if move not in MOVES or not MOVES[move].from_:
            raise MoveRefused(f"没有“{move}”这个动作。")
        event = make_move(MOVES[move], case, request, at=timezone.now())
        made = {"number": case.number, "state": case.state, "version": case.version, "seq": event.seq}
        return Response(MoveMade(made).data)


def make_move(move: Move, case: Case, request: Request, *, at: datetime) -> Any:
    """The move as the page makes it: who is too late is told first, then who may not, then what is missing."""
    version = _version_seen(request)
    if version is None and move.to is workflow.SAME:
        raise AnswersRefused({"version": NO_VERSION})
    if version is not None and version != case.version:
        return workflow.make(move.name, case, by=request.user, at=at, version=version)
    status, sentence = why_not(move, case, request.user)
    if status != 200:
        raise MoveForbidden(sentence) if status == 403 else MoveRefused(sentence)
    form = move_form(move, case, request.user, _as_form(request.data, move), request.FILES, at=at)
    if not form.is_valid():
        raise AnswersRefused(_sentences(form))
    return workflow.make(move.name, case, by=request.user, at=at, version=version, **form.answers)


def _version_seen(request: Request) -> int | None:
    """The version that the person saw, from If-Match or the body; a strange one is nobody's version."""
    given = request.headers.get("If-Match", "").strip('W/" ') or _plain(request.data).get("version")
    if given in (None, "", "*"):
        return None
    try:
        return int(given)
    except (TypeError, ValueError):
        raise MoveConflict("版本应为数字，请先读取案件的最新情况。") from None


def _plain(data: Any) -> dict[str, Any]:
    """The body as a mapping; a list or a bare word is no answer to anything."""
    if not hasattr(data, "get"):
        raise AnswersRefused({"answers": "请求体应为一个对象，各项以名称作答。"})
    return data


def _as_form(data: Any, move: Move) -> QueryDict:
    """JSON as the page's form would send it."""
    if isinstance(data, QueryDict):
        return data
    asks = {ask.name: ask for ask in move.asks}
    unknown = [name for name in _plain(data) if name not in asks and name != "version"]
    if unknown:
        raise AnswersRefused({name: f"没有“{name}”这一项。" for name in unknown})
    form = QueryDict(mutable=True)
    for name, value in data.items():
        if name in asks:
            form.setlist(name, _as_typed(asks[name], value))
    return form


def _as_typed(ask: Ask, value: Any) -> list[str]:
    """One answer as typed into the form."""
    if value is None:
        return []
    if ask.kind == "yes_no":
        if not isinstance(value, bool):
            raise AnswersRefused({ask.name: f"{ask.label}应为 true 或 false。"})
        return [("yes" if value else "no") if ask.name in YES_NO else "on" if value else ""]
    if isinstance(value, dict) or (isinstance(value, list) and ask.kind not in ("models", "parts")):
        raise AnswersRefused({ask.name: f"{ask.label}应为一个值。"})
    if ask.kind == "parts":
        return ["\n".join(str(part) for part in value)] if isinstance(value, list) else [str(value)]
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def _sentences(form: MoveForm) -> dict[str, str]:
    """Field → sentence."""
    return {name: " ".join(str(line) for line in lines) for name, lines in form.errors.items()}
