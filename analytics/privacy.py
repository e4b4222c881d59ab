"""Taking out what tells who a viewer is, before a text is translated, posted or logged.

One expression lists, in order, what stays (prices, dates, times, sizes) and what goes; the first that fits at a place
wins, so a price is never read as a telephone number. Every part has a bounded length, so the work is linear in the
text. Redacting twice is redacting once: no placeholder looks like anything that is taken out.

Numbers are judged with care for live commerce: viewers type long runs of one digit for applause ("666666"), prices
without currency ("1.299.000") and sizes. Names and places in prose are not found; addresses only in their usual forms.
"""

from __future__ import annotations

import re
from functools import cache

from analytics.text import clean

VERSION = "redact-2"

_CURRENCY = "[$€£¥￥₩₫₹₽₺฿]|usd|eur|gbp|rmb|cny|krw|jpy|inr|idr|rp|rm|thb|vnd|vnđ|rub|try|brl|mxn|sar|aed|r\\$|us\\$|rs"
_CURRENCY_AFTER = (
    f"{_CURRENCY}|đ|đồng|dong|k|tr|triệu|ribu|rb|juta|jt|บาท|元|块|塊|円|원|만원|руб|р|tl|lira|euros?|dollars?|bucks|"
    "reais|pesos|soles|rupees?|ريال|درهم|جنيه|रुपये|%"
)
_UNIT = "ml|g|gr|kg|mg|cm|mm|m|oz|lbs?|inch|in|l|gb|tb|mb|mah|w|v|hz|px|p|pcs|x|°"
_TLD = (
    "com|net|org|io|co|shop|store|online|xyz|info|biz|app|me|link|live|tv|top|site|club|vip|cc|ly|gl|gg|de|fr|es|it|"
    "br|pt|mx|ar|cn|hk|tw|jp|kr|th|vn|id|my|in|ru|tr|sa|ae|eg|uk|us|eu"
)
_STREET = (
    "street|st|avenue|ave|road|rd|lane|ln|drive|dr|boulevard|blvd|court|ct|terrace|place|square|highway|hwy|parkway"
)
# Where a part may begin: not inside a word, nor right behind a placeholder (what stood there before may have been a
# word, and redacting again must find nothing new).
_FRESH = r"(?<![\w\]])"
_ADDRESS = "|".join(
    (
        # 221B Baker Street, Apt 4
        rf"{_FRESH}\d{{1,5}}[a-z]?\s(?:[a-z][\w'.-]{{1,20}}\s){{1,3}}(?:{_STREET})\b\.?(?:,?\s(?:apt|unit|suite|flat|no)\.?\s?#?\w{{1,6}})?",
        # Hauptstraße 12, Lindenweg 5a
        rf"{_FRESH}[a-zäöüß-]{{2,30}}(?:stra(?:ß|ss)e|str\.|weg|platz|allee|gasse)\s\d{{1,4}}\s?[a-z]?\b(?:,?\s\d{{5}}\s[a-zäöüß-]{{2,30}})?",
        # 12 rue de la Paix · calle Mayor 12 · rua Augusta, 1500 · via Roma 12
        rf"{_FRESH}\d{{1,4}}(?:\s?(?:bis|ter))?,?\s(?:rue|avenue|boulevard|chemin|impasse|allée)\s(?:[\w'’.-]{{1,20}}\s?){{1,5}}",
        rf"{_FRESH}(?:calle|avenida|avda\.?|carrera|plaza|rua|travessa|alameda|via|viale|corso|piazza)\s(?:[^\W\d][\w'’.-]{{0,20}}[,\s]{{1,2}}){{1,4}}(?:n[º°.]?\s?)?\d{{1,5}}\b",
        # 浙江省杭州市西湖区文三路478号3楼 · 〒150-0001 渋谷区…1丁目2番3号 · 서울시 강남구 테헤란로 152
        r"(?:[\u4e00-\u9fff]{2,8}(?:省|市|区|县|區|縣)){1,3}[\u4e00-\u9fff]{0,12}(?:\d{1,5}(?:号|號|弄|栋|棟|楼|樓|室|单元|單元)[\u4e00-\u9fff]{0,2}){1,4}",
        r"[\u4e00-\u9fff]{2,10}(?:路|街|道|巷)\s?\d{1,5}\s?(?:号|號|弄)(?:\s?\d{1,5}(?:号楼|號|栋|棟|楼|樓|室|单元)){0,3}",
        r"〒\s?\d{3}-?\d{4}(?:\s?[\u3040-\u30ff\u4e00-\u9fff]{2,20}[\d\-−ー丁目番地号]{0,16})?",
        r"[\u4e00-\u9fff]{1,4}[都道府県][\u3040-\u30ff\u4e00-\u9fff]{2,16}\d{1,4}(?:丁目|番地?|号|[-−]\d{1,4})(?:[-−\d丁目番地号]{0,12})",
        r"(?:[\uac00-\ud7a3]{1,8}(?:시|도|구|군|동)\s){1,3}[\uac00-\ud7a3\d]{1,12}(?:로|길)\s?\d{1,4}(?:-\d{1,4})?(?:\s?\d{1,4}(?:동|호|층)){0,3}",
        # ул. Ленина, д. 5, кв. 12 · Atatürk Mah. Gül Sok. No: 5 · Jl. Sudirman No. 12 · số 12 đường Láng
        rf"{_FRESH}(?:ул|улица|пр-т|проспект|пер|переулок)\.?\s(?:[\w-]{{1,25}}\s?){{1,3}},?\s?(?:д|дом)?\.?\s?\d{{1,4}}[а-я]?(?:,?\s?(?:кв|корп|к)\.?\s?\d{{1,4}}){{0,2}}",
        rf"{_FRESH}(?:[\wçğıöşü]{{1,20}}\s){{1,2}}(?:mah|mahallesi|cad|caddesi|sok|sokak)\b\.?(?:\s[\wçğıöşü.]{{1,20}}){{0,3}}\sno\s?[:.]?\s?\d{{1,4}}(?:/\d{{1,4}})?",
        rf"{_FRESH}(?:jl|jln|jalan|lorong|taman)\.?\s(?:[a-z][\w.-]{{1,20}}\s){{1,4}}(?:no\.?\s?)?\d{{1,4}}[a-z]?\b(?:\s?rt\s?\d{{1,3}}\s?/?\s?rw\s?\d{{1,3}})?",
        rf"{_FRESH}(?:số|so)\s(?:nhà\s)?\d{{1,4}}[a-z]?(?:/\d{{1,4}}){{0,3}},?\s(?:đường|duong|ngõ|ngo|phố|pho|hẻm)\s(?:[^\W\d]{{1,10}}\s?){{1,4}}",
        r"บ้านเลขที่\s?\d{1,5}(?:/\d{1,5})?(?:\s?(?:หมู่|ม\.|ซอย|ซ\.|ถนน|ถ\.|ตำบล|ต\.|อำเภอ|อ\.|จังหวัด|จ\.)\s?[\u0e00-\u0e7f\d]{1,20}){0,6}",
        r"(?:شارع|حي)\s(?:[\u0600-\u06ff]{1,15}\s){1,4}(?:رقم\s)?\d{1,4}",
        r"(?:मकान|घर|फ्लैट|गली)\s(?:नंबर|नं\.?|संख्या)\s?\d{1,5}(?:[,\s]{1,2}[\u0900-\u097f]{1,15}){0,4}",
    )
)
_ORDER_WORD = (
    "order|tracking|awb|invoice|pedido|orden|commande|bestell(?:ung|nummer|nr)?|bestellnummer|ordine|pesanan|resi|"
    "no\\.? pesanan|đơn hàng|mã đơn|mã vận đơn|sipariş|kargo|заказ[а]?|трек|"
    "订单号?|订单编号|訂單編號|單號|单号|快递单号|注文番号|주문번호|"
    "송장|คำสั่งซื้อ|เลขพัสดุ|ออเดอร์|ऑर्डर|طلب|الطلب|تتبع"
)
_ID_WORD = (
    "passport|passaporte?|pasaporte|passeport|reisepass|dni|nie|nif|cpf|cnpj|rg|rfc|curp|ssn|social security|"
    "aadhaa?r|pan card|nik|ktp|ic no|mykad|cccd|cmnd|tc kimlik|kimlik no|паспорт|снилс|инн|身份证|身份證|护照|護照|"
    "マイナンバー|주민등록번호|여권|บัตรประชาชน|आधार|جواز|هوية"
)
_PHONE_WORD = (
    "tel|phone|call|mobile|cell|whatsapp|wa|wsp|wpp|zap|sms|text me|telegram|viber|line|zalo|kakao|wechat|weixin|vx|"
    "hp|no hp|hubungi|sđt|sdt|gọi|ligue|llama|appelle|ruf|chiama|ara|номер|тел|звоните|"
    "电话|手机|微信|加v|加微|電話|携帯|전화|"
    "번호|โทร|เบอร์|फोन|नंबर|कॉल|هاتف|جوال|رقم|واتس|اتصل"
)
# What looks like a number may be the first half of a mail address; "order 12345 @support" is none.
_NO_MAIL = r"(?![\w.+-]{1,64}\s?[@＠]\s?[\w-]{1,63}\s?\.\s?[\w-]{2,63})"
_NAMES = (
    rf"(?P<done>\[(?:link|email|handle|iban|card|phone|order|id|address)\])"
    rf"|(?P<email>(?<![\w.+\]-])[\w.+-]{{1,64}}\s?(?:[@＠]|\s?[\[(]\s?at\s?[\])]\s?)\s?[\w-]{{1,63}}(?:\s?(?:\.|[\[(]\s?dot\s?[\])])\s?[\w-]{{2,63}}){{1,4}}"
    rf"|(?<![\w.+\]-])[\w.+-]{{2,64}} at [\w-]{{2,40}} dot (?:{_TLD})\b)"
    rf"|(?P<link>{_FRESH}(?:https?|hxxps?|ftp)://[^\s<>\"]{{1,2000}}|{_FRESH}www\.[^\s<>\"]{{1,2000}}"
    rf"|(?<![\w@.\]-])(?:[a-z0-9][a-z0-9-]{{0,62}}\.){{1,4}}(?:{_TLD})(?:/[^\s<>\"]{{0,2000}}|(?![\w-]|\.\w)))"
    rf"|(?P<handle>(?<![\w@＠\]])[@＠][\w.-]{{0,40}}\w)"
)
_NUMBERS = (
    rf"(?P<address>{_ADDRESS})"
    rf"|(?P<iban>{_FRESH}(?-i:[A-Z]{{2}})\d{{2}}(?:[ -]?(?-i:[A-Z0-9]){{4}}){{2,7}}(?:[ -]?(?-i:[A-Z0-9]){{1,3}})?\b)"
    rf"|(?P<orderword>{_FRESH}(?:{_ORDER_WORD})(?:\s?(?:number|num|nr|no|id|code|номер|numara|numarası|番号|号码|번호|nomor|número|numero|numéro|رقم))?\s?[.:：#=№]{{0,3}}\s?)"
    rf"(?P<ordernumber>{_NO_MAIL}(?=[a-z-]{{0,12}}\d)[a-z0-9](?:[a-z0-9-]{{3,38}}[a-z0-9]))(?![\w-])"
    rf"|(?P<idword>{_FRESH}(?:{_ID_WORD})(?:\s?(?:number|num|nr|no|id|card|号码?|號碼?|номер|número|numero|numéro|رقم))?\s?[.:：#=№]{{0,3}}\s?)"
    rf"(?P<idnumber>{_NO_MAIL}(?=[a-z]{{0,4}}\d)[a-z0-9](?:[a-z0-9 .-]{{4,22}}[a-z0-9]))(?!\w)"
    rf"|(?P<hash>{_FRESH}#\s?{_NO_MAIL}(?=[a-z-]{{0,8}}\d)[a-z0-9-]{{5,30}}(?!\w))"
    rf"|(?P<date>(?<![\d\]])(?:\d{{4}}[-/.年]\s?\d{{1,2}}[-/.月]\s?\d{{1,2}}日?|\d{{1,2}}[-/.]\d{{1,2}}[-/.](?:\d{{4}}|\d{{2}}))"
    rf"(?!\d)(?:[ tT]\d{{1,2}}:\d{{2}}(?::\d{{2}})?)?)"
    rf"|(?P<time>(?<![\d:\]])\d{{1,2}}:\d{{2}}(?::\d{{2}})?(?![\d:]))"
    rf"|(?P<price>(?:{_CURRENCY})\.?\s?\d[\d.,' ]{{0,18}}(?<=\d)(?![\d@＠])"
    rf"|(?<![\d+.,\]-])\d[\d.,']{{0,18}}(?<=\d)\s?(?:{_CURRENCY_AFTER})(?![^\W\d_]|[@＠]))"
    rf"|(?P<size>(?<![\d+.,\]-])\d{{1,6}}(?:[.,x×*-]\d{{1,5}}){{0,3}}\s?(?:{_UNIT})(?![\w@＠]))"
    rf"|(?P<phoneword>{_FRESH}(?:{_PHONE_WORD})(?:\s?(?:me|us|on|at|no|nr|number|is|:|：|[.#])){{0,3}}\s?)?"
    rf"(?P<number>(?<![a-z\d.,\]])(?:\+|00)?[(（]?\d(?:[\d ().（）\-−/\u2010-\u2014]{{3,28}}[\dxX])?(?!\d))"
)
# Where something of _NUMBERS may begin: at the start of a word, or at a sign, a digit, a currency, a letter of scripts
# without spaces. All else is passed by without a try, which is most of a text.
_MAY_BEGIN = (
    rf"(?={_FRESH}[\w#-]|[\d+(（〒\u0600-\u06ff\u0900-\u097f\u0e00-\u0e7f\u3400-\u9fff\uac00-\ud7a3]"
    rf"|(?:{_CURRENCY})\.?\s?\d)"
)
_ALL = f"{_NAMES}|{_NUMBERS}"
_NUMBERS_ALONE = f"{_MAY_BEGIN}(?:{_NUMBERS})"
# A text without any of these has nothing to take out, which is most of live chat.
_HINT = re.compile(r"[\d@＠.:\[(]")  # one of these is in all that is worth a look, but for " at "
_NAMED = re.compile(r"[@＠.:\[(]")  # one of these is in all of _NAMES, but for " at "
_WORTH_A_LOOK = re.compile(r"[\d@＠]|\w\.\w|://| at |[\[(]\s?at\s?[\])]", re.IGNORECASE)
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:[.,]\d{3})+(?:[.,]\d{1,2})?$")
_DIGITS = re.compile(r"\d")


