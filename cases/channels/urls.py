"""Addresses of the doors to other systems, and of what belongs to them on the desk."""
from django.urls import path

from cases.channels.wechat.views import webhook
from cases.views.outbox_wechat import refetch_picture, resend_wechat, wechat_list
from cases.views.paste import paste

app_name = "channels"
urlpatterns = [
    path("wechat/", webhook, name="wechat"),
    path("cases/paste/", paste, name="paste"),
    path("outbox/wechat/", wechat_list, name="outbox_wechat"),
    path("outbox/wechat/<int:pk>/resend/", resend_wechat, name="resend_wechat"),
    path("outbox/wechat/pictures/<int:pk>/fetch/", refetch_picture, name="refetch_picture"),
]
