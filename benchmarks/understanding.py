"""What understanding is worth and what it costs: speed by stage, and quality on outside data.

    python -m benchmarks.understanding [--data DIR] [--only speed complaints questions tickets]

Speed needs no data: it reads comments of eight words written here, each once, so that no cache helps. The rest
measures on labelled public texts in DIR (docs/understanding.md, "Measured") and prints Markdown. Nothing of the data is
printed or kept.
"""

from __future__ import annotations

import argparse
import gc
import gzip
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

from analytics.language import ScriptAndWords
from analytics.ngrams import normal, wide_grams
from analytics.privacy import PatternRedactor
from analytics.reading import Said
from analytics.sentiment import textblob_polarity
from analytics.signals import signals
from analytics.trained import Eyes, TrainedIntent, TrainedSentiment
from analytics.understand import SLICE, Understanding, _shortened
from analytics.vocabulary import vocabulary
from handlers.worker import YOUNG

SPOKEN_IN = {"twitch-ko-1": "ko", "twitch-ko-2": "ko", "youtube-ja-1": "ja", "bilibili-zh-danmaku": "zh"}
BROKEN_SOUND = ("youtube-en-1", "17:15", "17:23")  # a recording, and the minutes (UTC) in which its sound is broken
NAIVE = 400  # comments of each pass that the naive loop reads, which takes seconds for them

EIGHT_WORDS = (
    "when will my order arrive in berlin please",
    "i love this colour so much on you",
    "the sound is breaking up again can you",
    "does this cream suit dark and sensitive skin",
    "hello everyone from lisbon what are we seeing",
    "cuándo llega mi pedido a madrid por favor",
    "me encanta este color para la piel morena",
    "não consigo pagar com pix o meu pedido",
    "wann kommt mein paket endlich in köln an",
    "on entend rien du tout dans le live",
    "quanto costa la spedizione per roma e milano",
    "berapa harganya kak kalau beli dua sekaligus ya",
    "giá bao nhiêu vậy shop còn size không",
    "kargom hala gelmedi ne zaman gelir acaba lütfen",
    "сколько стоит доставка в москву и когда придет",
    "मेरा ऑर्डर अभी तक नहीं आया कब आएगा",
    "متى يوصل طلبي الى الرياض لو سمحتي اليوم",
    "这个色号适合深肤色吗 什么时候发货 多少钱",
    "音が途切れて聞こえないです 直してもらえますか",
    "배송이 아직 안 왔는데 언제 도착하나요 궁금해요",
    "ของยังไม่ได้เลยค่ะ เมื่อไหร่จะส่งคะ รอนานมาก",
)


# ── speed ────────────────────────────────────────────────────────────────────────────────────────────────────────


def per_text(texts: int, work: Callable[[], object]) -> float:
    """CPU microseconds a text."""
    began = process_time()
    work()
    return (process_time() - began) / texts * 1e6