class PatternRedactor:
    """`analytics.reading.Redactor`, first version: patterns, check digits and judgement about numbers."""

    version = VERSION

    def redact(self, text: str) -> str:
        """The cleaned text with placeholders such as `[phone]` in place of what identifies a person.

        >>> PatternRedactor().redact("call +49 151 23456789 or anna@example.com, paid €29.99 for size 42 on 12/05")
        'call [phone] or [email], paid €29.99 for size 42 on 12/05'
        """
        text = clean(text)
        if _HINT.search(text) is None and " at " not in text.lower():
            return text
        if _WORTH_A_LOOK.search(text) is None:
            return text
        if _DIGITS.search(text) is None:
            pattern = _NAMES  # all of the others hold a digit
        elif _NAMED.search(text) is None and " at " not in text.lower():
            pattern = _NUMBERS_ALONE
        else:
            pattern = _ALL
        return _compiled(pattern).sub(_replace, text)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """At its first use: each takes some 50 ms, and most texts need none."""
    return re.compile(pattern, re.IGNORECASE)


def _replace(match: re.Match[str]) -> str:
    kind = match.lastgroup
    if kind in ("done", "date", "time", "price", "size"):
        return match[0]
    if kind == "ordernumber":
        if len(_DIGITS.findall(match["ordernumber"])) < 4:
            return match[0]
        return match["orderword"] + "[order]"
    if kind == "idnumber":
        enough = len(_DIGITS.findall(match["idnumber"])) >= 6
        return match["idword"] + "[id]" if enough else match[0]
    if kind == "hash":
        return "[order]" if len(_DIGITS.findall(match[0])) >= 4 else match[0]
    if kind == "iban":
        return "[iban]" if _is_iban(match[0]) else _numbers_in(match[0])
    if kind == "number":
        return (match["phoneword"] or "") + _number(match["number"], bool(match["phoneword"]))
    if kind in ("link", "email", "handle"):
        return f"[{kind}]"
    # An address may end in spaces that belong to what follows.
    return "[address]" + match[0][len(match[0].rstrip()) :]


