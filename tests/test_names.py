"""Names and addresses of companies compared: in any script, by what is the company's own."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supplychain.network.duplicates.addresses import address_agreement
from supplychain.network.duplicates.names import Name, agreement, numbers, read
from supplychain.network.duplicates.scoring import Part, Profile, score


def agree(one: str, other: str) -> float:
    return agreement(read(one), read(other))


ONE_SPELLING = [
    ("Alps Electric Co., Ltd.", "ALPS ELECTRIC CO.,LTD"),
    ("Alps Electric Co., Ltd.", "Alps Electric Company Limited"),
    ("Alps Electric Co., Ltd.", "Ａｌｐｓ　Ｅｌｅｃｔｒｉｃ　Ｃｏ．，　Ｌｔｄ．"),
    ("Alps Electric Co., Ltd.", "Alps Electric\nCo Ltd"),
    ("Dialog Semiconductor GmbH", "dialog semiconductor Gesellschaft mit beschränkter Haftung"),
    ("Top Glove Sdn. Bhd.", "TOP GLOVE SDN BHD"),
    ("Solvay S.A.", "Solvay SA"),
    ("深圳市得润电子股份有限公司", "深圳得润电子股份有限公司"),
    ("廣達電腦股份有限公司", "广达电脑股份有限公司"),
    ("力神电池（天津）有限公司", "天津力神电池有限公司"),
]
"""Pairs that differ in nothing but how a name is written."""


@pytest.mark.parametrize(("one", "other"), ONE_SPELLING)
def test_case_width_marks_breaks_scripts_and_forms_of_writing_make_no_difference(one: str, other: str) -> None:
    assert agree(one, other) == 1


@pytest.mark.parametrize(
    ("text", "words", "form"),
    [
        ("Hon Hai Precision Industry Co., Ltd. (Foxconn)", ("hon", "hai", "precision", "industry"), "ltd"),
        ("Lens Technology Company Limited", ("lens", "technology"), "ltd"),
        ("Henkel AG & Company, KGaA", ("henkel",), "ag"),
        ("立讯精密工业股份有限公司", ("lixun", "precision", "industry"), "jsc"),
        ("ソニー株式会社", ("soni",), "kk"),
        ("PT Astra Tbk", ("astra",), "jsc"),
        ("3M", ("3m",), ""),
    ],
)
def test_a_name_is_taken_apart_into_words_and_form(text: str, words: tuple[str, ...], form: str) -> None:
    found = read(text)
    assert (found.form, found.words) == (form, words)


@pytest.mark.parametrize("text", ["Co., Ltd.", "!!!", "()", "有限公司", "   ", "(", "公司 Ltd"])
def test_a_name_of_nothing_but_forms_and_marks_still_is_a_name(text: str) -> None:
    assert read(text).words


def test_chinese_and_english_names_of_one_company_meet_by_transliteration() -> None:
    assert agree("天津力神电池股份有限公司", "Tianjin Lishen Battery Joint-Stock Co., Ltd.") == 1
    assert agree("立讯科技有限公司", "Lixun Technology Co., Ltd.") == 1


def test_chinese_names_that_only_sound_alike_are_told_apart() -> None:
    assert agree("立讯科技有限公司", "力迅科技有限公司") < 0.82


SIBLINGS = [
    ("Foxconn Technology Co., Ltd.", "Foxconn Interconnect Technology Ltd."),
    ("Toshiba Corporation", "Toshiba Matsushita Display Technology Co., Ltd."),
    ("Samsung Electronics", "Samsung SDI"),
    ("Sumitomo Chemical", "Sumitomo Electric Industries"),
    ("Acme Plant 1", "Acme Plant 2"),
    ("Panel (Shenzhen) Co., Ltd.", "Panel (Suzhou) Electronic Co., Ltd."),
]


@pytest.mark.parametrize(("one", "other"), SIBLINGS)
def test_siblings_of_one_house_are_not_one_company(one: str, other: str) -> None:
    assert agree(one, other) < 0.82


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Sunway Communication Co., Ltd.", "Shenzhen Sunway Communication Co., Ltd."),
        ("Broadcomm Limited", "Broadcom Corp."),
        ("Austria Microsystems (AMS AG)", "ams AG"),
    ],
)
def test_a_place_left_out_a_slip_and_a_name_in_brackets_do_not_part_one_company(one: str, other: str) -> None:
    assert agree(one, other) >= 0.82


def test_numbers_are_read_without_leading_noughts() -> None:
    assert numbers(["plant", "02", "3m"]) == {"2", "3m"}


NAMES = st.text(alphabet=string.ascii_letters + " .,()&-0123456789深圳市电子有限公司廣達讯", min_size=1, max_size=40)


@given(NAMES, NAMES)
def test_agreement_is_symmetric_between_nothing_and_one(one: str, other: str) -> None:
    forth, back = agree(one, other), agree(other, one)
    assert forth == pytest.approx(back)
    assert 0 <= forth <= 1


@given(NAMES)
def test_a_name_agrees_with_itself_however_it_is_written(name: str) -> None:
    assert agree(name, name) == 1
    assert agree(name, name.upper()) == pytest.approx(1)
    assert read(read(name).spelling) == read(read(read(name).spelling).spelling)


def test_numbers_weigh_in_addresses_and_road_is_road() -> None:
    same = address_agreement("No. 12, Lixin Rd., Shenzhen", "12 Lixin Road, Shenzhen")
    assert same is not None
    assert same > 0.95
    other = address_agreement("No. 12, Lixin Rd., Shenzhen", "98 Lixin Road, Shenzhen")
    assert other is not None
    assert other <= 0.5
    chinese = address_agreement("深圳市立新路12号", "深圳立新路12号")
    assert chinese is not None
    assert chinese > 0.95
    assert address_agreement(None, "12 Lixin Road") is None


def profile(number: int, **fields: object) -> Profile:
    given = {"organization": number, "code": f"c{number}", "written": "Acme Foods", **fields}
    return Profile(number, **given)  # type: ignore[arg-type] # each as the test says


@pytest.mark.parametrize(
    ("one", "other", "part", "sign"),
    [
        ({"country": "CN"}, {"country": "VN"}, Part.OTHER_COUNTRY, -1),
        ({"address": "1 Road, Hanoi"}, {"address": "1 Rd Hanoi"}, Part.SAME_ADDRESS, 1),
        ({"address": "1 Elm Road"}, {"address": "77 Oak Lane"}, Part.OTHER_ADDRESS, -1),
        ({"code": "0012-3"}, {"code": "123"}, Part.SAME_CODE, 1),
        ({"identifiers": {"lei": "A"}}, {"identifiers": {"lei": "B"}}, Part.OTHER_IDENTIFIER, -1),
        ({"identifiers": {"lei": "A"}}, {"identifiers": {"lei": "A"}}, Part.SAME_IDENTIFIER, 1),
    ],
)
def test_every_other_reason_moves_the_score_its_way(
    one: dict[str, object], other: dict[str, object], part: Part, sign: int
) -> None:
    found = score(profile(1, **one), profile(2, **other), 0.9)
    points = dict(found.parts)
    assert points[part] * sign > 0
    assert sum(points.values()) == pytest.approx(found.value)
    assert 0 <= found.value <= 1


def test_a_location_number_that_differs_says_nothing_of_the_company() -> None:
    found = score(profile(1, identifiers={"gln": "1"}), profile(2, identifiers={"gln": "2"}), 0.9)
    assert found.value == 0.9


def test_the_spelling_keeps_the_form_apart() -> None:
    assert read("Acme Co., Ltd.").spelling == read("ACME COMPANY LIMITED").spelling
    assert read("Acme GmbH").spelling != read("Acme Co., Ltd.").spelling
    assert isinstance(read("Acme"), Name)
