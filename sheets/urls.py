"""Addresses of imports."""
from django.urls import path

from sheets.views.acts import commit, drop, row, undo
from sheets.views.batch import batch, error_list, progress
from sheets.views.columns import columns
from sheets.views.listing import imports

app_name = "sheets"
urlpatterns = [
    path("imports/", imports, name="imports"),
    path("imports/<int:pk>/", batch, name="batch"),
    path("imports/<int:pk>/columns/", columns, name="columns"),
    path("imports/<int:pk>/commit/", commit, name="commit"),
    path("imports/<int:pk>/drop/", drop, name="drop"),
    path("imports/<int:pk>/errors/", error_list, name="errors"),
    path("imports/<int:pk>/progress/", progress, name="progress"),
    path("imports/<int:pk>/rows/<int:number>/", row, name="row"),
    path("imports/<int:pk>/undo/", undo, name="undo"),
]
