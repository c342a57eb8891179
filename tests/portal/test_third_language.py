"""Korean in an hour: what docs/languages.md says, done to a copy, and what readers get then."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = [pytest.mark.slow, pytest.mark.own_sqlite]

PATHS = [
    *("/ko/", "/ko/sosig/", "/ko/sosig/road-2/", "/ko/hotline/", "/ko/search/?q=착공", "/ko/rss/"),
    *("/ko/category/investment/", "/ko/organisation/", "/ko/sitemap/", "/ko/alerts/", "/ko/contact/"),
    *("/tin-tuc/khoi-cong-duong-truc-1/", "/en/", "/", "/sitemap-pages.xml", "/sitemap-articles.xml"),
    *("/ko/organisation/unit/", "/ko/organisation/ban-quan-ly-khu-kinh-te/"),
    *("/api/v1/articles?language=ko", "/api/v1/categories?language=ko", "/ko/news/", "/ko/khong-co/"),
]  # fmt: skip


def change(path, before, after):
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


@pytest.fixture(scope="module")
def korean(tmp_path_factory):
    """The copy, with every step of the guide done."""
    copy = tmp_path_factory.mktemp("korean") / "portal"
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    for name in listed.stdout.splitlines():
        if (ROOT / name).is_file() and not name.startswith("docs/"):
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, copy / name)
    change(
        copy / "portal/settings.py",
        '("en", _("English"))]',
        '("en", _("English")), ("ko", "한국어")]',
    )
    change(copy / "portal/addresses.py", '"en": "news"}', '"en": "news", "ko": "sosig"}')
    run(copy, "manage.py", "makemigrations", "-n", "korean")
    run(copy, "manage.py", "migrate", "--verbosity", "0")
    make_catalogue(copy)
    seen = json.loads(run(copy, "-m", "tests.portal.third_language", *PATHS))
    return {"seen": seen, "copy": copy}


def run(copy, *arguments):
    environment = {
        "PATH": os.environ["PATH"],
        "VAR_DIR": str(copy / "var"),
        "SECRET_KEY": "a key for tests only, long enough for every check that asks",
        "LANG": "C.UTF-8",
        "DATABASE_URL": "",
    }
    done = subprocess.run(
        [sys.executable, *arguments], cwd=copy, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def make_catalogue(copy):
    """Every text in English to begin with, and one of them translated."""
    folder = copy / "locale/ko/LC_MESSAGES"
    folder.mkdir(parents=True)
    run(copy, "manage.py", "makemessages", "--locale", "ko", "--no-location", "--ignore", "var")
    catalogue = folder / "django.po"
    subprocess.run(["msgen", "-o", catalogue, catalogue], check=True)
    change(catalogue, 'msgid "Hotline"\nmsgstr "Hotline"', 'msgid "Hotline"\nmsgstr "긴급 연락처"')
    run(copy, "manage.py", "compilemessages", "--locale", "ko", "--verbosity", "0")


def page(korean, path):
    seen = korean["seen"][path]
    assert seen["status"] == 200, path
    return seen["text"]


@pytest.mark.parametrize(
    "path",
    ["/ko/", "/ko/sosig/", "/ko/sosig/road-2/", "/ko/hotline/", "/ko/sitemap/", "/ko/alerts/"],
)
def test_pages_say_that_they_are_korean(korean, path):
    text = page(korean, path)
    assert '<html lang="ko">' in text
    assert korean["seen"][path]["language"] == "ko"
    assert "긴급 연락처" in text


def test_the_article_is_read_and_listed(korean):
    assert "간선 도로 착공" in page(korean, "/ko/sosig/road-2/")
    for path in ("/ko/", "/ko/sosig/", "/ko/rss/", "/ko/category/investment/"):
        assert "간선 도로 착공" in page(korean, path), path
    assert "Khởi công" not in page(korean, "/ko/sosig/")


def test_it_is_found_by_its_words(korean):
    assert "/ko/sosig/road-2/" in page(korean, "/ko/search/?q=착공")


def test_the_article_and_its_original_know_each_other(korean):
    assert '/ko/sosig/road-2/" hreflang="ko"' in page(korean, "/tin-tuc/khoi-cong-duong-truc-1/")
    links = page(korean, "/ko/sosig/road-2/")
    assert 'hreflang="vi" href="http://127.0.0.1:8000/tin-tuc/khoi-cong-duong-truc-1/"' in links


def test_names_without_translation_are_english_and_then_vietnamese(korean):
    assert "Economic Zone Authority" in page(korean, "/ko/")
    assert "Investment" in page(korean, "/ko/sosig/road-2/")


def test_texts_without_translation_are_english(korean):
    text = page(korean, "/ko/sosig/")
    assert "Tin tức" not in text
    assert "Skip to the content" in text


def test_officials_are_called_from_abroad(korean):
    text = page(korean, "/ko/hotline/")
    assert "+84 257 3500 001" in text
    assert '<span lang="vi">Đặng Thị Ngọc Ưu</span>' in text


def test_a_unit_has_a_page_under_its_korean_name(korean):
    assert "관리청" in page(korean, "/ko/organisation/unit/")
    moved = korean["seen"]["/ko/organisation/ban-quan-ly-khu-kinh-te/"]
    assert (moved["status"], moved["location"]) == (301, "/ko/organisation/unit/")


def test_a_date_is_written_as_koreans_write_it(korean):
    assert re.search(r">20\d\d-\d{1,2}-\d{1,2}<", page(korean, "/ko/sosig/road-2/"))


@pytest.mark.parametrize("path", ["/", "/en/"])
def test_the_other_languages_lead_there(korean, path):
    text = page(korean, path)
    assert 'href="/ko/"' in text
    assert "한국어" in text
    assert 'hreflang="ko" href="http://127.0.0.1:8000/ko/"' in text


def test_robots_find_it(korean):
    assert "/ko/hotline/" in page(korean, "/sitemap-pages.xml")
    assert "/ko/sosig/road-2/" in page(korean, "/sitemap-articles.xml")


def test_programs_get_it(korean):
    articles = json.loads(page(korean, "/api/v1/articles?language=ko"))
    assert [item["language"] for item in articles["items"]] == ["ko"]
    categories = json.loads(page(korean, "/api/v1/categories?language=ko"))
    assert "Investment" in [item["name"].split(" ")[0] for item in categories["items"]]


def test_an_address_that_is_not_its_own_is_none(korean):
    assert korean["seen"]["/ko/news/"]["status"] == 404
    assert '<html lang="ko">' in korean["seen"]["/ko/khong-co/"]["text"]


def test_nothing_is_left_to_migrate(korean):
    run(korean["copy"], "manage.py", "makemigrations", "--check", "--dry-run")
