import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contacts.messages import phone_error_message
from contacts.phones import PhoneError, international, national, parse_numbers, renew_text, tel_uri

# As found on the sites of agencies, and what a telephone dials.
FOUND = {
    "0257. 3503\u00a0168\u00a0- 0913 705 521": ["tel:+842573503168", "tel:+84913705521"],
    "0257.\u00a03828 250 - 0903 531 041": ["tel:+842573828250", "tel:+84903531041"],
    "(0251)3892378 - 0918535758": ["tel:+842513892378", "tel:+84918535758"],
    "0251. 8824824": ["tel:+842518824824"],
    "0251.1022": ["tel:02511022"],
    "02363.666117": ["tel:+842363666117"],
    "02363.666.117": ["tel:+842363666117"],
    "0236.3881888, nhánh 830": ["tel:+842363881888;ext=830"],
    "0236.3881888 (nhánh 830)": ["tel:+842363881888;ext=830"],
    "0236 3881888 máy lẻ 12": ["tel:+842363881888;ext=12"],
    "0236 3830017; 0388.247.247": ["tel:+842363830017", "tel:+84388247247"],
    "028.3830.0701": ["tel:+842838300701"],
    "088.8800.247": ["tel:+84888800247"],
    "0913.539.633 hoặc 0913475933": ["tel:+84913539633", "tel:+84913475933"],
    "+84-24-85872007": ["tel:+842485872007"],
    "(+84) 257 3503168": ["tel:+842573503168"],
    "0084 257 3503168": ["tel:+842573503168"],
    "1022": ["tel:1022"],
    "113": ["tel:113"],
    "1900 6868": ["tel:19006868"],
    "1800 1091": ["tel:18001091"],
    "Điện thoại: 0903 522 442 - 0916 516 576": ["tel:+84903522442", "tel:+84916516576"],
    "0257 3503 168/169": ["tel:+842573503168", "tel:+842573503169"],
    "Fax: 0257 3828 251": ["tel:+842573828251"],
    # the seed, once more, each in its own line
    "0913 705 521": ["tel:+84913705521"],
    "0903 522 442 - 0916 516 576": ["tel:+84903522442", "tel:+84916516576"],
    # the country code, with and without what belongs to it
    "+84 (0)257 3503 168": ["tel:+842573503168"],
    "+84.257.3503168": ["tel:+842573503168"],
    "(84-257) 3503168": ["tel:+842573503168"],
    "84(257)3503168": ["tel:+842573503168"],
    "84-257-3503168": ["tel:+842573503168"],
    "84 913 705 521": ["tel:+84913705521"],
    "(+84) 913705521": ["tel:+84913705521"],
    "(+84)24-3825-5555": ["tel:+842438255555"],
    "0084257 3503168": ["tel:+842573503168"],
    "+84 913705521": ["tel:+84913705521"],
    # grouped as people group
    "0257.350.3168": ["tel:+842573503168"],
    "0257-3503168": ["tel:+842573503168"],
    "0257-3503-168": ["tel:+842573503168"],
    "(0257) 3503168": ["tel:+842573503168"],
    "(0257).3503168": ["tel:+842573503168"],
    "( 0257 ) 350 31 68": ["tel:+842573503168"],
    "0 257 3503168": ["tel:+842573503168"],
    "024.38255555": ["tel:+842438255555"],
    "024 3825 5555": ["tel:+842438255555"],
    "(024)3825 5555": ["tel:+842438255555"],
    "028-38-22-33-44": ["tel:+842838223344"],
    "091 370 5521": ["tel:+84913705521"],
    "0913 70 55 21": ["tel:+84913705521"],
    "0913.705.521": ["tel:+84913705521"],
    "090-352-2442": ["tel:+84903522442"],
    "0913–705–521": ["tel:+84913705521"],
    "0913\u2011705\u2011521": ["tel:+84913705521"],
    "０９１３７０５５２１": ["tel:+84913705521"],
    "0913\u00a0705\u2009521": ["tel:+84913705521"],
    "0913705521.": ["tel:+84913705521"],
    "  0913705521  ;": ["tel:+84913705521"],
    # several numbers in one field
    "0257-3503168 - 0913-705-521": ["tel:+842573503168", "tel:+84913705521"],
    "0913705521 - 0903522442 - 0257 3503168": [
        *("tel:+84913705521", "tel:+84903522442", "tel:+842573503168"),
    ],
    "0257.3503168/0913705521": ["tel:+842573503168", "tel:+84913705521"],
    "0913 705 521, 0903 522 442": ["tel:+84913705521", "tel:+84903522442"],
    "0913705521\n0903522442": ["tel:+84913705521", "tel:+84903522442"],
    "0913705521\r\n\r\n0903522442": ["tel:+84913705521", "tel:+84903522442"],
    "0913705521 và 0903522442": ["tel:+84913705521", "tel:+84903522442"],
    "0257 3503 168 - 169": ["tel:+842573503168", "tel:+842573503169"],
    "0257 3503 168 hoặc 113": ["tel:+842573503168", "tel:113"],
    "ĐT: 0257-3503168 – Fax: 0257-3828251": ["tel:+842573503168", "tel:+842573828251"],
    "0257 3503 168 ; fax 0257 3503 169; 0913 705 521": [
        *("tel:+842573503168", "tel:+842573503169", "tel:+84913705521"),
    ],
    "Tel/Fax: 0257 3828251": ["tel:+842573828251"],
    "ĐT/Fax: 0257.3828251": ["tel:+842573828251"],
    "Trực ban: 0257.3828.250 – Chánh VP: 0913 705 521": [
        *("tel:+842573828250", "tel:+84913705521"),
    ],
    "Văn phòng 0257 3828 250": ["tel:+842573828250"],
    "Số điện thoại: 0913 705 521": ["tel:+84913705521"],
    "Di động: 0913 705 521 (Zalo)": ["tel:+84913705521"],
    "0905 123 456 (ông Nam)": ["tel:+84905123456"],
    "0257 3503 168 (giờ hành chính)": ["tel:+842573503168"],
    # extensions
    "0257.3503168 số lẻ 12": ["tel:+842573503168;ext=12"],
    "0257 3503168 ext. 12": ["tel:+842573503168;ext=12"],
    "0257 3503168 Ext: 12": ["tel:+842573503168;ext=12"],
    "0257 3503168 x 12": ["tel:+842573503168;ext=12"],
    "02573503168#12": ["tel:+842573503168;ext=12"],
    "0257 3503168 (máy nhánh 12)": ["tel:+842573503168;ext=12"],
    "0257 3503168, máy lẻ: 101 - 0913705521": ["tel:+842573503168;ext=101", "tel:+84913705521"],
    # dialled as they are
    "114": ["tel:114"],
    "115": ["tel:115"],
    "111": ["tel:111"],
    "(0257) 1022": ["tel:02571022"],
    "1900.6868": ["tel:19006868"],
    "1900 54 54 68": ["tel:1900545468"],
    "1800-1091": ["tel:18001091"],
    "18006868": ["tel:18006868"],
    "Tổng đài 1022": ["tel:1022"],
    # abroad
    "+82 2 1234 5678": ["tel:+82212345678"],
    "+1 650 253 0000": ["tel:+16502530000"],
    "0065 6321 1234": ["tel:+6563211234"],
}


