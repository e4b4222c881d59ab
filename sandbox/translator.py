"""A translation server of LibreTranslate's shape that only knows what was recorded, for the demo and for tests.

`POST /translate`, `GET /languages` and `GET /health` answer as LibreTranslate does (its `/docs` page lists the
fields), so the unmodified client talks to it. A text without a recorded translation is answered as a failed
translation is: an error, never a guess. A tail of emoji is carried over, and signs without any letter are their own
translation. A mark such as `[X11X]` stands for what a client does not want translated, and comes back where the
translation has the same: to a good service it is a name.
"""

from __future__ import annotations

import asyncio
import html
import json
import unicodedata
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from re import compile as compiled
from re import escape, fullmatch, sub
from typing import Any, Final, NoReturn

from aiohttp import web

TARGETS: Final = {"en": "English", "zh": "Chinese"}
NAMES: Final = TARGETS | {
    "ar": "Arabic", "de": "German", "es": "Spanish", "fr": "French", "id": "Indonesian", "it": "Italian",
    "ja": "Japanese", "ko": "Korean", "pt": "Portuguese", "ru": "Russian", "th": "Thai", "vi": "Vietnamese",
}  # fmt: skip
RECORDED: Final = Path(__file__).resolve().parents[1] / "examples" / "demo" / "translations.json"
MARK: Final = compiled(r"\[X\d+X\]")
LINE_BYTES: Final = 65_536  # deep-translator puts the whole text into the URL, percent-encoded

Recorded = Mapping[str, Mapping[str, str]]  # text → {"lang": its own language, "en": …, "zh": …}


class CannotTranslateError(Exception):
    """LibreTranslate's answer to a request it cannot serve; the words are for whoever reads the log."""


@dataclass
class Translator:
    """The server's state. Tests set the faults at any time; `requests` counts what was asked, well or badly."""

    recorded: Recorded
    url: str = ""
    api_key: str | None = None  # when set, every request must bring it
    delay: timedelta = timedelta(0)
    fail_next: int = 0  # so many requests are answered with 500
    lose_placeholders: bool = (
        False  # [phone], marks and their like vanish, as machine translation does to them at times
    )
    requests: int = field(default=0, init=False)
    _cores: Recorded | None = field(default=None, init=False, repr=False)

    def translate(self, text: str, target: str) -> tuple[str, str]:
        """The recorded translation and the language of `text`; CannotTranslateError when there is none."""
        core, tail = text.strip(), ""
        if core not in self.recorded:
            core, tail = split_tail(core)
        if not any(letter.isalpha() for letter in MARK.sub("", core)):
            return text, "und"
        lang, translated = self._find(core, target)
        if self.lose_placeholders:
            translated = MARK.sub("", sub(r"\s*\[[a-z]+\]", "", translated)).strip()
        return translated + tail, lang

    def _find(self, core: str, target: str) -> tuple[str, str]:
        """(language, translation) of a text without its tail, which may have been recorded with one."""
        if (known := self.recorded.get(core)) is not None:
            return known["lang"], core if known["lang"] == target else known[target]
        if self._cores is None:
            self._cores = {split_tail(text)[0]: known for text, known in self.recorded.items()}
        for text, known in self._cores.items() if MARK.search(core) else [(core, self._cores.get(core))]:
            if known is not None and (meant := _meant(core, text)) is not None:
                translated = core if known["lang"] == target else split_tail(known[target])[0]
                for mark, said in meant.items():
                    translated = translated.replace(said, mark, 1)
                return known["lang"], translated
        raise CannotTranslateError("no translation of this text is recorded; add it to translations.json")


def _meant(marked: str, text: str) -> dict[str, str] | None:
    """What each mark of a text stands for if it is `text` with marks; None when it is not.

    >>> _meant("nur [X11X]?", "nur 30 ml?"), _meant("nur [X11X]?", "nur so")
    ({'[X11X]': '30 ml'}, None)
    """
    literals = MARK.split(marked)
    if len(text) < sum(map(len, literals)) or not (text.startswith(literals[0]) and text.endswith(literals[-1])):
        return None
    found = fullmatch("(.+?)".join(map(escape, literals)), text)
    return dict(zip(MARK.findall(marked), found.groups(), strict=True)) if found else None


def split_tail(text: str) -> tuple[str, str]:
    """A text and the emoji at its end, with the spaces between.

    >>> split_tail("je prends 🙌 ❤️")
    ('je prends', ' 🙌 ❤️')
    """
    end = len(text)
    # Symbols, skin tones, the joiner, the emoji variation selector, and spaces; no mark that Thai or Arabic ends with.
    while end and (unicodedata.category(text[end - 1]) in ("So", "Sk", "Zs") or text[end - 1] in "\u200d\ufe0f"):
        end -= 1
    return text[:end], text[end:]


