"""Making viewers' texts comparable: cleaning, folding and cutting into tokens.

Every other part of understanding reads what these functions return, for its vocabulary as well as for the viewer's
text, so that both are folded in the same way. All of it is linear in the length of the text.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

LIMIT = 2_000  # characters that are read of one text; live chat allows 200 to 500, so this cuts only floods

# NUL and the other control characters, zero-width marks (not the joiners: emoji and Persian need them), and the
# bidirectional controls with which "gnp.exe" is made to look like "exe.png".
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e001f]+"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
# Zalgo: Latin letters carry at most two marks (Vietnamese, decomposed), Thai syllables at most three.
_STACKING = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_MARKS = re.compile(f"([{_STACKING}]{{2}})[{_STACKING}]+")
_THAI_MARKS = re.compile("([\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]{3})[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]+")
_SPACE = re.compile(r"\s+")
_STACKED = re.compile(f"[{_STACKING}]{{3}}|[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]{{4}}")


def clean(text: str) -> str:
    """The text as it may be shown and read: no controls, no lone surrogates, no zalgo, single spaces.

    >>> clean("\\u202egnp.exe\\x00   ok ")
    'gnp.exe ok'
    """
    # What is printable holds none of _INVISIBLE, no surrogate and no space but the plain one: most comments end here.
    if text.isprintable() and (text.isascii() or _STACKED.search(text) is None):
        return (_SPACE.sub(" ", text) if "  " in text else text).strip()
    if not text.isascii():
        text = _SURROGATE.sub("\ufffd", text)
        text = _THAI_MARKS.sub(r"\1", _MARKS.sub(r"\1", text))
    return _SPACE.sub(" ", _INVISIBLE.sub("", text)).strip()


def clip(text: str, limit: int = LIMIT) -> str:
    """At most `limit` characters, cut at a space where one is near, and before a number rather than within it.

    >>> clip("call 0151 23456789 now", limit=14)
    'call…'
    """
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    space = head.rfind(" ", limit - 64 if limit > 64 else 0)
    return (head[:space] if space > 0 else head).rstrip("0123456789 ()+./-") + "…"


# ── folding ──────────────────────────────────────────────────────────────────────────────────────────────────────

_GERMAN = {"ä": "ae", "ö": "oe", "ü": "ue"}  # "schon" (already) is not "schön" (beautiful)
# Traditional to simplified, for the characters of our own Chinese vocabulary.
_TRADITIONAL = dict(
    zip(
        "貨錢發貴質聲沒麼嗎個這買賣運費單還訂價優過騙碼顏膚鏡裝壞爛聽見畫頓網連結斷線麥態點評應該換問題會對時間東實號雙條幾庫補搶給讓"
        "說話謝愛歡讚後經開關閉轉帳戶銀款項須幫嗨們來兩為從當與無緊鬆寬長縮縫製廠產備標籤據證檢測護敏懷樣種類顆級試穿戴尋誰獲訊傳"
        "錯難臉適遲煩聞貼鐘郵遞壓帥暈黴"
        "動帶體驗險損漏濕髒脫鏽衝積極親絕讀寫請認識報導陳樓門燈電視頻韓歐國華爾萬億雲龍馬魚鳥麗潤澤淨氣氛調濃淺"
        "療藥齡嬰兒婦滿減贈禮惠劃詐偽盜劣僞維權訴賠償員態客們卻竟區臺灣極蓋壓輕厚織絲綢綠紅藍紫黃橙褲襪鞋飾環鍊戒",
        "货钱发贵质声没么吗个这买卖运费单还订价优过骗码颜肤镜装坏烂听见画顿网连结断线麦态点评应该换问题会对时间东实号双条几库补抢给让"
        "说话谢爱欢赞后经开关闭转帐户银款项须帮嗨们来两为从当与无紧松宽长缩缝制厂产备标签据证检测护敏怀样种类颗级试穿戴寻谁获讯传"
        "错难脸适迟烦闻贴钟邮递压帅晕霉"
        "动带体验险损漏湿脏脱锈冲积极亲绝读写请认识报导陈楼门灯电视频韩欧国华尔万亿云龙马鱼鸟丽润泽净气氛调浓浅"
        "疗药龄婴儿妇满减赠礼惠划诈伪盗劣伪维权诉赔偿员态客们却竟区台湾极盖压轻厚织丝绸绿红蓝紫黄橙裤袜鞋饰环链戒",
        strict=True,
    )
)
_ARABIC = {ord(a): b for a, b in zip("أإآٱةىؤئ", "اااا" + "هيوي", strict=True)} | dict.fromkeys(
    [*range(0x064B, 0x0653), 0x0640, 0x0670]
)


def _base_table(lang: str) -> dict[int, str | None]:
    table: dict[int, str | None] = {}
    for point in (*range(0xFF01, 0xFF5F), *range(0x1D400, 0x1D800), *range(0x24B6, 0x24EA)):
        table[point] = unicodedata.normalize("NFKC", chr(point)).casefold()  # full-width and "fancy" letters of spam
    table[0x3000] = " "
    table |= dict.fromkeys(map(ord, "’‘ʼ`´＇"), "'")
    if lang != "vi":  # Vietnamese tones tell words apart; the vocabulary adds its own toneless forms
        for point in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
            base = unicodedata.normalize("NFD", chr(point))[0]
            if base.isascii() and base.isalpha():
                table[point] = base.casefold()
        table |= {ord("đ"): "d", ord("ı"): "i", ord("ł"): "l", ord("ø"): "o", ord("ß"): "ss", ord("œ"): "oe"}
        table |= {ord("æ"): "ae", 0x307: None}
    table |= {0x93C: None, 0x901: "\u0902", ord("ё"): "е"}  # Devanagari nukta and candrabindu, Russian ё
    if lang == "de":
        table |= {ord(letter): plain for letter, plain in _GERMAN.items()}
    elif lang == "zh":
        table |= {ord(letter): plain for letter, plain in _TRADITIONAL.items()}
    elif lang == "ar":
        table |= _ARABIC
    return table


@lru_cache(maxsize=32)
def _table(lang: str) -> dict[int, str | None]:
    return _base_table(lang)


def fold(text: str, lang: str = "und") -> str:
    """Lower case, one form for each letter; accents go where viewers leave them out anyway.

    >>> fold("ＮÃO Chegou", "pt"), fold("schön", "de")
    ('nao chegou', 'schoen')
    """
    if text.isascii():
        return text.lower()
    text = text.casefold()
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    return text.translate(_table(lang))


# ── tokens ───────────────────────────────────────────────────────────────────────────────────────────────────────

PLACEHOLDERS = ("link", "email", "handle", "iban", "card", "phone", "order", "id", "address")
# Scripts that viewers write without spaces, or (Korean) with spaces where they like: each character is a token.
_ALONE = (
    "\u0e01-\u0e4e\u1100-\u11ff\u3041-\u30ff\u3130-\u318f\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3"
    "\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003134f"
)
_INSIDE = "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963"
_LETTERS = f"(?:[^\\W_{_ALONE}]++|[{_INSIDE}]++)++"  # possessive: what was taken is never given back
EMOJI = (
    "\u203c\u2049\u2190-\u21ff\u231a-\u23ff\u2600-\u27bf\u2b05-\u2b55\u2934\u2935\u3030\u303d"
    "\U0001f000-\U0001f3fa\U0001f400-\U0001faff"
)
EMOTICON = r"[:;=][\x27-]?(?:[()\\|*]+|[dpo3]+(?!\w))|xd+(?!\w)|<3+|</3|t[_.]t(?!\w)|\^[_.o]?\^|>[_.]<|;[_.]+;|-[_.]-"
_PLACE, _FACE, _WORD, _ASK, _END, _SIGN, _CHARACTERS, _PICTURE = range(1, 9)  # the groups below, by number
_TOKEN, _ASCII_TOKEN = (
    re.compile(
        rf"(\[(?:{'|'.join(PLACEHOLDERS)})\]|:[a-z][\w-]{{1,40}}:)|({EMOTICON})|({letters}(?:'{letters})*'?)|"
        rf"([?？؟]+)|([.!,;:…()。！，；：、~\n]+)|([+%#€$£¥₩₫₹₽₺฿]){more}"
    )
    for letters, more in ((_LETTERS, f"|([{_ALONE}]+)|([{EMOJI}])"), ("[a-z0-9]++", ""))
)
_WORDS_ALONE = re.compile("[a-z0-9 ]*+")
_LONG_RUN = re.compile(r"(\w)\1\1+")
BREAKS = frozenset((".", "?"))  # the two tokens that end a clause


def squeeze(text: str) -> str:
    """Runs of three and more become runs of two, of digits runs of three: "soooo" → "soo", "66666" → "666".

    >>> squeeze("sooooo 666666 哈哈哈哈")
    'soo 666 哈哈'
    """
    return _LONG_RUN.sub(lambda run: run[1] * (3 if run[1].isdigit() else 2), text)


@lru_cache(maxsize=1024)
def folded(text: str, lang: str) -> str:
    """`squeeze(fold(text))`, remembered for a while: several parts of understanding look at the same text."""
    return squeeze(fold(text, lang))


_ARABIC_HEAD = re.compile(r"^(?:وال|بال|كال|فال|لل|ال)(?=\w{3})")
_MALAY_TAIL = re.compile(r"(?<=\w{3})(?:(?<!ta)nya|(?<=\w{5})(?<!la)(?<!bu)(?<!su)ku)$")
_REPEATED_END = re.compile(r"(.)\1+$")  # ":)))" is ":)"


def tokens(text: str, lang: str = "und") -> list[str]:
    """Folded tokens in order. Clause ends are ".", question marks "?", emoji and emoticons stand for themselves.

    Words lose their apostrophes ("can't" → "cant"), except where an apostrophe joins two words (French, Italian).
    Named emotes (":buffering:") count as emoji. A word or emoji said several times in a row is kept once. Indonesian
    and Malay words lose "-nya" and "-ku", Arabic words the article with its prepositions (the light stemmer of Larkey,
    Ballesteros and Connell 2002, in part): enough for a vocabulary to find them.

    >>> tokens("ECHO echo!! can't hear 😡", "en")
    ['echo', '.', 'cant', 'hear', '😡']
    >>> tokens("J'entends rien", "fr"), tokens("没声音？", "zh")
    (['j', 'entends', 'rien'], ['没', '声', '音', '?'])
    """
    plain = folded(text, lang)
    if _WORDS_ALONE.fullmatch(plain) and "xd" not in plain:  # most comments in Latin letters
        words = plain.split()
        if lang in ("id", "ms"):
            words = [_MALAY_TAIL.sub("", word) for word in words]
        return [word for word, before in zip(words, ("", *words), strict=False) if word != before]
    out: list[str] = []
    last = ""
    for match in (_ASCII_TOKEN if plain.isascii() else _TOKEN).finditer(plain):
        kind, piece = match.lastindex, match[0]
        if kind == _WORD:
            if "'" in piece:
                if lang in ("fr", "it"):
                    out.extend(part for part in piece.split("'") if part)
                    last = out[-1] if out else ""
                    continue
                piece = piece.replace("'", "")
            if lang == "ar":
                piece = _ARABIC_HEAD.sub("", piece)
            elif lang in ("id", "ms"):
                piece = _MALAY_TAIL.sub("", piece)
        elif kind == _END:
            piece = "."
        elif kind == _ASK:
            piece = "?"
        elif kind == _FACE:
            piece = _REPEATED_END.sub(r"\1", piece)
        elif kind == _CHARACTERS:
            out.extend(piece)
            last = piece[-1]
            continue
        if piece != last:
            out.append(piece)
            last = piece
    return out


_IS_ALONE = re.compile(f"[{_ALONE}]")


def is_alone(token: str) -> bool:
    """Whether the token is one character of a script written without spaces."""
    return len(token) == 1 and not token.isascii() and _IS_ALONE.match(token) is not None


_LETTER = re.compile(r"[^\W\d_]")


def has_letters(text: str) -> bool:
    return _LETTER.search(text) is not None
