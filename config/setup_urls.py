"""Addresses of the first set-up."""
from django.urls import path

from config import setup_views as views

app_name = "setup"
urlpatterns = [
    path("", views.admin, name="admin"),
    path("departments/", views.departments, name="departments"),
    path("calendar/", views.calendar, name="calendar"),
    path("territory/", views.territory, name="territory"),
    path("done/", views.done, name="done"),
]
