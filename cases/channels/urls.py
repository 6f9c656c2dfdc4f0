"""Addresses of the doors to other systems, and of what belongs to them on the desk."""
from django.urls import path

from cases.channels.wechat.views import webhook
from cases.views.paste import paste

app_name = "channels"
urlpatterns = [
    path("wechat/", webhook, name="wechat"),
    path("cases/paste/", paste, name="paste"),
]
