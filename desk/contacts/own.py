"""`/oncall contact …`: how the asker can be reached; ways are added, verified by a code, tried and removed here."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from desk.configuration.model import Person
from desk.contacts import flow
from desk.contacts.flow import CODE_LASTS, CODES_AN_HOUR, MOST_METHODS, Codes
from desk.contacts.methods import CODED, EMAIL, ONCE, WEBHOOK, Way, is_email, is_url, masked
from desk.messages import Bullets, Command, Message, Paragraph, Part, PersonName, Sealed, Span, Text
from desk.moment import Moment
from desk.oncall.current import planned
from desk.oncall.walltime import DAY
from desk.outbox.flow import say
from desk.questions.asking import Asker
from desk.reachable import flow as reachability
from desk.reachable.rules import AHEAD, coming
from desk.words import Tongue, method_name

WORD = "contact"
_CODE = re.compile(r"\d{3}[ -]?\d{3}")
_LINKED = re.compile(r"<(?:mailto:)?([^|>]*)(?:\|[^>]*)?>")  # as Slack writes an address that it has recognised


def asked(command: str, text: str) -> bool:
    """Whether somebody asks about their contact methods."""
    return command == "oncall" and text.casefold().split()[:1] == [WORD]


def answer(
    moment: Moment,
    text: str,
    asker: Asker,
    t: Tongue,
    codes: Codes,
    *,
    private_urls: bool,
    secret_of: Callable[[str], str],
) -> Message:
    """Answer, and do what was asked. `secret_of` gives what posts to a webhook are signed with; it is shown to whoever
    adds one, and to nobody else. `private_urls`: whether addresses of the installation's own network may be posted
    to."""
    person = moment.configuration.people.get(asker.person or "")
    words = text.split()[1:]
    word = words[0].casefold() if words else ""
    if word == "check" and len(words) == 1:
        return _check(moment, asker, t)
    if person is None:
        headline = t("I don't know you, so I cannot tell how you are reached")
        advice = t("Ask an admin to write your contact under people: in livedesk.yaml.")
        return _message(headline, [(Text(advice),)], asker, t)
    if not words:
        return _list(moment, person, asker, t)
    if word == "add" and len(words) == 3:
        return _add(moment, person, words[1].casefold(), words[2], asker, t, codes, private_urls, secret_of)
    if word == "verify" and len(words) in (2, 3):
        return _verify(moment, person, " ".join(words[1:]), asker, t, codes)
    if word == "remove" and len(words) == 2:
        return _remove(moment, person, words[1], asker, t)
    if word == "test" and len(words) == 1:
        return _test(moment, person, asker, t)
    headline = t("I don't know “{word}”. This is what you can ask:", word=" ".join(words)[:40])
    return _message(headline, [], asker, t, _usage(t))


# ── what there is ────────────────────────────────────────────────────────────────────────────────────────────────


def _list(moment: Moment, person: Person, asker: Asker, t: Tongue) -> Message:
    ways = flow.ways_to(moment, person)
    items: list[tuple[Span, ...]] = [(*_name(way.method, way.address, t), Text(" · " + _state(way, t))) for way in ways]
    known = {(way.method, way.address) for way in ways}
    for row in flow.unverified(moment, person):
        if (row.method, row.address) not in known:
            items.append((*_name(row.method, row.address, t), Text(" · " + t("waits for its code; not used yet"))))
    further = moment.configuration.further_ways
    for method in (one for one in CODED if one in person.contacts and one not in further):
        name = _name(method, person.contacts[method], t)
        items.append((*name, Text(" · " + t("not used: this installation cannot send by it"))))
    counted = _by([way for way in ways if way.counts], t)
    headline = (
        t("A page reaches you by {ways}", ways=counted)
        if counted
        else t("A page may not reach you: no way to you is verified")
    )
    return _message(headline, [], asker, t, [Bullets(tuple(items)), *_usage(t)] if items else _usage(t))


def _state(way: Way, t: Tongue) -> str:
    if not way.works:
        return t("the last delivery failed for good")
    if way.verified:
        return t("verified") if way.method in CODED else t("your chat account")
    return t("not verified: used beside another way, never relied on")


def _usage(t: Tongue) -> list[Part]:
    lines = (
        (f"/oncall {WORD} add email you@example.com", t("sends a code there, to verify it")),
        (f"/oncall {WORD} verify 123456", t("verifies what the code was sent to")),
        (f"/oncall {WORD} remove email", t("ends what was added here")),
        (f"/oncall {WORD} test", t("sends a test page by every way")),
        (f"/oncall {WORD} check", t("who comes on call, and whether a page reaches them")),
    )
    return [Bullets(tuple((Command(command), Text(" — " + what)) for command, what in lines))]


def _name(method: str, address: str, t: Tongue) -> tuple[Span, ...]:
    name = method_name(t, method)
    return Text(name[:1].upper() + name[1:], "strong"), Text(" " + masked(method, address))


# ── added, verified, removed ─────────────────────────────────────────────────────────────────────────────────────


def _add(
    moment: Moment,
    person: Person,
    method: str,
    given: str,
    asker: Asker,
    t: Tongue,
    codes: Codes,
    private_urls: bool,
    secret_of: Callable[[str], str],
) -> Message:
    found = _LINKED.fullmatch(given)
    address = found[1] if found else given
    method = EMAIL if method == "e-mail" else method
    if method not in CODED:
        return _message(t("Only e-mail and webhook can be added here"), [], asker, t, _usage(t))
    if method not in moment.configuration.further_ways:
        advice = t("An admin sets LIVEDESK_SMTP_HOST and LIVEDESK_SMTP_FROM for it.")
        return _message(t("This installation sends no e-mail"), [(Text(advice),)], asker, t)
    if method == EMAIL and not is_email(address):
        return _message(t("This is not an e-mail address that I can write to"), [], asker, t, _usage(t))
    if method == WEBHOOK and not is_url(address, private=private_urls):
        advice = t("It must be an https:// address on the internet, without a password, of at most 200 characters.")
        return _message(t("This is not an address that I can post to"), [(Text(advice),)], asker, t)
    code = codes.new()
    sent = flow.send_code(moment, person, method, address, code, codes, _code_message(person, codes.sealed(code), t))
    where = masked(method, address)
    if sent == "known":
        return _message(t("{address} is verified already", address=where), [], asker, t)
    if sent == "too_many":
        return _message(t("You have {n} ways already; remove one first", n=MOST_METHODS), [], asker, t, _usage(t))
    if sent == "too_often":
        return _message(t("At most {n} codes an hour; try again later", n=CODES_AN_HOUR), [], asker, t)
    minutes = CODE_LASTS.total_seconds() // 60
    lines: list[tuple[Span, ...]] = [
        (
            Text(t("Give it back within {n} minutes:", n=t.number(minutes)) + " "),
            Command(f"/oncall {WORD} verify 123456"),
        )
    ]
    if method == WEBHOOK:
        lines.append((Text(t("What is posted there is signed with this secret; keep it to yourself:")),))
        lines.append((Text(secret_of(address), "code"),))
    return _message(t("A code is on its way to {address}", address=where), lines, asker, t)


def _code_message(person: Person, sealed: str, t: Tongue) -> Message:
    headline = t("Your Livedesk code")
    in_chat = any(method not in CODED for method in person.contacts)
    how = (
        t("To receive pages here, type in your chat:") + " /oncall contact verify "
        if in_chat
        else t("To receive pages here, give this code to whoever added the address:") + " "
    )
    spans: tuple[Span, ...] = (Text(how), Sealed(sealed))
    advice = t("Nobody asked for this but the person who typed your address; if that was not you, do nothing.")
    parts = (Paragraph(spans), Paragraph((Text(advice, "muted"),)))
    return Message(kind="notice", headline=headline, parts=parts, locale=str(t.locale), zone=str(person.zone))


def _verify(moment: Moment, person: Person, code: str, asker: Asker, t: Tongue, codes: Codes) -> Message:
    digits = re.sub(r"\D", "", code) if _CODE.fullmatch(code) else ""
    found = flow.verify(moment, person, digits, codes)
    if found is None:
        advice = t(
            "A code is good once, for {n} minutes and a few tries. A new one:", n=t.number(CODE_LASTS.seconds // 60)
        )
        again = (Text(advice + " "), Command(f"/oncall {WORD} add email you@example.com"))
        return _message(t("This code is not right, or no longer good"), [again], asker, t)
    reachability.soon(moment)
    try_it = (Command(f"/oncall {WORD} test"), Text(" " + t("sends a test page by every way.")))
    where = masked(found.method, found.address)
    return _message(t("{address} is verified: pages may rely on it", address=where), [try_it], asker, t)


def _remove(moment: Moment, person: Person, wanted: str, asker: Asker, t: Tongue) -> Message:
    linked = _LINKED.fullmatch(wanted)
    word = linked[1] if linked else wanted
    word = word.casefold() if word.casefold() in CODED else word
    removed = flow.remove(moment, person, word)
    if removed:
        reachability.soon(moment)
        where = t.listed([masked(one.method, one.address) for one in removed])
        return _message(t("Removed: {address}", address=where), [], asker, t)
    if word in person.contacts or word in person.contacts.values():
        advice = t("It stands in livedesk.yaml; an admin removes it there.")
        return _message(t("Nothing was removed"), [(Text(advice),)], asker, t)
    return _message(t("You have added no such way"), [], asker, t, _usage(t))


# ── tried ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _test(moment: Moment, person: Person, asker: Asker, t: Tongue) -> Message:
    ways = flow.ways_to(moment, person)
    if not ways:
        return _list(moment, person, asker, t)
    for way in ways:
        page = Message(
            kind="page",
            headline=t("Test page: nothing is wrong"),
            parts=(Paragraph((Text(t("You asked for it with /oncall contact test. A real page looks like this.")),)),),
            mentions=(person.key,),
            locale=str(t.locale),
            zone=str(person.zone),
        )
        say(moment, (way.method, way.address), page, rich=way.method in ONCE)
    where = t.listed([masked(way.method, way.address) for way in ways])
    advice = t("What does not arrive within a minute does not reach you; what fails for good is told to you here.")
    return _message(t("A test page is on its way to {address}", address=where), [(Text(advice),)], asker, t)


def _check(moment: Moment, asker: Asker, t: Tongue) -> Message:
    """Everybody who comes on call within the days looked at, and what is wrong with the ways to them."""
    found, ways = reachability.found_now(moment)
    people = coming(planned(moment), moment.now)
    wrong = {one.coming.person: one for one in found}
    items: list[tuple[Span, ...]] = [reachability.line(one, t) for one in found]
    for one in people:
        if one.person not in wrong:
            counted = [way for way in ways[one.person] if way.counts]
            items.append((PersonName(one.person), Text(" · " + t("by {ways}", ways=_by(counted, t)))))
    headline = (
        t("A page reaches everybody who comes on call in the next {n} days", n=AHEAD // DAY)
        if not found
        else t("{n} of {all} who come on call may not be reached by a page", n=len(found), all=len(people))
    )
    return _message(headline, [], asker, t, [Bullets(tuple(items))] if items else [])


def _by(ways: Sequence[Way], t: Tongue) -> str:
    return t.listed(list(dict.fromkeys(method_name(t, way.method) for way in ways)))


def _message(
    headline: str, paragraphs: Sequence[tuple[Span, ...]], asker: Asker, t: Tongue, more: Sequence[Part] = ()
) -> Message:
    parts = (*(Paragraph(spans) for spans in paragraphs), *more)
    return Message(kind="answer", headline=headline, parts=parts, locale=str(t.locale), zone=str(asker.zone))
