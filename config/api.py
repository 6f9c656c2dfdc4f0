"""The API's router and the one place where a refusal becomes an answer."""
from django.http import HttpResponse
from rest_framework.response import Response
from rest_framework.routers import DefaultRouter
from rest_framework.views import exception_handler

router = DefaultRouter()
router.include_root_view = False


def explain(error: Exception, context: dict) -> HttpResponse | None:
    """Answer an API error in words: DRF's own answers as they are."""
    response: Response | None = exception_handler(error, context)
    return response
