"""The words of company names and addresses that say little: forms, trades, places. Tables; nothing is decided here."""

from typing import Final

LTD, INC, PLC, JSC, GMBH, AG, SA, SRL, BV, NV, LLC, KK, AB, OY, AS = (
    *("ltd", "inc", "plc", "jsc", "gmbh", "ag", "sa", "srl", "bv", "nv", "llc", "kk", "ab", "oy", "as"),
)
FORMS: Final = {
    **dict.fromkeys(
        (
            *("ltd", "limited", "co ltd", "coltd", "company limited", "company ltd", "co limited", "company", "co"),
            *("pte ltd", "pte limited", "pte", "pty ltd", "pty limited", "private limited", "pvt ltd", "pvt limited"),
            *("sdn bhd", "bhd", "sdn", "joint venture", "cv", "tnhh", "cong ty tnhh"),
        ),
        LTD,
    ),
    **dict.fromkeys(("inc", "incorporated", "corp", "corporation", "company inc", "co inc"), INC),
    **dict.fromkeys(("plc", "public limited company", "pcl", "public company limited"), PLC),
    **dict.fromkeys(
        ("jsc", "joint stock company", "jointstock company", "joint stock co ltd", "jointstock co ltd"), JSC
    ),
    **dict.fromkeys(("jointstock company ltd", "joint stock company ltd", "tbk", "pt"), JSC),
    **dict.fromkeys(("gmbh", "gmbh and co kg", "gmbh co kg", "gesellschaft mit beschrankter haftung"), GMBH),
    **dict.fromkeys(
        ("ag", "aktiengesellschaft", "kgaa", "ag and co", "ag co", "ag and co kgaa", "ag co kgaa", "se", "kg"), AG
    ),
    **dict.fromkeys(("ag company kgaa", "ag and company kgaa"), AG),
    **dict.fromkeys(("sa", "s a", "spa", "s p a", "sl", "sas", "societe anonyme"), SA),
    **dict.fromkeys(("srl", "sarl", "lda", "ltda", "sa de cv", "s de rl de cv"), SRL),
    **dict.fromkeys(("bv", "b v"), BV),
    **dict.fromkeys(("nv", "n v"), NV),
    **dict.fromkeys(("llc", "fc llc", "lp", "llp"), LLC),
    **dict.fromkeys(("kk", "kabushiki kaisha", "godo kaisha"), KK),
    **dict.fromkeys(("ab", "publ"), AB),
    **dict.fromkeys(("oy", "oyj"), OY),
    **dict.fromkeys(("as", "aps", "asa", "a s"), AS),
}
"""How a form is written, to the one way it is compared. What the library of forms knows besides is its own form."""
CHINESE_FORMS: Final = (
    *(("股份有限公司", JSC), ("股份公司", JSC), ("有限责任公司", LTD), ("有限責任公司", LTD), ("有限公司", LTD)),
    *(("总公司", LTD), ("總公司", LTD), ("分公司", "branch"), ("公司", LTD), ("株式会社", KK), ("株式會社", KK)),
    *(("주식회사", KK), ("(주)", KK)),
)
"""Longest first; where they stand in the name does not matter."""
HOUSES: Final = frozenset(("group", "holding", "holdings", "the", "continued", "kabushiki", "branch", "companies"))
"""Words that say hardly anything: a company goes with and without them."""
_TRADES = """
technology technologies tech electronic electronics electric electrical industry industries industrial international
precision manufacturing manufacture manufactory mfg semiconductor semiconductors material materials metal metals
chemical chemicals plastic plastics optical optics optic optoelectronics opto display displays circuit circuits
packaging printing printed board battery batteries power energy component components hardware machinery machine
mechanical mechanics equipment products product science scientific enterprise enterprises development trading trade
import export global united new advanced system systems solution solutions glass paper steel aluminium aluminum
wire cable lighting communication communications textile textiles garment garments apparel fashion knitting
weaving dyeing spinning factory plant works mill mills foods food pharmaceutical pharmaceuticals auto automotive
motor motors vehicle vehicles computer computers digital data information network networks software service
services engineering construction building hightech memory storage devices device instruments 
microelectronics aerospace medical biotech environmental logistics
manufacturer maker processing casting mold molding mould tooling die parts part leather toys furniture ceramic
ceramics rubber fibre fiber yarn cotton silk green integrated
""".split()
TRADES: Final = frozenset(_TRADES)
"""What a company does: many do it, so that it tells little alone, but two that do different things are rarely one."""
SAME_WORD: Final = {
    **{"technologies": "technology", "tech": "technology", "electronic": "electronics", "electrical": "electric"},
    **{"industries": "industry", "industrial": "industry", "mfg": "manufacturing", "manufacture": "manufacturing"},
    **{"manufactory": "manufacturing", "semiconductors": "semiconductor", "materials": "material"},
    **{"metals": "metal", "chemicals": "chemical", "plastics": "plastic", "optic": "optical", "optics": "optical"},
    **{"displays": "display", "circuits": "circuit", "aluminum": "aluminium", "components": "component"},
    **{"mechanics": "mechanical", "products": "product", "scientific": "science", "enterprises": "enterprise"},
    **{"systems": "system", "solutions": "solution", "communications": "communication", "textiles": "textile"},
    **{"garments": "garment", "mills": "mill", "foods": "food", "pharmaceuticals": "pharmaceutical"},
    **{"motors": "motor", "vehicles": "vehicle", "computers": "computer", "networks": "network"},
    **{"services": "service", "devices": "device", "batteries": "battery", "parts": "part", "intl": "international"},
    **{"holding": "holdings", "mould": "mold", "fiber": "fibre", "ceramics": "ceramic", "precise": "precision"},
    **{"works": "factory", "plant": "factory", "automotive": "auto", "printed": "printing", "company": "co"},
    **{"hk": "hongkong", "usa": "america", "us": "america", "corp": "inc", "machine": "machinery"},
}
CHINESE_WORDS: Final = {
    **{"电子": "electronics", "電子": "electronics", "科技": "technology", "高技术": "hightech", "技术": "technology", "技術": "technology"},
    **{"集团": "group", "集團": "group", "控股": "holdings", "实业": "industry", "實業": "industry", "工业": "industry"},
    **{"工業": "industry", "精密": "precision", "国际": "international", "國際": "international", "材料": "material"},
    **{"半导体": "semiconductor", "半導體": "semiconductor", "光电": "optoelectronics", "光電": "optoelectronics"},
    **{"光学": "optical", "光學": "optical", "显示": "display", "顯示": "display", "化工": "chemical"},
    **{"化学": "chemical", "化學": "chemical", "塑胶": "plastic", "塑膠": "plastic", "塑料": "plastic"},
    **{"金属": "metal", "金屬": "metal", "五金": "hardware", "机械": "machinery", "機械": "machinery"},
    **{"制造": "manufacturing", "製造": "manufacturing", "电池": "battery", "電池": "battery", "电器": "electric"},
    **{"電器": "electric", "电气": "electric", "電氣": "electric", "包装": "packaging", "包裝": "packaging"},
    **{"印刷": "printing", "通信": "communication", "通讯": "communication", "通訊": "communication"},
    **{"纺织": "textile", "紡織": "textile", "服装": "garment", "服裝": "garment", "食品": "food", "药业": "pharmaceutical"},
    **{"制药": "pharmaceutical", "製藥": "pharmaceutical", "汽车": "auto", "汽車": "auto", "能源": "energy"},
    **{"设备": "equipment", "設備": "equipment", "贸易": "trade", "貿易": "trade", "企业": "enterprise"},
    **{"企業": "enterprise", "玻璃": "glass", "钢铁": "steel", "鋼鐵": "steel", "铝业": "aluminium", "鋁業": "aluminium"},
    **{"电缆": "cable", "電纜": "cable", "照明": "lighting", "电脑": "computer", "電腦": "computer", "网络": "network"},
    **{"網路": "network", "软件": "software", "环保": "environmental", "環保": "environmental", "新材料": "newmaterial"},
    **{"新能源": "newenergy", "工厂": "factory", "工廠": "factory", "电路": "circuit", "電路": "circuit", "水泥": "cement"},
    **{"造纸": "paper", "纸业": "paper", "造紙": "paper", "紙業": "paper", "啤酒": "beer", "橡胶": "rubber"},
    **{"陶瓷": "ceramic", "家具": "furniture", "皮革": "leather", "数码": "digital", "數碼": "digital", "电机": "motor"},
}
"""Words of trade as Chinese names have them, and the English word that stands for each."""
_PLACES = """
北京=beijing 上海=shanghai 天津=tianjin 重庆=chongqing 重慶=chongqing 深圳=shenzhen 广州=guangzhou 廣州=guangzhou
东莞=dongguan 東莞=dongguan 苏州=suzhou 蘇州=suzhou 昆山=kunshan 无锡=wuxi 無錫=wuxi 南京=nanjing 常州=changzhou
江阴=jiangyin 江陰=jiangyin 杭州=hangzhou 宁波=ningbo 寧波=ningbo 温州=wenzhou 溫州=wenzhou 嘉兴=jiaxing 厦门=xiamen
廈門=xiamen 福州=fuzhou 泉州=quanzhou 惠州=huizhou 珠海=zhuhai 佛山=foshan 中山=zhongshan 汕头=shantou 汕頭=shantou
成都=chengdu 武汉=wuhan 武漢=wuhan 郑州=zhengzhou 鄭州=zhengzhou 西安=xian 长沙=changsha 長沙=changsha 合肥=hefei
青岛=qingdao 青島=qingdao 烟台=yantai 煙台=yantai 济南=jinan 濟南=jinan 威海=weihai 大连=dalian 大連=dalian
沈阳=shenyang 瀋陽=shenyang 长春=changchun 长春=changchun 哈尔滨=haerbin 石家庄=shijiazhuang 太原=taiyuan
南昌=nanchang 贵阳=guiyang 昆明=kunming 南宁=nanning 兰州=lanzhou 银川=yinchuan 西宁=xining 乌鲁木齐=urumqi
内蒙古=neimenggu 包头=baotou 徐州=xuzhou 南通=nantong 扬州=yangzhou 镇江=zhenjiang 盐城=yancheng 绍兴=shaoxing
台州=taizhou 湖州=huzhou 金华=jinhua 芜湖=wuhu 赣州=ganzhou 洛阳=luoyang 宜昌=yichang 株洲=zhuzhou 桂林=guilin
江苏=jiangsu 江蘇=jiangsu 浙江=zhejiang 广东=guangdong 廣東=guangdong 福建=fujian 山东=shandong 山東=shandong
河北=hebei 河南=henan 湖北=hubei 湖南=hunan 安徽=anhui 江西=jiangxi 四川=sichuan 陕西=shaanxi 山西=shanxi 辽宁=liaoning
吉林=jilin 黑龙江=heilongjiang 云南=yunnan 贵州=guizhou 广西=guangxi 海南=hainan 甘肃=gansu 青海=qinghai 宁夏=ningxia
新疆=xinjiang 西藏=xizang 香港=hongkong 台湾=taiwan 台灣=taiwan 臺灣=taiwan 澳门=macau 中国=china 中國=china
越南=vietnam 日本=japan 韩国=korea 韓國=korea 德国=germany 美国=america
""".split()
CHINESE_PLACES: Final = dict(pair.split("=", 1) for pair in _PLACES)
PLACES: Final = frozenset(CHINESE_PLACES.values()) | frozenset(
    """asia europe america americas china hongkong taiwan macau vietnam thailand malaysia singapore indonesia india
    japan korea germany france italy spain austria switzerland mexico brazil philippines cambodia bangladesh pakistan
    turkey poland hungary czech israel ireland netherlands belgium portugal romania kingdom uk states taishan taipei
    hsinchu kaohsiung taichung penang johor selangor hanoi saigon bacninh dhaka tirupur tokyo osaka seoul bangkok
    cayman bvi pacific""".split()
)
"""Where a company is: said or left out as one likes, but two at different places are rarely one."""
STREETS: Final = {
    **{"rd": "road", "str": "street", "st": "street", "ave": "avenue", "av": "avenue", "blvd": "boulevard"},
    **{"bldg": "building", "blk": "block", "fl": "floor", "dist": "district", "prov": "province", "ln": "lane"},
    **{"ind": "industry", "industrial": "industry", "industries": "industry", "ht": "hightech", "hwy": "highway"},
    **{"sec": "section", "tech": "technology", "eco": "economic", "dev": "development", "mfg": "manufacturing"},
}
"""Short forms of words in addresses."""
LITTLE_IN_ADDRESSES: Final = frozenset(
    """no number road street avenue boulevard building block floor district province lane city county town village
    area zone park industry development economic technology hightech hi high new export processing section north
    south east west the of and p r china prc republic people s near km plot unit room lot shi sheng qu xian zhen hao
    lu jie""".split()
)
"""Words that most addresses have."""