def _numbers_in(text: str) -> str:
    """Something that looked like an IBAN and is none: a long number in it still goes."""
    return "[id]" if len(_DIGITS.findall(text)) >= 9 else text


def _number(text: str, invited: bool) -> str:
    """A run of digits and separators: what it is. `invited`: a word such as "call" stands before it."""
    digits = "".join(str(int(digit)) for digit in _DIGITS.findall(text))
    if len(digits) < 5 or (len(set(digits)) <= 2 and len(text) == len(digits)):
        return text  # too short, or applause such as 666666
    if text[-1] in "xX":
        if len(digits) == 17:
            return "[id]"  # Chinese resident number with the check character X
        return _number(text[:-1], invited) + text[-1]
    if 13 <= len(digits) <= 19 and luhn(digits) and digits[0] in "23456":
        return "[card]"
    abroad = text.startswith("+") or (text.startswith("00") and len(digits) >= 10)
    if abroad and len(digits) >= 7:
        return "[phone]"
    if _GROUPED.match(text.strip()):
        return text  # 1.299.000
    if invited and len(digits) >= 6:
        return "[phone]"
    if len(digits) >= 16:
        return "[id]"
    if len(digits) >= 9:
        return "[phone]"
    spaced = len(text.strip()) > len(digits)
    if len(digits) >= 7 and (digits[0] == "0" or (spaced and "-" in text)):
        return "[phone]"
    return text


def luhn(digits: str) -> bool:
    """Whether the last digit checks, as on every payment card (ISO/IEC 7812-1).

    >>> luhn("4111111111111111"), luhn("4111111111111112")
    (True, False)
    """
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _is_iban(text: str) -> bool:
    """ISO 13616: moved round and read in base 36, the remainder by 97 is 1."""
    packed = re.sub("[ -]", "", text)
    if not 15 <= len(packed) <= 34:
        return False
    return int("".join(str(int(letter, 36)) for letter in packed[4:] + packed[:4])) % 97 == 1