def test_there_are_the_six_numbers_of_the_old_site_and_eighty_more():
    assert len(FOUND) >= 86


@pytest.mark.parametrize(("typed", "dialled"), FOUND.items())
def test_numbers_are_understood_as_they_are_typed(typed, dialled):
    assert [tel_uri(number) for number in parse_numbers(typed)] == dialled


@pytest.mark.parametrize(
    ("typed", "shown", "abroad"),
    [
        ("02573503168", "0257 3503 168", "+84 257 3503 168"),
        ("0913705521", "0913 705 521", "+84 913 705 521"),
        ("02485872007", "024 8587 2007", "+84 24 8587 2007"),
        ("19006868", "1900 6868", "1900 6868"),
        ("1022", "1022", "1022"),
    ],
)
def test_numbers_are_grouped_as_people_read_them(typed, shown, abroad):
    number = parse_numbers(typed)[0]
    assert (national(number), international(number)) == (shown, abroad)


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        *(("0257 3503 168", "landline"), ("0913 705 521", "mobile"), ("1900 6868", "toll")),
        *(("1022", "short"), ("fax 0257 3828 251", "fax")),
    ],
)
def test_the_kind_of_a_number_is_known(typed, kind):
    assert parse_numbers(typed)[0].kind == kind


@pytest.mark.parametrize(
    ("typed", "today"),
    [
        ("057 3828 250", "0257 3828 250"),
        ("04 38255555", "024 3825 5555"),
        ("0511 3881888", "0236 3881 888"),
        ("0123 456 7890", "0834 567 890"),
        ("0168 1234567", "0381 234 567"),
        ("(057) 3828250", "0257 3828 250"),
        ("+84 57 3828250", "0257 3828 250"),
        ("(08) 38223344", "028 3822 3344"),
        ("08.3822.3344", "028 3822 3344"),
        ("0650 3822518", "0274 3822 518"),
    ],
)
def test_numbers_of_before_2017_and_2018_are_renewed_and_the_old_one_kept(typed, today):
    number = parse_numbers(typed)[0]
    assert national(number) == today
    digits = "".join(filter(str.isdigit, typed))
    assert number.replaces == (f"0{digits[2:]}" if digits.startswith("84") else digits)


