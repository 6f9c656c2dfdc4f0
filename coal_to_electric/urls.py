"""Addresses of the coal-to-electric ledger."""
from django.urls import path, register_converter

from coal_to_electric import converters
from coal_to_electric.views import household, ledger, payments, revisits

register_converter(converters.HouseholdConverter, "household")
register_converter(converters.BatchConverter, "batch")
register_converter(converters.StepConverter, "step")

app_name = "coal"
ROOT = "ledgers/households/"
urlpatterns = [
    path(ROOT, ledger.households, name="households"),
    path(f"{ROOT}find/", ledger.find, name="find"),
    path(f"{ROOT}new/", ledger.new, name="new"),
    path(f"{ROOT}export/", ledger.export, name="export"),
    path(f"{ROOT}funnel/", ledger.funnel, name="funnel"),
    path(f"{ROOT}stuck/", ledger.stuck, name="stuck"),
    path(f"{ROOT}revisits/", revisits.revisits, name="revisits"),
    path(f"{ROOT}payments/", payments.batches, name="batches"),
    path(f"{ROOT}payments/new/", payments.new, name="new_batch"),
    path(f"{ROOT}payments/<batch:number>/", payments.batch, name="batch"),
    path(f"{ROOT}payments/<batch:number>/approve/", payments.approve, name="approve"),
    path(f"{ROOT}payments/<batch:number>/refuse/", payments.refuse, name="refuse"),
    path(f"{ROOT}payments/<batch:number>/paid/", payments.paid, name="paid"),
    path(f"{ROOT}payments/<batch:number>/list/", payments.export, name="batch_list"),
    path(f"{ROOT}<household:number>/", household.page, name="household"),
    path(f"{ROOT}<household:number>/edit/", household.edit, name="edit"),
    path(f"{ROOT}<household:number>/steps/<step:step>/", household.step, name="step"),
    path(f"{ROOT}<household:number>/reveal/", household.reveal, name="reveal"),
    path(f"{ROOT}<household:number>/reading/", household.reading, name="reading"),
    path(f"{ROOT}<household:number>/revisit/", revisits.revisit, name="revisit"),
    path(f"{ROOT}<household:number>/photos/", household.add_photo, name="add_photo"),
    path(f"{ROOT}<household:number>/photos/<int:pk>/<slug:size>/", household.photo, name="photo"),
]
