"""The site's table of contents."""
from django.contrib import admin
from django.urls import include, path

from config import views
from config.health import healthz

urlpatterns = [
    path("", include("accounts.urls")),
    path("setup/", include("config.setup_urls")),
    path("grid/", include("grid.urls")),
    path("", include("cases.channels.urls")),
    path("", include("cases.urls")),
    path("", include("sheets.urls")),
    path("", include("campaigns.urls")),
    path("", include("coal_to_electric.urls")),
    path("", include("reports.urls")),
    path("api/v1/", include("config.api")),
    path("admin/", admin.site.urls),
    path("healthz", healthz, name="healthz"),
    path("components/", views.components, name="components"),
]

handler403 = views.not_allowed
handler404 = views.not_found
handler500 = views.broken
