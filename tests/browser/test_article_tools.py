"""What a reader does with an article: hear it, enlarge text and photos, look up an abbreviation."""

import pytest
from playwright.sync_api import expect

from editing.models import Abbreviation, Photo
from news.models import Edition, EditionPhoto
from tests.browser.conftest import violations

ARTICLE = "/tin-tuc/hoi-nghi-1/"

# A device with these voices, which says nothing aloud and ends each sentence when it is told to.
VOICES = """
  window.spoken = [];
  const device = {
    getVoices: () => %s.map((lang) => ({ lang, localService: true })),
    speak(utterance) { window.spoken.push(utterance.text); window.utterance = utterance; },
    cancel() { window.cancelled = true; },
    addEventListener() {},
  };
  Object.defineProperty(window, "speechSynthesis", { value: device });
  window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
"""


@pytest.fixture
def open_with_voices(first_content, open_context):
    def open_page(voices, address=ARTICLE):
        context = open_context()
        context.add_init_script(VOICES % voices)
        page = context.new_page()
        page.goto(address)
        return page

    return open_page


@pytest.fixture
def photo(first_content, drawn_photo):
    edition = Edition.objects.live().get(article_id=1)
    photo = Photo.store(drawn_photo(2000, 1200), description="Toàn cảnh hội trường")
    EditionPhoto.objects.filter(edition=edition).delete()
    EditionPhoto.objects.create(edition=edition, photo=photo, caption="Hội trường", position=1)
    return photo


def test_an_article_is_read_aloud_sentence_after_sentence(open_with_voices):
    page = open_with_voices(["en-US", "vi-VN"])
    page.get_by_role("button", name="Nghe bài").click()
    page.evaluate("window.utterance.onend()")
    first, second = page.evaluate("window.spoken")
    assert first.startswith("Hội nghị cán bộ công chức")
    assert second.startswith("Ngày 27/12/2021")
    assert second.endswith(".")
    marked = page.evaluate("[...CSS.highlights.get('spoken')].map(String)")
    assert marked == [second]


def test_reading_aloud_stops_when_told_and_begins_anew(open_with_voices):
    page = open_with_voices(["vi-VN"])
    page.get_by_role("button", name="Nghe bài").click()
    page.get_by_role("button", name="Dừng đọc").click()
    assert page.evaluate("window.cancelled && !CSS.highlights.has('spoken')")
    # A device may tell only now that the sentence was broken off.
    page.evaluate("window.utterance.onend()")
    assert len(page.evaluate("window.spoken")) == 1
    page.get_by_role("button", name="Nghe bài").click()
    assert len(set(page.evaluate("window.spoken"))) == 1


@pytest.mark.parametrize("voices", [[], ["en-US"]])
def test_without_a_vietnamese_voice_nothing_is_offered(open_with_voices, voices):
    page = open_with_voices(voices)
    expect(page.get_by_role("button", name="In bài")).to_be_visible()
    expect(page.get_by_role("button", name="Nghe bài")).to_be_hidden()


def test_the_whole_text_is_read_and_nothing_twice(open_with_voices):
    page = open_with_voices(["vi-VN"])
    page.get_by_role("button", name="Nghe bài").click()
    for _sentence in range(200):
        page.evaluate("window.utterance.onend?.()")
    spoken = " ".join(page.evaluate("window.spoken"))
    whole = page.evaluate("document.querySelector('.prose').textContent")
    lead = Edition.objects.live().get(article_id=1).lead
    assert spoken.count(lead[:40]) == 1
    # All but “Photo no longer there” and the signature are sentences of the text.
    assert len(spoken) > 0.9 * len(" ".join(whole.split()))
    expect(page.get_by_role("button", name="Nghe bài")).to_be_visible()


def test_a_chosen_size_of_text_stays_on_every_page(first_content, phone):
    phone.goto(ARTICLE)
    size = "parseFloat(getComputedStyle(document.body).fontSize)"
    before = phone.evaluate(size)
    phone.get_by_role("button", name="Chữ rất lớn").tap()
    assert phone.evaluate(size) > 1.25 * before
    phone.goto("/")
    assert phone.evaluate(size) > 1.25 * before
    phone.goto("/ho-tro-tiep-can/")
    button = phone.get_by_role("button", name="Chữ rất lớn")
    expect(button).to_have_attribute("aria-pressed", "true")
    phone.get_by_role("button", name="Chữ thường").tap()
    assert phone.evaluate(size) == before


@pytest.mark.parametrize("address", ["/", ARTICLE, "/duong-day-nong/", "/thong-ke-truy-cap/"])
def test_very_large_text_fits_a_narrow_screen(first_content, open_context, address):
    context = open_context(width=320)
    page = context.new_page()
    page.goto(address)
    page.evaluate("localStorage.setItem('text-size', 'larger')")
    page.reload()
    assert page.evaluate("document.documentElement.dataset.textSize") == "larger"
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert violations(page) == []


def test_a_browser_that_keeps_nothing_still_enlarges(first_content, open_context):
    context = open_context()
    context.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('no') } })"
    )
    page = context.new_page()
    page.goto(ARTICLE)
    page.get_by_role("button", name="Chữ lớn").click()
    assert page.evaluate("document.documentElement.dataset.textSize") == "large"


def test_a_photo_is_seen_larger_and_the_reader_is_back_where_he_was(photo, page):
    page.goto(ARTICLE)
    link = page.get_by_role("link", name="Toàn cảnh hội trường")
    link.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Ảnh lớn")
    expect(dialog.get_by_role("img", name="Toàn cảnh hội trường")).to_be_visible()
    expect(dialog).to_contain_text("Hội trường")
    expect(dialog.get_by_role("button", name="Đóng")).to_be_focused()
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(link).to_be_focused()


def test_without_scripts_the_link_opens_the_largest_photo(photo, open_context):
    page = open_context(java_script_enabled=False).new_page()
    page.goto(ARTICLE)
    address = page.locator("figure a").first.get_attribute("href")
    assert address == photo.largest_url
    assert page.request.get(address).headers["content-type"] == "image/jpeg"


def test_abbreviations_are_one_tap_away(first_content, phone):
    Abbreviation.objects.create(short="KKT", full="Khu kinh tế")
    phone.goto(ARTICLE)
    phone.get_by_text("Chữ viết tắt trong bài").tap()
    expect(phone.locator(".abbreviations dd").first).to_be_visible()
    assert violations(phone) == []
