"""What attackers would store, shown in a browser whose content policy is switched off: even then
nothing runs."""

from typing import Any

from playwright.sync_api import Page

from editing.models import Photo
from news.models import Edition, EditionPhoto, EditionVideo, Remark
from tests.browser.conftest import sign_in
from tests.making import make_edition, make_official, make_user
from tests.payloads import payloads

AT_A_TIME = 200


def store(chunk: list[str], number: int) -> Edition:
    """One article that carries attacks in every place that staff can write."""
    edition = make_edition(
        title=chunk[0][:250],
        lead="\n".join(chunk[:10]),
        body="".join(f"<p>Đoạn {at}</p>{each}" for at, each in enumerate(chunk)),
        author_line=chunk[1][:120],
        source=chunk[2][:160],
    )
    photo = Photo.objects.create(
        description=chunk[3][:300],
        credit=chunk[4][:120],
        width=480,
        height=320,
        sha256=f"{number:064}",
    )
    for at, each in enumerate(chunk[5:25], start=1):
        EditionPhoto.objects.create(
            edition=edition, position=at, caption=each[:400], photo=photo if at == 1 else None
        )
    for at, each in enumerate(chunk[41:50], start=1):
        EditionVideo.objects.create(
            edition=edition, position=at, title=each[:250], address=f"https://vimeo.com/{at}{each}"
        )
    for each in chunk[25:40]:
        Remark.objects.create(edition=edition, text=each)
    make_official(name=chunk[40][:120])
    return edition


def test_no_stored_attack_runs_even_without_the_content_policy(
    first_content: None, chromium: Any, live_server: Any
) -> None:
    make_user(username="canbo")
    everything = list(payloads())
    chunks = [everything[at : at + AT_A_TIME] for at in range(0, len(everything), AT_A_TIME)]
    editions = [store(chunk, at) for at, chunk in enumerate(chunks) if len(chunk) > 50]
    context = chromium.new_context(base_url=live_server.url, bypass_csp=True)
    context.set_default_timeout(20_000)
    run: list[str] = []
    context.expose_function("pwned", lambda *_args: run.append("called"))
    page: Page = context.new_page()
    page.on("dialog", lambda dialog: (run.append(dialog.message), dialog.dismiss()))
    try:
        for edition in editions:
            page.goto(edition.get_absolute_url())
            assert page.locator("article .prose").count() == 1
            _touch_everything(page)
        page.goto("/duong-day-nong/")
        page.goto("/tin-tuc/")
        sign_in(page, "canbo")
        page.goto("/quan-tri/news/edition/")
        for edition in editions[::4]:
            page.goto(f"/quan-tri/news/edition/{edition.pk}/change/")
            _touch_everything(page)
    finally:
        context.close()
    assert run == []


def _touch_everything(page: Page) -> None:
    """Sets off what waits for a pointer or the keyboard."""
    page.evaluate(
        """() => {
            for (const element of document.querySelectorAll(".prose *, figure *, .remark *")) {
                for (const type of ["mouseover", "pointerenter", "focus", "wheel", "error", "load"]) {
                    element.dispatchEvent(new Event(type, { bubbles: true }));
                }
                if (element.tagName === "A" && /^\\s*(java|vb|data)/i.test(element.href)) element.click();
            }
        }"""
    )
