"""Without a network: the hotline and the articles read last; nothing of the staff pages, ever."""

from urllib.parse import urlsplit

from playwright.sync_api import expect

from news import workflow
from news.models import Edition
from tests.browser.conftest import sign_in
from tests.making import make_user


def test_without_a_network_the_hotline_can_still_be_called(first_content, open_context):
    context = open_context(width=360, service_workers="allow")
    page = context.new_page()
    page.goto("/")
    page.evaluate("navigator.serviceWorker.ready.then(() => {})")
    page.reload()
    context.set_offline(True)
    for address, words in (("/tin-tuc/", "Không có mạng"), ("/en/news/", "No network")):
        page.goto(address)
        expect(page.get_by_text(words)).to_be_visible()
        number = page.locator("a[href='tel:+84913705521']").first
        expect(number).to_be_visible()
    context.set_offline(False)


def test_an_article_read_before_is_there_without_a_network(first_content, open_context):
    context = open_context(width=360, service_workers="allow")
    page = context.new_page()
    page.goto("/")
    page.evaluate("navigator.serviceWorker.ready.then(() => {})")
    page.reload()
    page.goto("/tin-tuc/hoi-nghi-1/")
    address = urlsplit(page.url).path
    page.goto(address)
    page.wait_for_function(f"caches.open('read').then((cache) => cache.match('{address}'))")
    context.set_offline(True)
    page.goto(address)
    expect(page.get_by_text("Không có mạng. Bài này như lúc")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Hội nghị cán bộ")
    context.set_offline(False)


def test_an_article_that_is_withdrawn_is_forgotten(first_content, open_context):
    context = open_context(width=360, service_workers="allow")
    page = context.new_page()
    page.goto("/")
    page.evaluate("navigator.serviceWorker.ready.then(() => {})")
    edition = Edition.objects.live().get(article_id=1)
    address = edition.get_absolute_url()
    page.reload()
    page.goto(address)
    page.wait_for_function(f"caches.open('read').then((cache) => cache.match('{address}'))")
    workflow.withdraw(edition, by=None, reason="in_error", note="Đăng nhầm")
    assert page.goto(address).status == 410
    page.wait_for_function(
        f"caches.open('read').then((cache) => cache.match('{address}')).then((found) => !found)"
    )


def test_staff_pages_are_kept_nowhere(first_content, open_context):
    make_user(username="canbo")
    context = open_context(service_workers="allow")
    page = context.new_page()
    page.goto("/")
    page.evaluate("navigator.serviceWorker.ready.then(() => {})")
    page.reload()
    sign_in(page, "canbo")
    page.goto("/quan-tri/news/edition/")
    kept = page.evaluate(
        """async () => {
          const found = [];
          for (const name of await caches.keys())
            for (const request of await (await caches.open(name)).keys()) found.push(request.url);
          return found;
        }"""
    )
    assert kept
    assert not [address for address in kept if "quan-tri" in address]
