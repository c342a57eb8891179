import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contacts.messages import phone_error_message
from contacts.phones import PhoneError, international, national, parse_numbers, tel_uri

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
}


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
    ],
)
def test_numbers_of_before_2017_and_2018_are_renewed_and_the_old_one_kept(typed, today):
    number = parse_numbers(typed)[0]
    assert national(number) == today
    assert number.replaces == "".join(filter(str.isdigit, typed))


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        *(("", "empty"), ("đang cập nhật", "not_a_number"), ("0913 705", "too_short")),
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


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="0123456789 .-()/+,;nhámylẻ\n\u00a0", max_size=40))
def test_whatever_is_typed_there_are_numbers_or_a_reason(text):
    try:
        numbers = parse_numbers(text)
    except PhoneError as error:
        assert phone_error_message(error)
    else:
        assert all(tel_uri(number).startswith("tel:") and national(number) for number in numbers)
