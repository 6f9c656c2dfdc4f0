"""Addresses of the cases. More special ones come first: the move of a case takes any word behind its number."""
from django.urls import path, register_converter

from cases.converters import MoveConverter, NumberConverter
from cases.views import (
    bulk,
    callbacks,
    case,
    desk,
    field_shell,
    handover,
    importing,
    mobile_checks,
    mobile_report,
    mobile_tasks,
    moves,
    outbox,
    papers,
    public,
    register,
    thing_offer,
)

register_converter(NumberConverter, "number")
register_converter(MoveConverter, "move")

app_name = "cases"
urlpatterns = [
    # The desk, and every move of a case.
    path("desk/", desk.desk, name="desk"),
    path("desk/list/", desk.rows, name="rows"),
    path("desk/choices/<slug:name>/", desk.choices, name="choices"),
    path("desk/views/", desk.views, name="views"),
    path("desk/views/<int:pk>/forget/", desk.forget_view, name="forget_view"),
    path("handover/", handover.handover, name="handover"),
    path("outbox/", outbox.outbox, name="outbox"),
    path("outbox/resend/", outbox.resend, name="outbox_resend"),
    path("cases/changes/", desk.changes, name="changes"),
    path("cases/bulk/export/", bulk.export, name="export"),
    path("cases/bulk/undo/", bulk.undo, name="bulk_undo"),
    path("cases/bulk/<move:action>/", bulk.bulk, name="bulk"),
    path("cases/<number:number>/pane/", moves.pane, name="pane"),
    path("cases/<number:number>/looking/", moves.looking_too, name="looking"),
    path("cases/<number:number>/<move:move>/", moves.move, name="move"),
    # The page of a case.
    path("cases/<number:number>/", case.page, name="case"),
    path("cases/<number:number>/trail/", case.trail, name="trail"),
    path("cases/<number:number>/reveal/", case.reveal, name="reveal"),
    path("cases/<number:number>/photos/<int:pk>/<slug:size>/", case.photo, name="photo"),
    path("cases/<number:number>/print/<slug:paper>/", papers.paper, name="paper"),
    # Registration.
    path("cases/new/", register.new, name="new"),
    path("cases/new/place/", register.place, name="place"),
    path("cases/new/likely/", register.likely, name="likely"),
    path("cases/new/things/", thing_offer.things, name="things"),
    path("cases/import/", importing.import_table, name="import"),
    # 回访与回音.
    path("callbacks/", callbacks.callbacks, name="callbacks"),
    path("callbacks/opinions/<int:pk>/", callbacks.keep, name="keep_closed"),
    path("callbacks/<number:number>/<int:pk>/hear/", callbacks.hear, name="hear"),
    path("callbacks/<number:number>/<slug:whom>/", callbacks.answer, name="answer"),
    # The phone: reports, and what keeps its pages without network.
    path("m/report/", mobile_report.report, name="report"),
    path("m/report/done/", mobile_report.done, name="report_done"),
    path("m/report/nearby.json", mobile_report.nearby, name="report_nearby"),
    path("m/report/near/<str:token>/photo/", mobile_report.near_photo, name="report_near_photo"),
    path("m/mine/", mobile_report.mine, name="mine"),
    path("m/tasks/", mobile_tasks.tasks, name="tasks"),
    path("m/tasks/fix/", mobile_tasks.fix, name="task_fix"),
    path("m/tasks/<number:number>/", mobile_tasks.task, name="task"),
    path("m/checks/", mobile_checks.checks, name="check_round"),
    path("m/checks/<str:code>/", mobile_checks.check, name="check_place"),
    path("m/token/", field_shell.token, name="field_token"),
    path("m/offline/", field_shell.offline, name="field_offline"),
    # The reporter's own page, by code.
    path("q/", public.ask, name="ask"),
    path("q/<str:code>/", public.progress, name="progress"),
    path("q/<str:code>/opinion/", public.opinion, name="opinion"),
    path("q/<str:code>/more/", public.more, name="more"),
    path("q/<str:code>/<slug:which>/<slug:size>/", public.photo, name="progress_photo"),
    path("sw.js", field_shell.service_worker, name="service_worker"),
    path("manifest.webmanifest", field_shell.manifest, name="manifest"),
]
