"""Addresses of the cases. More special ones come first: the move of a case takes any word behind its number."""
from django.urls import path, register_converter

from cases.converters import NumberConverter
from cases.views import case

register_converter(NumberConverter, "number")

app_name = "cases"
urlpatterns = [
    # The page of a case.
    path("cases/<number:number>/", case.page, name="case"),
    path("cases/<number:number>/trail/", case.trail, name="trail"),
    path("cases/<number:number>/reveal/", case.reveal, name="reveal"),
    path("cases/<number:number>/photos/<int:pk>/<slug:size>/", case.photo, name="photo"),
]