def read_translations(path: Path = RECORDED) -> Recorded:
    recorded: Recorded = json.loads(path.read_text(encoding="utf-8"))
    return recorded


# ── over HTTP ────────────────────────────────────────────────────────────────────────────────────────────────────


def application(translator: Translator) -> web.Application:
    app = web.Application()
    app[_TRANSLATOR] = translator
    app.router.add_post("/translate", _translate)
    app.router.add_get("/languages", _languages)
    app.router.add_get("/health", _health)
    return app


@asynccontextmanager
async def running(recorded: Recorded, *, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[Translator]:
    """The server on a port of its own (or the one given); the `url` of what is yielded has no slash at its end."""
    translator = Translator(recorded)
    runner = web.AppRunner(
        application(translator),
        max_line_size=LINE_BYTES,
        access_log=None,  # it would hold viewers' words, which the query carries
        shutdown_timeout=0.1,  # a request held by `delay` is dropped
    )
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        translator.url = f"http://{host}:{runner.addresses[0][1]}"
        yield translator
    finally:
        await runner.cleanup()


def run(host: str = "127.0.0.1", port: int = 5000, path: Path = RECORDED) -> None:
    """Serve until interrupted."""

    async def forever() -> None:
        async with running(read_translations(path), host=host, port=port):
            await asyncio.Event().wait()

    with suppress(KeyboardInterrupt):
        asyncio.run(forever())


_TRANSLATOR: Final = web.AppKey("translator", Translator)


async def _translate(request: web.Request) -> web.Response:
    translator = request.app[_TRANSLATOR]
    translator.requests += 1
    await asyncio.sleep(translator.delay.total_seconds())
    if translator.fail_next > 0:
        translator.fail_next -= 1
        return _error(500, "Cannot translate text: the server was told to fail")
    try:
        asked = await _parameters(request)
        if translator.api_key is not None and asked.get("api_key") != translator.api_key:
            return _error(403, "Invalid API key")
        answer = _answer(translator, asked)
    except CannotTranslateError as problem:
        return _error(400, str(problem))
    return web.json_response(answer)


async def _parameters(request: web.Request) -> dict[str, Any]:
    """JSON, or a form and the query together, as LibreTranslate reads them; deep-translator sends the query."""
    if request.content_type == "application/json":
        try:
            said = await request.json()
        except ValueError:
            said = None
        if not isinstance(said, dict):
            raise CannotTranslateError("Invalid JSON format")
        return said
    form = await request.post()
    return {**dict(form), **dict(request.query)}


def _answer(translator: Translator, asked: Mapping[str, Any]) -> dict[str, Any]:
    for name in ("q", "source", "target"):
        if not asked.get(name):
            raise CannotTranslateError(f"Invalid request: missing {name} parameter")
    source, target = _language(asked["source"]), _language(asked["target"])
    if source != "auto" and source not in NAMES:
        _unsupported(asked["source"])
    if target not in TARGETS:
        _unsupported(asked["target"])

    is_html = asked.get("format") == "html"
    several = asked["q"] if isinstance(asked["q"], list) else [asked["q"]]
    if not all(isinstance(text, str) for text in several):
        raise CannotTranslateError("Invalid request: q parameter is neither a text nor a list of texts")
    found = [translator.translate(html.unescape(text) if is_html else text, target) for text in several]
    texts = [html.escape(text, quote=False) if is_html else text for text, _ in found]
    languages = [{"language": "en" if lang == "und" else lang, "confidence": 100.0} for _, lang in found]

    is_list = isinstance(asked["q"], list)
    answer: dict[str, Any] = {"translatedText": texts if is_list else texts[0]}
    if source == "auto":
        answer["detectedLanguage"] = languages if is_list else languages[0]
    return answer


def _language(code: object) -> str:
    """`zh-Hans`, `zh-CN` and `zh_CN` are all zh here, as `en-US` is en."""
    return str(code).replace("_", "-").split("-")[0].lower()


def _unsupported(code: object) -> NoReturn:
    raise CannotTranslateError(f"{str(code)[:20]} is not supported")


async def _languages(request: web.Request) -> web.Response:
    return web.json_response(
        [
            {"code": code, "name": name, "targets": sorted({code, *TARGETS})}
            for code, name in sorted(NAMES.items(), key=lambda item: item[1])
        ]
    )


async def _health(request: web.Request) -> web.Response:
    return web.json_response({"status": "ok"})


def _error(status: int, message: str) -> web.Response:
    return web.json_response({"error": message}, status=status)
