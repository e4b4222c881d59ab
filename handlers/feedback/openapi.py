"""What the API's page says: the schema of an event, an example of each kind, answers, and how to sign.

The limits come from the rules themselves, and a test reads every example with them, so the page cannot drift.
"""

from __future__ import annotations

from typing import Any, Final, Literal

from fastapi import Security
from fastapi.security import APIKeyHeader, HTTPBearer
from pydantic import BaseModel, Field

from desk.intake import fields
from desk.intake.event import KINDS
from handlers.feedback import signing
from handlers.feedback.problems import MEDIA_TYPE

# ── events ───────────────────────────────────────────────────────────────────────────────────────────────────────

_COMMON = {"at": "2026-03-27T20:04:05+08:00", "show": "friday-sneakers", "market": "de", "viewer": "user-77"}


def _example(kind: str, **more: object) -> dict[str, object]:
    event = {"event_id": f"{kind.replace('_', '-')}-1842", "kind": kind, **_COMMON, **more}
    return {name: value for name, value in event.items() if value is not None}


# One of each kind: what it is, and what it looks like.
KIND_EXAMPLES: Final[dict[str, tuple[str, dict[str, object]]]] = {
    "chat_comment": (
        "A comment in the live chat, or a danmaku. Needs text.",
        _example("chat_comment", text="No sound since the drop?", lang="en", reply_to="yt:comment:1842"),
    ),
    "post_comment": (
        "A comment below a post or a recorded video. Needs text.",
        _example("post_comment", text="Quand arrive la taille 38 ?", lang="fr", market="fr"),
    ),
    "support_message": (
        "What a customer wrote to support. Needs text.",
        _example("support_message", text="Mein Paket ist seit zwei Wochen unterwegs", lang="de", show=None),
    ),
    "review": (
        "A review after the sale. Needs text, or the stars as value.",
        _example("review", text="Runs small, lovely colour", value=4, product="sku-4711", show=None),
    ),
    "poll_answer": (
        "An answer to a poll. Needs text, or the option's number as value.",
        _example("poll_answer", text="yes", attributes={"poll": "restock-38"}),
    ),
    "join": ("A viewer came.", _example("join")),
    "leave": (
        "A viewer left; value is how many seconds they stayed.",
        _example("leave", value=124, attributes={"device": "phone"}),
    ),
    "heartbeat": ("A viewer is still there.", _example("heartbeat")),
    "viewer_count": (
        "How many watch now. Needs value, a whole number.",
        _example("viewer_count", value=13175, viewer=None),
    ),
    "product_click": ("A product was opened.", _example("product_click", product="sku-4711")),
    "add_to_cart": (
        "A product was put into the cart; value is its price.",
        _example("add_to_cart", product="sku-4711", value="89.90", currency="EUR"),
    ),
    "checkout": ("A checkout began; value is the cart's.", _example("checkout", value="89.90", currency="EUR")),
    "payment_failed": (
        "A payment did not go through.",
        _example("payment_failed", value="89.90", currency="EUR", attributes={"method": "card", "code": "declined"}),
    ),
    "purchase": (
        "Something was paid. Send amounts as text to keep them exact.",
        _example("purchase", product="sku-4711", value="89.90", currency="EUR"),
    ),
    "refund": (
        "Money went back; value is a positive amount.",
        _example("refund", product="sku-4711", value="89.90", currency="EUR", show=None),
    ),
    "stall": (
        "The player stood still or fell behind; value is how many seconds.",
        _example("stall", value=3.5, attributes={"player": "web 4.2"}),
    ),
    "reaction": ("An emoji reaction.", _example("reaction", text="🔥")),
    "like": ("A like; value is how many at once.", _example("like", value=3)),
    "gift": ("A gift; value is what it is worth.", _example("gift", value="4.99", currency="EUR")),
    "satisfaction": (
        "A score given by the viewer, on the source's own scale from nought up. Needs value.",
        _example("satisfaction", value=9, attributes={"scale": 10}),
    ),
    "emotion": (
        "An emotion measured elsewhere (voice, face), from -1 (worst) to 1 (best). Needs value.",
        _example("emotion", value=-0.4, attributes={"by": "voice pitch"}),
    ),
}


def _text(limit: int, description: str, example: str) -> dict[str, Any]:
    return {"type": ["string", "null"], "maxLength": limit, "description": description, "examples": [example]}


