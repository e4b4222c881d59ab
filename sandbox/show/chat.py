"""What people write while nothing is wrong, and the two things that only look as if something were."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Final

from sandbox.show.audience import Crowd, Viewer, spammer
from sandbox.show.beats import ASKED_EACH, COMPLAINING_SHARE, QUESTIONS, SPAM, SPAM_COMMENTS, excitement
from sandbox.show.library import Deck
from sandbox.show.moments import Moment
from sandbox.show.plan import Plan

# What a comment is about while a segment is on air, in parts. A product's own topic is added to its segments.
TALK: Final[Mapping[str, Mapping[str, float]]] = {
    "opening": {"greeting": 46, "praise": 13, "interest": 9, "question": 10, "chatter": 18},
    "serum: story": {"praise": 32, "question": 20, "chatter": 20, "interest": 10, "greeting": 8},
    "serum: ingredient list": {"question": 34, "chatter": 24, "praise": 20, "interest": 12, "greeting": 3},
    "serum: offer": {"interest": 30, "order": 30, "praise": 15, "question": 8, "chatter": 9},
    "cream": {"praise": 22, "question": 16, "interest": 16, "order": 16, "chatter": 16},
    "cleanser": {"praise": 20, "question": 18, "interest": 15, "order": 16, "chatter": 17},
    "set and farewell": {"praise": 22, "order": 16, "interest": 11, "chatter": 12, "question": 7, "farewell": 14},
}
PRODUCT_TALK: Final = 10.0
GOODBYE_SECONDS: Final = 150.0  # before the end, when nearly everybody says goodbye
EMOJI_ONLY: Final = 0.06  # share of comments that are emoji and nothing else
REPEATED: Final = ("q_skin", "q_retinol", "q_shipping")
LANG_STATED: Final = 0.4  # share of comments whose platform says what language they are in
POSTS_UNDER_TEASER: Final = 14  # in each market: comments under the post that announced the show


def comment(at: float, crowd: Crowd, viewer: Viewer, text: str, chance: Random, lang: str | None = None) -> Moment:
    """A chat comment as the platform of a market passes it on, with a handle for answering it."""
    fields = {"text": text, "reply_to": f"{crowd.audience.source}/comment/{chance.getrandbits(40):010x}"}
    if chance.random() < LANG_STATED and lang != "und":
        fields["lang"] = lang or viewer.lang
    return Moment(at, crowd.audience.source, "chat_comment", crowd.audience.market, viewer.id, fields)


def ordinary(plan: Plan, crowd: Crowd, deck: Deck, chance: Random) -> Iterator[Moment]:
    """The chat of one market, a small and constant share of it complaints of every kind by different viewers."""
    rate = crowd.audience.comments_per_minute / 60
    at, complaining, have_complained = 0.0, chance.random(), set[str]()
    while (at := at + chance.expovariate(rate * excitement(at))) < plan.length:
        complaining += COMPLAINING_SHARE
        if complaining >= 1:
            complaining -= 1
            unhappy = crowd.somebody(at, lambda viewer: viewer.id not in have_complained)
            if unhappy:
                have_complained.add(unhappy.id)
                topic = chance.choice(deck.library.topics(unhappy.lang, "complaint."))
                yield comment(at, crowd, unhappy, deck.deal(unhappy.lang, topic), chance)
        elif viewer := crowd.somebody(at):
            lang = "und" if chance.random() < EMOJI_ONLY else viewer.lang
            topic = "chatter" if lang == "und" else _topic(plan, at, lang, deck, chance)
            yield comment(at, crowd, viewer, deck.deal(lang, topic), chance, lang)


def _topic(plan: Plan, at: float, lang: str, deck: Deck, chance: Random) -> str:
    segment = plan.on_air(at)
    parts = dict(TALK[segment.title])
    if segment.product:
        parts[segment.product] = PRODUCT_TALK
    if at > plan.length - GOODBYE_SECONDS:
        parts["farewell"] = sum(parts.values())
    spoken = {topic: part for topic, part in parts.items() if (lang, topic) in deck.library}
    return chance.choices(list(spoken), list(spoken.values()))[0]


def repeated_questions(crowds: Sequence[Crowd], deck: Deck, chance: Random) -> Iterator[Moment]:
    """The same three questions again and again, in turn from every language that two viewers in a hundred speak."""
    asking = [(crowd, lang) for crowd in crowds for lang, part in crowd.audience.languages.items() if part >= 2]
    turn = 0
    for topic in REPEATED:
        chance.shuffle(asking)
        for number in range(ASKED_EACH):
            step = (QUESTIONS.end - QUESTIONS.start) / ASKED_EACH
            at = QUESTIONS.start + (number + chance.random()) * step
            crowd, lang = asking[turn % len(asking)]
            turn += 1
            if viewer := crowd.somebody(at, lambda viewer, lang=lang: viewer.lang == lang):  # type: ignore[misc]
                yield comment(at, crowd, viewer, deck.deal(lang, topic), chance)


def angry_spammer(crowds: Sequence[Crowd], deck: Deck, chance: Random) -> Iterator[Moment]:
    """One viewer, two minutes, one complaint every five seconds: loud, and no reason to wake anybody."""
    crowd = next(crowd for crowd in crowds if crowd.audience.market == SPAM.market)
    viewer = spammer()
    assert viewer.leaves_at is not None
    yield Moment(viewer.joins_at, crowd.audience.source, "join", viewer.market, viewer.id)
    step = (SPAM.end - SPAM.start) / SPAM_COMMENTS
    for number in range(SPAM_COMMENTS):
        at = SPAM.start + (number + chance.random()) * step
        yield comment(at, crowd, viewer, deck.deal("en", "spammer"), chance)
    yield Moment(viewer.leaves_at, crowd.audience.source, "leave", viewer.market, viewer.id)


def asides(plan: Plan, crowd: Crowd, deck: Deck, chance: Random) -> Iterator[Moment]:
    """Advertising, people who give away their number or address, and comments under the teaser post."""
    market, source, library = crowd.audience.market, crowd.audience.source, deck.library
    for topic, times in (("spam", 3), ("contact", 1)):
        for lang in crowd.audience.languages:
            for _ in range(times if (lang, topic) in library else 0):
                at = chance.uniform(240, plan.length - 240)
                if viewer := crowd.somebody(at, lambda viewer, lang=lang: viewer.lang == lang):  # type: ignore[misc]
                    yield comment(at, crowd, viewer, deck.deal(lang, topic), chance)
    for _ in range(POSTS_UNDER_TEASER):
        at = chance.uniform(0, plan.length)
        if viewer := crowd.somebody(at, lambda viewer: (viewer.lang, "post") in library):
            fields = {"text": deck.deal(viewer.lang, "post"), "attributes": {"post": "teaser"}}
            yield Moment(at, source, "post_comment", market, viewer.id, fields)