def test_a_mobile_that_begins_like_an_old_area_code_stays_a_mobile():
    number = parse_numbers("0838 223 344")[0]
    assert (number.kind, number.replaces) == ("mobile", "")


def test_the_field_can_be_written_anew_with_todays_numbers():
    assert renew_text("(057) 3828250 - 0913 705 521") == "0257 3828 250 - 0913 705 521"
    assert renew_text("VP: 04.38255555, máy lẻ 12") == "VP: 024 3825 5555, máy lẻ 12"


def test_a_word_before_a_number_becomes_its_label():
    numbers = parse_numbers("Trực ban: 0257.3828.250 – Fax: 0257 3828 251; 0913 705 521 (Zalo)")
    assert [number.label for number in numbers] == ["Trực ban", "", "Zalo"]


def test_a_number_can_be_marked_as_internal():
    numbers = parse_numbers("0257 3828 250; 0913 705 521 (nội bộ)")
    assert [number.is_internal for number in numbers] == [False, True]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        *(("", "empty"), ("đang cập nhật", "not_a_number"), ("0913 705", "too_short")),
        *(("1900", "too_short"), ("0257.3503168-12", "too_long"), ("O913705521", "not_a_number")),
        *(("0257 3503168, 3503169", "no_leading_zero"), ("0333 3333 333", "too_long")),
        *(("09137055211", "too_long"), ("913 705 521", "no_leading_zero"), ("0999", "too_short")),
    ],
)
def test_what_is_no_number_is_refused_with_the_reason(typed, code):
    with pytest.raises(PhoneError) as refusal:
        parse_numbers(typed)
    assert refusal.value.code == code
    assert "%" not in phone_error_message(refusal.value)


def test_what_was_typed_is_kept():
    assert parse_numbers("0257. 3503 168")[0].raw == "0257. 3503 168"


def test_ten_thousand_characters_are_answered_at_once():
    for text in ("0257-" * 2000, "-" * 10_000, "x" * 10_000, "0913705521;" * 900):
        with contextlib.suppress(PhoneError):
            parse_numbers(text)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="0123456789 .-()/+,;nhámylẻ\n\u00a0", max_size=40))
def test_whatever_is_typed_there_are_numbers_or_a_reason(text):
    try:
        numbers = parse_numbers(text)
    except PhoneError as error:
        assert phone_error_message(error)
    else:
        assert all(tel_uri(number).startswith("tel:") and national(number) for number in numbers)
