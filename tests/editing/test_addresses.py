"""Addresses that are remembered are those that Django writes."""

import pytest
from django.test import override_settings
from django.urls import NoReverseMatch, reverse, set_script_prefix
from django.utils import translation

from editing.addresses import address


@pytest.mark.parametrize("language", ["vi", "en"])
def test_it_is_in_the_language_that_is_wanted_or_else_in_that_of_the_page(language):
    with translation.override(language):
        expected = reverse("news:article", args=["khoi-cong", 7])
        assert address("news:article", "khoi-cong", 7) == expected
    with translation.override("en" if language == "vi" else "vi"):
        assert address("news:article", "khoi-cong", 7, language=language) == expected
        assert address("news:article", "khoi-cong", 7) != expected


def test_what_has_no_address_is_said_each_time():
    for _time in range(2):
        with pytest.raises(NoReverseMatch):
            address("news:article", "khoi-cong")


def test_below_another_path_it_is_another_one():
    plain = address("home")
    set_script_prefix("/cong/")
    try:
        assert address("home") == f"/cong{plain}"
    finally:
        set_script_prefix("/")


def test_other_routes_have_other_addresses():
    plain = address("home")
    with override_settings(ROOT_URLCONF="tests.editing.other_routes"):
        assert address("home") == "/khac/"
    assert address("home") == plain