EVENT_SCHEMA: Final[dict[str, Any]] = {
    "title": "FeedbackEvent",
    "type": "object",
    "required": ["event_id", "at", "kind"],
    "description": "What the audience said, did or felt. Keys that are not listed are ignored; null and an empty text "
    "mean the same as leaving the key out.",
    "properties": {
        "event_id": {
            "type": ["string", "integer"],
            "minLength": 1,
            "maxLength": fields.ID_LENGTH,
            "description": "Your own id of the event. With your source it is the identity: sent twice, stored once.",
            "examples": ["msg-1842"],
        },
        "at": {
            "type": "string",
            "format": "date-time",
            "description": "When it happened: ISO 8601 with Z or an offset, from "
            f"{fields.EARLIEST:%Y} to {fields.CLOCK_SKEW.seconds // 60} minutes ahead of our clock.",
            "examples": ["2026-03-27T20:04:05+08:00"],
        },
        "kind": {
            "type": "string",
            "enum": sorted(KINDS),
            "description": "What happened.\n\n"
            + "\n".join(f"- `{k}`: {what}" for k, (what, _) in KIND_EXAMPLES.items()),
        },
        "show": _text(fields.NAME_LENGTH, "The show, by its key; left out for reviews and tickets.", "friday-sneakers"),
        "market": _text(fields.MARKET_LENGTH, "The market, by its key; else the source's own.", "de"),
        "viewer": _text(fields.NAME_LENGTH, "Your name or id of the viewer. Only a keyed hash is stored.", "user-77"),
        "text": _text(fields.TEXT_LENGTH, "The viewer's words, as written.", "No sound since the drop?"),
        "lang": _text(35, "BCP 47 tag of the text, if you know it; its first part is kept.", "pt-BR"),
        "value": {
            "type": ["string", "number", "null"],
            "description": f"A plain number: at most {fields.VALUE_DIGITS} digits before the point and "
            f"{fields.VALUE_DECIMALS} after it, not negative (but for `emotion`). Text is kept to the last digit.",
            "examples": ["19.90", 4],
        },
        "currency": _text(3, "ISO 4217 code of the value.", "EUR"),
        "product": _text(fields.NAME_LENGTH, "The product, by your own id.", "sku-4711"),
        "reply_to": _text(
            fields.REPLY_TO_LENGTH,
            "An opaque handle with which you can answer this viewer; of what the shop wrote, that of the comment it "
            "answers.",
            "yt:c:1",
        ),
        "attributes": {
            "type": ["object", "null"],
            "description": f"Anything else: {fields.ATTRIBUTE_VALUES} values, {fields.ATTRIBUTE_DEPTH} levels and "
            f"{fields.ATTRIBUTE_CHARACTERS:,} characters at most. `{fields.RESOLUTION}`: the step of your clock. "
            '`"by": "shop"`: the shop wrote it.',
            "examples": [{"device": "phone"}],
        },
    },
}


# ── answers ──────────────────────────────────────────────────────────────────────────────────────────────────────


class Result(BaseModel):
    """What became of one event."""

    event_id: str | None = Field(description="As sent; null where it could not be read.")
    status: Literal["accepted", "duplicate", "refused"]
    late: bool = Field(False, description="Accepted after its moment was over: in reports, but raises no alarm.")
    field: str | None = Field(None, description="Refused: the field at fault, or `line 7` of NDJSON.")
    reason: str | None = Field(None, description="Refused: what to send instead.")


class Answer(BaseModel):
    """A result for each event, in the order sent. Blank lines of NDJSON have none."""

    accepted: int = Field(description="Durable by the time you read this.")
    duplicate: int = Field(description="Known from before; nothing changed.")
    refused: int = Field(description="Not stored. Sending the same again is refused again.")
    results: list[Result]


class ProblemDetails(BaseModel):
    """RFC 9457. Nothing of the request was stored."""

    title: str
    status: int
    detail: str = Field(description="What to do.")
    line: int | None = Field(None, description="Where the body breaks, from 1.")
    column: int | None = None
    limit: int | None = Field(None, description="The limit that was passed.")
    retry_after: int | None = Field(None, description="Seconds, as in `Retry-After`.")


class SourceCounters(BaseModel):
    source: str
    received: int
    accepted: int
    duplicate: int
    late: int = Field(description="The part of `accepted` that came after its moment was over.")
    refused: int
    last_seen_at: str | None


def _problem(description: str) -> dict[str, Any]:
    return {"description": description, "content": {MEDIA_TYPE: {"schema": ProblemDetails.model_json_schema()}}}


_BEARER = HTTPBearer(auto_error=False, scheme_name="bearer", description="The key of your source.")
_SIGNED = APIKeyHeader(
    name=signing.SIGNATURE_HEADER,
    auto_error=False,
    scheme_name="signature",
    description=f"`v1=` and the hexadecimal HMAC-SHA256 of `v1:{{timestamp}}:{{source}}:` and the raw body, together "
    f"with `{signing.SOURCE_HEADER}` and `{signing.TIMESTAMP_HEADER}`. Good once, for {signing.TOLERANCE_SECONDS} s.",
)
_SECURITY = [Security(_BEARER), Security(_SIGNED)]
_REFUSALS = {401: _problem("The key or the signature is missing, wrong, revoked or too old.")}

