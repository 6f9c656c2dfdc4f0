"""Rules of every request: the client's address, and what a page may use."""
import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from config.middleware import client_address


def address_seen(settings, *, proxies: int, forwarded: str | None) -> str:
    settings.PROXY_COUNT = proxies
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded is not None else {}
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", **headers)
    client_address(lambda asked: HttpResponse())(request)
    return request.META["REMOTE_ADDR"]


@pytest.mark.parametrize(
    ("proxies", "forwarded", "seen"),
    [
        (0, "1.2.3.4", "10.0.0.1"),
        (1, None, "10.0.0.1"),
        (1, "1.2.3.4", "1.2.3.4"),
        (1, "6.6.6.6, 1.2.3.4", "1.2.3.4"),
        (2, "6.6.6.6, 1.2.3.4, 10.9.9.9", "1.2.3.4"),
        (2, "1.2.3.4", "10.0.0.1"),
    ],
)
def test_only_what_the_trusted_proxies_wrote_is_believed(settings, proxies, forwarded, seen):
    assert address_seen(settings, proxies=proxies, forwarded=forwarded) == seen


@pytest.mark.django_db
def test_every_answer_carries_the_browsers_walls(client):
    answer = client.get("/healthz")
    policy = answer["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert answer["Permissions-Policy"].startswith("camera=(self), geolocation=(self)")
    assert answer["X-Frame-Options"] == "DENY"


@pytest.mark.django_db
def test_an_address_with_a_zero_byte_is_refused_before_any_database_meets_it(client):
    for address in ("/login/?next=%00", "/desk/?q=%00", "/cases/DC-2016-001/merge/?master=%00",
                    "/grid/things/%00/", "/wall/%00/"):  # fmt: skip
        assert client.get(address).status_code == 400, address
    assert client.get("/login/?next=%20").status_code == 200
