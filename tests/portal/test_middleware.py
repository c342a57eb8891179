import pytest
from django.http import HttpResponse
from django.test import RequestFactory, override_settings

from portal.middleware import CleanAddressMiddleware, ClientAddressMiddleware
from portal.models import Redirect
from tests.making import make_edition


def seen_client(*, peer, proxies, **headers):
    seen = {}

    def view(request):
        seen.update(address=request.META["REMOTE_ADDR"], secure=request.is_secure())
        return HttpResponse()

    with override_settings(TRUSTED_PROXIES=proxies):
        request = RequestFactory().get("/", REMOTE_ADDR=peer, headers=headers)
        ClientAddressMiddleware(view)(request)
    return seen


def test_a_stranger_cannot_choose_his_address():
    seen = seen_client(peer="198.51.100.7", proxies=[], x_forwarded_for="203.0.113.1")
    assert seen["address"] == "198.51.100.7"


def test_a_trusted_proxy_tells_the_client():
    seen = seen_client(
        peer="10.0.0.2",
        proxies=["10.0.0.0/8"],
        x_forwarded_for="203.0.113.1",
        x_forwarded_proto="https",
    )
    assert seen == {"address": "203.0.113.1", "secure": True}


def test_what_the_client_wrote_before_the_proxy_is_not_believed():
    seen = seen_client(
        peer="10.0.0.2", proxies=["10.0.0.0/8"], x_forwarded_for="192.0.2.9, 203.0.113.1, 10.0.0.3"
    )
    assert seen["address"] == "203.0.113.1"


def test_a_stranger_cannot_claim_https():
    assert not seen_client(peer="198.51.100.7", proxies=[], x_forwarded_proto="https")["secure"]


@pytest.mark.parametrize("address", ["/tin-tuc/?page=%00", "/tim-kiem/?q=%00", "/?%00=1"])
def test_a_nul_in_the_query_is_no_error_of_ours(citizen, address):
    assert citizen.get(address).status_code in (200, 404)


def test_no_view_meets_a_nul():
    met = []
    middleware = CleanAddressMiddleware(lambda request: met.append(request.GET) or HttpResponse())
    middleware(RequestFactory().get("/?q=a%00b&%63=%00"))
    assert met[0]["q"] == "ab"
    assert met[0]["c"] == ""


@pytest.mark.parametrize(("address", "status"), [("/tin-tuc%00/", 400), ("/%ff%fe/", 404)])
def test_a_path_that_is_no_text_is_no_error_of_ours(citizen, address, status):
    assert citizen.get(address).status_code == status


@pytest.mark.parametrize(("address", "language"), [("/tin-tuc/", "vi"), ("/en/news/", "en")])
def test_the_address_alone_decides_the_language(citizen, address, language):
    response = citizen.get(
        address, headers={"accept-language": "fr", "cookie": "django_language=en"}
    )
    assert response.headers["Content-Language"] == language
    assert "Accept-Language" not in response.headers.get("Vary", "")


def test_public_pages_set_no_cookie(citizen):
    make_edition()
    for address in ("/", "/tin-tuc/", "/tim-kiem/?q=khu", "/duong-day-nong/", "/en/"):
        response = citizen.get(address)
        assert not response.cookies, address
        assert "Cookie" not in response.headers.get("Vary", ""), address


def test_an_old_address_leads_to_the_new_one(citizen):
    Redirect.objects.create(old_path="/Default.aspx?id=12", new_path="/tin-tuc/")
    response = citizen.get("/Default.aspx?id=12")
    assert (response.status_code, response.headers["Location"]) == (301, "/tin-tuc/")
