"""Names and numbers of the demo: cities are real, every company and every identifier is made up."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from random import Random

from stdnum.cn import uscc
from stdnum.iso7064 import mod_97_10


@dataclass(frozen=True, slots=True)
class Trade:
    """A sector of the electronics pack: what a company of it is called, and the HS heading it sells under."""

    sector: str
    en: str
    zh: str
    category: str


CITIES: dict[str, Sequence[tuple[str, str, str]]] = {
    "Bohai Basin": (
        ("Tianjin", "天津", "120116"),
        ("Qingdao", "青岛", "370211"),
        ("Dalian", "大连", "210213"),
        ("Yantai", "烟台", "370611"),
    ),
    "Jiangsu": (
        ("Suzhou", "苏州", "320505"),
        ("Wuxi", "无锡", "320214"),
        ("Kunshan", "昆山", "320583"),
        ("Changzhou", "常州", "320411"),
    ),
    "Zhejiang": (
        ("Hangzhou", "杭州", "330108"),
        ("Ningbo", "宁波", "330206"),
        ("Jiaxing", "嘉兴", "330402"),
        ("Wenzhou", "温州", "330303"),
    ),
    "Shenzhen": (("Shenzhen", "深圳", "440306"),),
    "Pearl River Delta": (
        ("Dongguan", "东莞", "441900"),
        ("Foshan", "佛山", "440605"),
        ("Zhuhai", "珠海", "440402"),
        ("Huizhou", "惠州", "441302"),
    ),
}
"""The five regions of the source documents, with cities (English, Chinese, division code)."""
TRADES = {
    trade.sector: trade
    for trade in (
        Trade("PCB", "Circuits", "电路", "8534"),
        Trade("SMT", "Electronics", "电子", "8517"),
        Trade("CBL", "Cable", "线缆", "8544"),
        Trade("CMP", "Components", "元器件", "8541"),
        Trade("PLT", "Surface Finishing", "表面处理", "7326"),
        Trade("BAT", "Battery", "电池", "8507"),
        Trade("MET", "Precision Parts", "精密零件", "8538"),
    )
}
_FIRST = (
    *(("Kai", "凯"), ("Hong", "宏"), ("Rui", "瑞"), ("Xin", "鑫"), ("Tian", "天"), ("Jin", "锦"), ("Hua", "华")),
    *(("De", "德"), ("Yong", "永"), ("Fu", "福"), ("Chang", "昌"), ("Ming", "明"), ("Guang", "光"), ("Li", "立")),
)
_SECOND = (
    *(("feng", "丰"), ("da", "达"), ("tai", "泰"), ("sheng", "盛"), ("yuan", "源"), ("tong", "通"), ("jia", "佳")),
    *(("run", "润"), ("long", "隆"), ("xing", "兴"), ("ke", "科"), ("bo", "博")),
)
BRANDS = (
    ("Bluefjord Appliances AB", "SE"),
    ("Kestrel Mobile GmbH", "DE"),
    ("Aurelia Home SpA", "IT"),
    ("Tidewater Telecom Inc.", "US"),
    ("Northlight Displays KK", "JP"),
    ("Canal Computing BV", "NL"),
)
_BUYER_FIRST = ("Alder", "Birch", "Cobalt", "Dune", "Ember", "Fjell", "Garnet", "Heron", "Iris", "Juniper")
_BUYER_SECOND = ("Industrie", "Systems", "Trading", "Technik")
BUYER_COUNTRIES = ("DE", "FR", "NL", "SE", "IT", "PL", "ES", "AT", "DK", "CZ")


def company_stems() -> Iterator[tuple[str, str]]:
    """Every two-syllable name, in English and Chinese."""
    return ((a + b, x + y) for (a, x), (b, y) in product(_FIRST, _SECOND))


def buyer_names() -> list[str]:
    """Forty names of European buyers."""
    return [f"{one} {other}" for other in _BUYER_SECOND for one in _BUYER_FIRST]


def public(prefix: str, *parts: object) -> str:
    """A public id that is the same in every demo."""
    told = "/".join(str(part) for part in ("demo", *parts))
    return f"{prefix}_{hashlib.sha256(told.encode()).hexdigest()[:26]}"


def uscc_of(division: str, serial: int) -> str:
    """A unified social credit identifier with a good check digit and an organization code nobody has."""
    body = f"91{division}DEM{serial:06d}"
    return body + uscc.calc_check_digit(body + "0")


def lei_of(serial: int) -> str:
    """A legal entity identifier with good check digits, of an issuer that does not exist."""
    body = f"DEMO00{serial:012d}"
    return body + mod_97_10.calc_check_digits(body)


def draw(random: Random, weights: dict[str, int]) -> str:
    """One of the words, by weight."""
    return random.choices(list(weights), list(weights.values()))[0]
