"""Every attack of `tests.payloads` against the one place that cleans, whatever way it takes in."""

import re

import pytest
from bs4 import BeautifulSoup

from editing.pasting import clean_paste, clean_pasted_text
from editing.richtext import ATTRIBUTES, ELEMENTS, clean_html, safe_html
from news.models import Edition
from portal.importing import import_page
from tests.making import make_draft
from tests.payloads import payloads

PAYLOADS = list(payloads())
ADDRESS = re.compile(r"(?:https?:|mailto:|tel:|[^:]*$|[^:]*[/?#])")


def dangers(html: str) -> list[str]:
    """What is no element, attribute or address of the closed list."""
    found = []
    for tag in BeautifulSoup(html, "html.parser").find_all(True):
        allowed = ATTRIBUTES.get(tag.name, set()) | {"rel"}
        found += [] if tag.name in ELEMENTS else [f"<{tag.name}>"]
        found += [f"{name}=" for name in tag.attrs if name not in allowed]
        address = str(tag.get("href", ""))
        # A browser skips what cannot be seen before it reads the scheme.
        seen = re.sub(r"[\x00-\x20\u00a0\u00ad\u200b\u2028]", "", address).lower()
        found += [] if ADDRESS.match(seen) and "script:" not in seen.split("/")[0] else [address]
    return found


def test_there_are_many_and_they_differ():
    assert len(set(PAYLOADS)) > 1000


def test_nothing_dangerous_survives_cleaning():
    assert [(each, found) for each in PAYLOADS if (found := dangers(clean_html(each)))] == []


@pytest.mark.slow
def test_nothing_dangerous_survives_a_paste():
    assert [(each, found) for each in PAYLOADS if (found := dangers(clean_paste(each).html))] == []


@pytest.mark.slow
def test_what_is_pasted_as_text_stays_text():
    for each in PAYLOADS:
        html = clean_pasted_text(each).html
        assert set(re.findall(r"<(\w+)", html)) <= {"p", "ul", "li"}, each


def test_a_clean_text_is_not_changed_by_cleaning_it_again():
    for each in PAYLOADS:
        once = clean_html(each)
        assert clean_html(once) == once, each


# The ways in


@pytest.fixture
def dirty():
    return "<p>Chữ</p>" + "".join(PAYLOADS[::40])


@pytest.mark.django_db
class TestWaysIn:
    def stored(self):
        body = Edition.objects.get().body
        assert body.startswith("<p>Chữ</p>")
        return dangers(body)

    def test_saving_a_row(self, dirty):
        make_draft(body=dirty)
        assert self.stored() == []

    def test_changing_rows_in_the_database(self, dirty):
        make_draft()
        Edition.objects.update(body=dirty)
        assert self.stored() == []

    def test_writing_many_rows(self, dirty):
        draft = make_draft()
        draft.body = dirty
        Edition.objects.bulk_update([draft], ["body"])
        assert self.stored() == []

    def test_creating_many_rows(self, dirty):
        draft = make_draft()
        Edition.objects.all().delete()
        draft.pk, draft.body = None, dirty
        draft.fill_derived()
        Edition.objects.bulk_create([draft])
        assert self.stored() == []

    def test_the_form_of_the_staff(self, staff, dirty):
        from tests.portal.test_staff_work import form_of, save

        draft = make_draft()
        save(staff, draft, form_of(staff, draft), body=dirty)
        assert self.stored() == []

    def test_the_preview_of_what_is_not_saved(self, staff, dirty):
        answer = staff.post("/quan-tri/news/edition/preview/", {"body": dirty, "written_in": "vi"})
        page = BeautifulSoup(answer.content, "html.parser")
        assert page.select_one(".prose") is not None
        assert (
            dangers(page.select_one(".prose").decode_contents().replace(' class="', ' rel="')) == []
        )

    def test_a_page_of_an_old_site(self, dirty):
        head = "<p>Ngày 05/03/2022</p><p>Sáng 04/3, Ban họp.</p>"
        import_page(f"{head}{dirty}".encode())
        assert dangers(Edition.objects.get().body) == []

    def test_what_went_around_everything_is_cleaned_before_it_is_printed(self, dirty):
        assert dangers(safe_html(dirty)) == []
