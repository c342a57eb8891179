import pytest

from vietnamese.legacy import Encoding, encoding_of_font, find_encoding, from_tcvn3, from_vni

TCVN3 = "Céng hoµ x· héi chñ nghÜa ViÖt Nam, §éc lËp - Tù do - H¹nh phóc"
VNI = "Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam, Ñoäc laäp - Töï do - Haïnh phuùc"
UNICODE = "Cộng hòa xã hội chủ nghĩa Việt Nam, Độc lập - Tự do - Hạnh phúc"


def test_both_encodings_become_what_they_showed():
    assert from_tcvn3(TCVN3) == UNICODE.replace("hòa", "hoà")
    assert from_vni(VNI) == UNICODE


def test_capitals_of_vni_stay_capitals():
    assert from_vni("UYÛ BAN NHAÂN DAÂN") == "UỶ BAN NHÂN DÂN"


def test_a_font_that_draws_capitals_gives_capitals():
    assert from_tcvn3("uû ban nh©n d©n", is_capitals=True) == "UỶ BAN NHÂN DÂN"


def test_the_soft_hyphen_is_a_letter_of_tcvn3():
    assert from_tcvn3("d\u00ad¬ng") == "dương"


@pytest.mark.parametrize(
    ("font", "encoding"),
    [
        *((".VnTime", Encoding.TCVN3), ("'.VnArialH'", Encoding.TCVN3)),
        *(("VNI-Times", Encoding.VNI), ("Times New Roman", None), ("", None)),
    ],
)
def test_an_old_font_is_known_by_its_name(font, encoding):
    assert encoding_of_font(font) == encoding


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (TCVN3, Encoding.TCVN3),
        (VNI, Encoding.VNI),
        # Half of the marked words could be Vietnamese as they stand.
        ("ViÖc g× x¶y ra, ë ®©u. VÝ dô: B·o sè 5: ®ãng c¶ng tõ 18 giê", Encoding.TCVN3),
    ],
)
def test_old_text_is_recognised_without_its_font(text, encoding):
    assert find_encoding(text) == encoding


@pytest.mark.parametrize(
    "text",
    [
        UNICODE,
        "là nhà và cà, ghi chú, cà vạt, ví dụ",
        "Déjà vu, à propos, c'est à côté de l'hôtel, élève naïve, où ça",
        "Müller, Größe, schön, Bücher für über",
        "São Paulo, informação, não é, até amanhã, você está",
        "1 ½ pt, 2 ¼ pt, 3 ¾ pt, 4 ½ pt, ¼ pt",
        "No marks here at all",
        "",
    ],
)
def test_text_that_is_well_is_left_in_peace(text):
    assert find_encoding(text) is None
