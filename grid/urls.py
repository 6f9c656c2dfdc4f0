"""Addresses under /grid/."""
from django.urls import path, re_path

from grid import views

app_name = "grid"

urlpatterns = [
    path("", views.page, name="page"),
    path("ground.json", views.ground_json, name="ground"),
    path("sites.json", views.sites_json, name="sites"),
    path("locate.json", views.locate_json, name="locate"),
    path("places.json", views.places_json, name="places"),
    re_path(r"^(?P<code>\d{12})/$", views.community, name="community"),
    re_path(r"^(?P<code>\d{15})/$", views.unit_grid, name="grid"),
]
