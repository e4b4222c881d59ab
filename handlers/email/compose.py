"""A neutral message as an e-mail: text and a simple HTML part, with links to acknowledge where it is a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape

from desk.messages import Fill, Message, When
from desk.oncall.showing import AGREE, DECLINE, OFFER, REFUSE, TAKE_IT
from desk.words import Tongue, tongue
from handlers.acknowledging.links import Link
from handlers.terminal.render import lines
from handlers.wording import in_words, one_line

# What `bot.py oncall answer` calls the answers to what is asked.
_WORDS = {TAKE_IT: "take", OFFER: "offer", REFUSE: "refuse", AGREE: "agree", DECLINE: "decline"}
SUBJECT = 150  # characters: longer ones are cut by every client anyway


def compose(
    message: Message, fill: Fill, links: Sequence[Link], sender: str, to: str, key: str, at: datetime, *, reach: bool
) -> EmailMessage:
    """The whole mail. `key` makes its Message-ID, the same at every try; `reach`: whether others can follow the links.

    Header values hold no line break: the subject is made one line, addresses are checked before they get here, and
    the library refuses what slipped through.
    """
    t = tongue(message.locale)
    drawn = lines(_bare(message), fill)
    after = _below(message, links, t, reach)
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address("Livedesk", addr_spec=sender)
    mail["To"] = Address(addr_spec=to)
    mail["Subject"] = one_line(message.headline, SUBJECT) or "Livedesk"
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{key}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    if message.kind == "page":
        mail["Importance"] = "high"
    text = [*drawn]
    for link in links:
        text += ["", _label(link, links, t), link.url]
    mail.set_content("\n".join([*text, "", *after]) + "\n", cte="quoted-printable")
    mail.add_alternative(_html(drawn, after, links, t), subtype="html", cte="quoted-printable")
    return mail


def _bare(message: Message) -> Message:
    """Without what only a chat can do: press a button, ring a bell."""
    parts = tuple(part for part in message.parts if part.type != "buttons")
    return replace(message, actions=(), mentions=(), parts=parts, chart=None)


def _below(message: Message, links: Sequence[Link], t: Tongue, reach: bool) -> list[str]:
    said = [t("What viewers wrote is shown in your chat alone.")] if message.kind == "page" else []
    if links:
        until = in_words(When(links[0].ends_at, "date_time"), message)
        said.append(t("The link opens a page with one button, and is good until {at}.", at=until))
        if not reach:
            said.append(t("Until an admin sets LIVEDESK_PUBLIC_URL, this link works on the bot's own machine alone."))
            answers = [_WORDS[link.verb] for link in links if link.verb in _WORDS]
            if answers:
                line = f"bot.py oncall answer {links[0].number} {'|'.join(answers)} --as {message.mentions[0]}"
                said.append(t("Or let an admin answer for you, on the command line: {command}", command=line))
    return said


def _label(link: Link, links: Sequence[Link], t: Tongue) -> str:
    """Several answers differ by what they say, several incidents by their number."""
    is_one_of_several = len(links) > 1 and link.about == "incident"
    return t("Acknowledge incident {number}", number=link.number) if is_one_of_several else link.label


def _html(drawn: Sequence[str], after: Sequence[str], links: Sequence[Link], t: Tongue) -> str:
    language = escape(str(t.locale).replace("_", "-"), quote=True)
    body = "".join(f"<p>{escape(line)}</p>" for line in drawn[1:] if line.strip())
    buttons = "".join(
        f'<p><a href="{escape(link.url, quote=True)}" style="display:inline-block;padding:10px 22px;border-radius:6px;'
        f'background:#007a5a;color:#ffffff;text-decoration:none;font-weight:bold">'
        f"{escape(_label(link, links, t))}</a></p>"
        for link in links
    )
    small = "".join(f'<p style="color:#616061;font-size:13px">{escape(line)}</p>' for line in after)
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"></head>'
        '<body style="font-family:sans-serif;font-size:15px;line-height:1.45">'
        f'<h1 style="font-size:19px">{escape(drawn[0] if drawn else "Livedesk")}</h1>'
        f"{buttons}{body}{small}</body></html>"
    )
