"""The API's router, and the one place where a refusal becomes an answer."""
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView
from rest_framework import status
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.routers import DefaultRouter
from rest_framework.views import exception_handler

from cases.api import CaseViewSet
from cases.errors import AnswersRefused, MoveForbidden, MoveRefused

router = DefaultRouter()
router.include_root_view = False
router.register("cases", CaseViewSet, basename="case")

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(permission_classes=[IsAuthenticated]), name="schema"),
    path("", include(router.urls)),
]


def explain(error: Exception, context: dict) -> Response | None:
    """The office's refusals with their sentence (403, 409, or 400 with the fields); the rest is DRF's own."""
    match error:
        case AnswersRefused(errors=errors):
            return Response({"detail": str(error), "errors": errors}, status=status.HTTP_400_BAD_REQUEST)
        case MoveForbidden():
            return Response({"detail": str(error)}, status=status.HTTP_403_FORBIDDEN)
        case MoveRefused():
            return Response({"detail": str(error)}, status=status.HTTP_409_CONFLICT)
    return exception_handler(error, context)