_POST_DESCRIPTION = """\
Send one event, an array of events, or NDJSON (one event a line); gzip them if you like. The answer comes when the
accepted events are durable, with a result for each: `accepted`, `duplicate` or `refused` with field and reason. **The
status is 200 also when events were refused**: look at `refused`. A line of NDJSON that is no JSON is refused by itself,
and the others go on; an array that breaks off is refused whole (400).

Sending again is always safe: an event with the same `event_id` is stored once. After 429 and 503 wait `Retry-After`
seconds and send the same request again. Every other 4xx stays what it is until the request is changed.

```sh
curl https://livedesk.example/v1/feedback -H "Authorization: Bearer $KEY" -H "Content-Type: application/json" \\
  -d '{"event_id": "msg-1842", "at": "2026-03-27T20:04:05+08:00", "kind": "chat_comment",
       "show": "friday-sneakers", "market": "de", "viewer": "user-77", "text": "No sound since the drop?"}'

gzip -c events.ndjson | curl https://livedesk.example/v1/feedback -H "Authorization: Bearer $KEY" \\
  -H "Content-Type: application/x-ndjson" -H "Content-Encoding: gzip" --data-binary @-
```

Instead of sending a key, a request can be signed. Sign the bytes that are sent, after any compression:

```python
import hashlib, hmac, time

def headers(source: str, secret: bytes, body: bytes) -> dict[str, str]:
    timestamp = int(time.time())
    code = hmac.new(secret, f"v1:{timestamp}:{source}:".encode() + body, hashlib.sha256).hexdigest()
    return {"Livedesk-Source": source, "Livedesk-Timestamp": str(timestamp), "Livedesk-Signature": f"v1={code}"}
```

```sh
t=$(date +%s)
s=$( (printf 'v1:%s:%s:' "$t" "$SOURCE"; cat body.json) | openssl dgst -sha256 -hmac "$SECRET" -r | cut -d' ' -f1)
curl https://livedesk.example/v1/feedback -H "Content-Type: application/json" -H "Livedesk-Source: $SOURCE" \\
  -H "Livedesk-Timestamp: $t" -H "Livedesk-Signature: v1=$s" --data-binary @body.json
```

A signature is good for five minutes and for one answered request (409 afterwards): sign each attempt anew. While a
secret is rotated, the old and the new one are both good.
"""

_EVENT_EXAMPLES = {kind: {"summary": what, "value": event} for kind, (what, event) in KIND_EXAMPLES.items()}
_TWO_EVENTS = [KIND_EXAMPLES["chat_comment"][1], KIND_EXAMPLES["purchase"][1]]

POST_FEEDBACK: Final[dict[str, Any]] = {
    "operation_id": "postFeedback",
    "tags": ["feedback"],
    "summary": "Send feedback events",
    "description": _POST_DESCRIPTION,
    "dependencies": _SECURITY,
    "response_model": Answer,
    "response_description": "A result for each event, refused ones included.",
    "responses": {
        400: _problem("The body as a whole cannot be read; `line` and `column` say where it breaks."),
        **_REFUSALS,
        403: _problem("The key belongs to another source than the `Livedesk-Source` header names."),
        408: _problem("The body took too long to arrive."),
        409: _problem("The signature was used before."),
        413: _problem("The body, or what it inflates to, is too large, or holds too many events."),
        415: _problem("The content type or encoding is none that can be read."),
        429: _problem("The source sends faster than it may; nothing was stored."),
        503: _problem("The store is not there at the moment; nothing was acknowledged."),
    },
    "openapi_extra": {
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {"oneOf": [EVENT_SCHEMA, {"type": "array", "items": EVENT_SCHEMA}]},
                    "examples": {**_EVENT_EXAMPLES, "array": {"summary": "Several at once", "value": _TWO_EVENTS}},
                },
                "application/x-ndjson": {
                    "schema": {"type": "string", "description": "One event a line; blank lines are skipped."},
                    "example": '{"event_id": "like-1", "at": "2026-03-27T12:04:05Z", "kind": "like"}\n'
                    '{"event_id": "like-2", "at": "2026-03-27T12:04:06Z", "kind": "like"}\n',
                },
            },
        }
    },
}

GET_SOURCE: Final[dict[str, Any]] = {
    "operation_id": "getSource",
    "tags": ["feedback"],
    "summary": "What came from your source so far",
    "description": "Counters of the source that the key or signature (over an empty body) belongs to.",
    "dependencies": _SECURITY,
    "response_model": SourceCounters,
    "responses": {**_REFUSALS, 404: _problem("Nothing came from this source yet.")},
}