def speed(texts: int) -> None:
    passes = [_comments(texts * number, texts) for number in range(6)]
    said = passes[0]
    understanding = Understanding(remembered=0)
    understanding.read(_comments(texts * len(passes), len(EIGHT_WORDS) * 4))  # models and vocabularies load here
    gc.collect()
    gc.freeze()  # as the bot's worker does, whose threshold ours has too; the naive loop keeps Python's own
    usual = gc.get_threshold()
    # Other comments each time: several parts remember what they saw last. In turn with the naive loop, as the machine
    # is half as fast again in some minutes as in others.
    naive = _naive_loop()
    turns = []
    for one in passes[1:]:
        gc.set_threshold(YOUNG, *usual[1:])
        ours = per_text(texts, partial(understanding.read, one))
        gc.set_threshold(*usual)
        some = [said.text for said in one[:NAIVE]]
        turns.append((ours, per_text(len(some), partial(naive, some)) if naive else None))
    gc.set_threshold(YOUNG, *usual[1:])
    whole = min(ours for ours, _ in turns)

    clean = [_shortened(one.text) for one in said]
    language, redactor, eyes = ScriptAndWords(), PatternRedactor(), Eyes()
    sentiment, intent = TrainedSentiment(eyes), TrainedIntent(eyes)
    langs = language.identify(said)
    redacted = [redactor.redact(text) for text in clean]
    batches = [(redacted[at : at + SLICE], langs[at : at + SLICE]) for at in range(0, len(redacted), SLICE)]
    normals = [[normal(text, lang) for text, lang in zip(*batch, strict=True)] for batch in batches]
    english = [text for text, lang in zip(redacted, langs, strict=True) if lang == "en"]
    stages = {
        "cleaning": per_text(texts, lambda: [_shortened(one.text) for one in said]),
        "language": per_text(texts, lambda: language.identify(said)),
        "redaction": per_text(texts, lambda: [redactor.redact(text) for text in clean]),
        "the vocabulary's signals": per_text(
            texts, lambda: [signals(text, lang, vocabulary(lang)) for text, lang in zip(redacted, langs, strict=True)]
        ),
        "… of it TextBlob, each English text": per_text(
            len(english), lambda: [textblob_polarity(text) for text in english]
        ),
        "pieces": per_text(texts, lambda: [wide_grams(one) for one in normals]),
        "signals, pieces, sentiment, intent and categories": per_text(
            texts, lambda: [intent.classify(*batch, sentiment.score(*batch)) for batch in batches]
        ),
        "**all, as `Understanding.read` does it**": whole,
    }
    print("| stage | µs a comment |\n|---|---|")
    for name, cost in stages.items():
        print(f"| {name} | {cost:.0f} |")
    print(f"\n{1e6 / whole:,.0f} comments a CPU second, every comment new.")
    remembering = Understanding()
    remembering.read(said)
    print(f"{1e6 / per_text(texts, lambda: remembering.read(said)):,.0f} a CPU second when all were read before.")
    if naive is None:
        print("langdetect is not installed, so the naive loop was not run: pip install '.[bench]'")
        return
    ratios = [theirs / ours for ours, theirs in turns if theirs]
    print(
        f"langdetect and TextBlob in a loop, in turn with it: {', '.join(f'{theirs:,.0f}' for _, theirs in turns)} µs a "
        f"comment, {median(ratios):.1f} times ours (between {min(ratios):.1f} and {max(ratios):.1f})."
    )


def _comments(first: int, count: int) -> list[Said]:
    return [Said(f"{EIGHT_WORDS[number % len(EIGHT_WORDS)]} {_mark(number)}") for number in range(first, first + count)]


