"""Addresses about people."""
from django.urls import path

from accounts.views import entry, notices, profile, trail

app_name = "accounts"
urlpatterns = [
    path("", entry.home, name="home"),
    path("login/", entry.sign_in, name="login"),
    path("login/forgotten/", entry.forgotten, name="forgotten"),
    path("logout/", entry.sign_out, name="logout"),
    path("profile/", profile.profile, name="profile"),
    path("profile/password/", profile.password, name="password"),
    path("profile/wechat/", profile.wechat, name="wechat"),
    path("profile/wechat/unbind/", profile.unbind_wechat, name="unbind_wechat"),
    path("notifications/", notices.notices, name="notices"),
    path("notifications/unread/", notices.unread, name="unread"),
    path("notifications/read/", notices.read_all, name="read_all"),
    path("notifications/<int:pk>/read/", notices.read, name="read"),
    path("audit/", trail.trail, name="trail"),
]
