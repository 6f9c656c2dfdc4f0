"""Addresses of the doors to other systems, and of what belongs to them on the desk."""
from django.urls import path

from cases.channels.wechat.views import webhook

app_name = "channels"
urlpatterns = [
    path("wechat/", webhook, name="wechat"),
]
