"""One stylesheet and one script for every page, of the files that each layer and behaviour has."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command

from portal.management.commands import serve
from tests.making import make_agency

STATIC = Path(settings.BASE_DIR) / "static"


@pytest.fixture
def agency(db):
    return make_agency()


def text_of(path):
    return Path(finders.find(path)).read_text("utf-8")


def test_the_stylesheet_has_every_layer_in_its_order():
    joined = text_of("css/site.css")
    layers = re.search(r"@layer ([a-z, ]+);", joined)[1].split(", ")
    # “reset” stands in the file of “base”.
    found = re.findall(r"^@layer ([a-z]+) \{", joined, re.MULTILINE)
    assert [name for name in found if name != "reset"] == layers[1:]
    for path in STATIC.glob("css/*.css"):
        assert path.read_text("utf-8") in joined, path.name


@pytest.mark.parametrize("path", sorted(STATIC.glob("js/*.js")), ids=lambda path: path.stem)
def test_a_behaviour_is_in_the_script_or_stands_alone(path, agency, citizen):
    is_alone = f"/static/js/{path.name}" in alone(citizen)
    assert (path.read_text("utf-8") in text_of("js/site.js")) is not is_alone


def alone(citizen):
    """Beside the script for every page: what must run first, and what is there behind nginx only."""
    page = citizen.get("/").content.decode()
    scripts = re.findall(r'<script[^>]+src="([^"]+)"', page)
    assert scripts == ["/static/js/remembered_size.js", "/static/js/site.js"]
    assert '<script type="module" fetchpriority="low" src="/static/js/site.js">' in page
    return [scripts[0], "/static/js/beacon.js"]


def test_a_change_of_a_source_is_found_at_once(monkeypatch, tmp_path):
    first = text_of("js/site.js")
    (tmp_path / "js").mkdir()
    (tmp_path / "js/new.js").write_text("const greeting = 'Chào';\n", "utf-8")
    monkeypatch.setattr("portal.joined.SOURCES", tmp_path)
    assert "Chào" in text_of("js/site.js") != first


def test_another_way_to_join_has_files_collected_again(monkeypatch, tmp_path):
    before = serve._static_fingerprint()
    assert serve._static_fingerprint() == before
    (tmp_path / "joined.py").write_text("# of another release")
    monkeypatch.setattr("portal.joined.__file__", str(tmp_path / "joined.py"))
    assert serve._static_fingerprint() != before


def test_static_files_are_collected_with_their_names_of_content(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    backend = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": backend}}
    call_command("collectstatic", interactive=False, verbosity=0)
    paths = json.loads((tmp_path / "staticfiles.json").read_text())["paths"]
    stylesheet = (tmp_path / paths["css/site.css"]).read_text("utf-8")
    fonts = re.findall(r'url\("([^"]+\.woff2)"\)', stylesheet)
    assert fonts
    assert all((tmp_path / "css" / font).exists() for font in fonts)
    assert (tmp_path / paths["js/site.js"]).exists()