def _mark(number: int) -> str:
    """A made-up word, so that each comment is a new one; every tenth a number, as in chat."""
    if number % 10 == 0:
        return str(number)
    return "".join(chr(ord("a") + number // 26**place % 26) for place in range(4))


def _naive_loop() -> Callable[[Sequence[str]], None] | None:
    """What a simple script does with each comment; None where langdetect is not installed."""
    if find_spec("langdetect") is None:
        return None
    from langdetect import LangDetectException, detect
    from textblob import TextBlob

    def loop(texts: Sequence[str]) -> None:
        for text in texts:
            with suppress(LangDetectException):
                detect(text)
            _ = TextBlob(text).sentiment

    loop([one.text for one in _comments(0, len(EIGHT_WORDS))])
    return loop


# ── quality ──────────────────────────────────────────────────────────────────────────────────────────────────────


def records(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from (json.loads(line) for line in file)


def complaints(data: Path) -> None:
    understanding = Understanding()
    print("| chat | comments | complaints per 1,000 | most common categories |\n|---|---|---|---|")
    minutes: dict[str, list[int]] = {}
    for path in sorted((data / "chat").glob("*.ndjson.gz")):
        name = path.name.removesuffix(".ndjson.gz")
        said = list(records(path))
        market = (SPOKEN_IN[name],) if name in SPOKEN_IN else ()
        readings = understanding.read([Said(one["text"], None, market) for one in said])
        if name == BROKEN_SOUND[0]:
            for one, reading in zip(said, readings, strict=True):
                minute = minutes.setdefault(one["ts"][11:16], [0, 0])
                minute[0] += reading.category == "stream_quality"
                minute[1] += 1
            calm = [
                reading
                for one, reading in zip(said, readings, strict=True)
                if not BROKEN_SOUND[1] <= one["ts"][11:16] < BROKEN_SOUND[2]
            ]
            name, readings = f"{name}, outside of {BROKEN_SOUND[1]} to {BROKEN_SOUND[2]}", calm
        found = Counter(reading.category for reading in readings if reading.category)
        most = ", ".join(f"{category} {count}" for category, count in found.most_common(3))
        print(f"| {name} | {len(readings):,} | {1000 * found.total() / len(readings):.1f} | {most} |")
    if minutes:
        print(f"\n`{BROKEN_SOUND[0]}`, complaints of stream_quality of all comments, by minute (UTC):\n")
        shown = [minute for minute in sorted(minutes) if "17:06" <= minute <= "17:30"]
        print(", ".join(f"{minute} {minutes[minute][0]}/{minutes[minute][1]}" for minute in shown))


def questions(data: Path) -> None:
    understanding = Understanding()
    said = list(records(data / "tickets" / "product_video_comments.ndjson.gz"))
    readings = understanding.read([Said(one["text"]) for one in said])
    pairs = Counter(
        (bool(one["question"]), reading.intent == "question") for one, reading in zip(said, readings, strict=True)
    )
    found = pairs[True, True]
    print(
        f"Questions under product videos ({len(said)}): precision {found / (found + pairs[False, True]):.1%}, "
        f"recall {found / (found + pairs[True, False]):.1%}."
    )
    means = {
        "order": {"order", "purchase_interest"},
        "praise": {"praise"},
        "complaint": {"complaint"},
        "product_question": {"question"},
        "shipping_payment_question": {"question"},
        "price_question": {"question"},
    }
    phrases = [
        one for one in records(data / "tickets" / "vietnamese_live_shopping_phrases.ndjson.gz") if one["label"] in means
    ]
    answers = understanding.read([Said(one["text"], "vi") for one in phrases])
    right = sum(reading.intent in means[one["label"]] for one, reading in zip(phrases, answers, strict=True))
    print(
        f"Vietnamese live-shopping phrases (made from patterns; a check, no proof): {right} of {len(phrases)} intents."
    )


# Of a bank's 77 kinds of tickets: those that report a fault, by what a shop would call it, and those that ask how
# something is. The others may be either.
FAULTS = {
    "payment": (
        "declined_card_payment", "card_payment_not_recognised", "transaction_charged_twice", "reverted_card_payment?",
        "card_payment_fee_charged", "extra_charge_on_statement", "declined_transfer", "failed_transfer", "top_up_failed",
        "card_not_working", "contactless_not_working", "virtual_card_not_working", "direct_debit_payment_not_recognised",
        "pending_card_payment", "card_payment_wrong_exchange_rate",
    ),
    "after_sale": ("Refund_not_showing_up",),
    "delivery": ("card_arrival",),
}  # fmt: skip
ASKED = (
    "age_limit", "country_support", "supported_cards_and_currencies", "fiat_currency_support", "exchange_rate",
    "card_delivery_estimate", "visa_or_mastercard", "top_up_limits", "transfer_timing", "card_acceptance", "atm_support",
    "disposable_card_limits", "getting_spare_card", "apple_pay_or_google_pay",
)  # fmt: skip


def tickets(data: Path) -> None:
    """A bank's customers in whole English sentences: another trade, for which nothing was trained."""
    said = list(records(data / "tickets" / "banking_en.ndjson.gz"))
    readings = Understanding().read([Said(one["text"], "en") for one in said])
    rows = [(one["label"], reading) for one, reading in zip(said, readings, strict=True)]
    print("| tickets | number | read as a question | as a complaint | of those, the category |\n|---|---|---|---|---|")
    kinds = {"that ask": (ASKED, None)} | {f"of faults, {name}": (kinds, name) for name, kinds in FAULTS.items()}
    for name, (labels, category) in kinds.items():
        mine = [reading for label, reading in rows if label in labels]
        intents = Counter(reading.intent for reading in mine)
        complaints = [reading for reading in mine if reading.intent == "complaint"]
        right = sum(any(one.name == category for one in reading.categories) for reading in complaints)
        share = f"{right / len(complaints):.0%}" if category and complaints else ""
        print(
            f"| {name} | {len(mine):,} | {intents['question'] / len(mine):.0%} | "
            f"{intents['complaint'] / len(mine):.0%} | {share} |"
        )


MEASURES: dict[str, Callable[[Path], None]] = {
    "complaints": complaints,
    "questions": questions,
    "tickets": tickets,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder with chat/ and tickets/")
    parser.add_argument("--only", nargs="*", choices=["speed", *MEASURES], default=["speed", *MEASURES])
    parser.add_argument("--texts", type=int, default=6_000, help="comments read to measure speed")
    asked = parser.parse_args()
    if "speed" in asked.only:
        print("### Speed\n")
        speed(asked.texts)
    if asked.data is None:
        return 0
    if not asked.data.is_dir():
        print(f"{asked.data} is no folder: name the one that holds sentiment/, chat/ and the rest", file=sys.stderr)
        return 2
    for name, measure in MEASURES.items():
        if name in asked.only:
            print(f"\n### {name.capitalize()}\n")
            measure(asked.data)
    return 0


if __name__ == "__main__":
    sys.exit(main())
