"""One text in, one `Reading` out: language, redaction, sentiment, intent, complaint categories.

Nothing here calls anyone and nothing a viewer writes stops it: every text gets a reading in bounded time. Texts that
were read lately are remembered by their cleaned form, since live chat says the same things over and over.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from threading import Lock

from analytics.language import ScriptAndWords
from analytics.privacy import PatternRedactor
from analytics.reading import IntentModel, LanguageModel, Reading, Redactor, Said, SentimentModel
from analytics.sentiment import label
from analytics.text import LIMIT, clean, clip
from analytics.trained import Eyes, TrainedIntent, TrainedSentiment
from analytics.vocabulary import LANGUAGES
from analytics.vocabulary.teams import TeamWords

SLICE = 512  # texts read between two looks at the cache: sorted by language, so more at once are quicker, up to here
REMEMBERED = 20_000  # readings; about 20 MB
_KEEP_RAW = 4 * LIMIT  # characters of a flood that are cleaned at all
# A sure complaint is not good news, however politely or sarcastically it is put ("great, no sound again").
_SURE_COMPLAINT, _COMPLAINT_AT_MOST = 0.8, -0.2
_KNOWN = 64  # teams' vocabularies whose models are kept: far more than one configuration has

_Key = tuple[str, str | None, tuple[str, ...], tuple[str, ...]]


class Understanding:
    """Reads texts with four models. Threads may share it; models load at the first text that needs them."""

    def __init__(
        self,
        language: LanguageModel | None = None,
        redactor: Redactor | None = None,
        sentiment: SentimentModel | None = None,
        intent: IntentModel | None = None,
        remembered: int = REMEMBERED,
    ) -> None:
        """`remembered` is how many readings are kept; 0 keeps none."""
        self._language = language or ScriptAndWords()
        self._redactor = redactor or PatternRedactor()
        eyes = Eyes()  # both models look at the same things
        self._sentiment = sentiment or TrainedSentiment(eyes)
        self._intent = intent or TrainedIntent(eyes)
        self.version = "/".join(
            model.version for model in (self._language, self._redactor, self._sentiment, self._intent)
        )
        self._recent = _Recent(remembered)
        self._knowing: dict[str, Understanding] = {}

    @property
    def unreadable(self) -> int:
        """Texts on which a model failed; a defect to look into, never a reason to stop."""
        return self._recent.unreadable

    def knowing(self, words: TeamWords) -> Understanding:
        """This understanding with a team's own words: the same memory, languages and redaction, another `version`.

        It is made once for each set of words, so that the models behind it are too.
        """
        if not words:
            return self
        found = self._knowing.get(words.version)
        if found is None:
            eyes = Eyes(words)
            found = Understanding(self._language, self._redactor, TrainedSentiment(eyes), TrainedIntent(eyes))
            found.version += f"/words-{words.version}"
            found._recent = self._recent
            if len(self._knowing) >= _KNOWN:
                self._knowing.clear()  # nobody has so many at once: what is there is of files long changed
            found = self._knowing.setdefault(words.version, found)
        return found

    def read(self, batch: Sequence[Said]) -> list[Reading]:
        """A reading for each text, in order.

        >>> reading = Understanding().read([Said("付款一直失败，怎么回事？")])[0]
        >>> reading.lang, reading.intent, reading.category
        ('zh', 'complaint', 'payment')
        """
        out: list[Reading] = []
        for start in range(0, len(batch), SLICE):
            out += self._read_slice(batch[start : start + SLICE])
        return out

    def warm(self, languages: Iterable[str] = LANGUAGES) -> None:
        """Load models and vocabularies before the first comment needs them (about 2 s of CPU for all languages)."""
        for lang in languages:
            self._sentiment.score(["ok"], [lang])
            self._intent.classify(["ok"], [lang], [0.0])
        self._language.identify([Said("kimono zebra")])  # words that no list names, so the model itself is asked
        for text in ("7", "a.b", "a.b 7"):  # numbers, names, both: each has a pattern
            self._redactor.redact(text)

    def read_redacted(self, batch: Sequence[tuple[str, str]]) -> list[Reading]:
        """A reading for each (redacted text, language): sentiment, intent and categories anew, the rest as it was."""
        out: list[Reading] = []
        for start in range(0, len(batch), SLICE):
            some = batch[start : start + SLICE]
            try:
                out += self._judged([text for text, _ in some], [lang for _, lang in some])
            except Exception:  # as in `_understand`: one text must not take the others with it
                out += [self._judged_alone(text, lang) for text, lang in some]
        return out

    def _read_slice(self, batch: Sequence[Said]) -> list[Reading]:
        keys: list[_Key] = [(_shortened(said.text), said.lang, said.market_languages, said.earlier) for said in batch]
        known = self._recent.find(self.version, keys)
        new = [key for key in dict.fromkeys(keys) if key not in known]
        made = dict(zip(new, self._understand(new), strict=True))
        self._recent.keep(self.version, made)
        known |= made
        return [known[key] for key in keys]

    def _understand(self, new: list[_Key]) -> list[Reading]:
        try:
            return self._read_new(new)
        except Exception:  # a defect of a model on one text must never stop a show: find it, mark it, read the others
            return [self._alone(key) for key in new]

    def _alone(self, key: _Key) -> Reading:
        try:
            return self._read_new([key])[0]
        except Exception:  # counted there, so that a defect is seen
            return self._unreadable()

    def _judged_alone(self, text: str, lang: str) -> Reading:
        try:
            return self._judged([text], [lang])[0]
        except Exception:  # counted there, so that a defect is seen
            return self._unreadable()

    def _unreadable(self) -> Reading:
        """Counted, and shown without its words, which could not be redacted."""
        self._recent.count_unreadable()
        return Reading("und", 0.0, "neutral", "other", 0.0, (), "[unreadable]", self.version)

    def _read_new(self, keys: list[_Key]) -> list[Reading]:
        langs = self._language.identify([Said(*key) for key in keys])
        return self._judged([self._redactor.redact(key[0]) for key in keys], langs)

    def _judged(self, redacted: list[str], langs: list[str]) -> list[Reading]:
        scores = self._sentiment.score(redacted, langs)
        classified = self._intent.classify(redacted, langs, scores)
        readings = []
        for lang, shown, raw_score, (intent, confidence, categories) in zip(
            langs, redacted, scores, classified, strict=True
        ):
            score = round(max(-1.0, min(1.0, raw_score)), 4)
            if intent == "complaint" and confidence >= _SURE_COMPLAINT:
                score = min(score, _COMPLAINT_AT_MOST)
            readings.append(Reading(lang, score, label(score), intent, confidence, categories, shown, self.version))
        return readings


class _Recent:
    """The readings of late, by the models that made them; shared by all that know the same models."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._readings: OrderedDict[tuple[str, _Key], Reading] = OrderedDict()
        self._lock = Lock()
        self.unreadable = 0

    def find(self, version: str, keys: Iterable[_Key]) -> dict[_Key, Reading]:
        found: dict[_Key, Reading] = {}
        with self._lock:
            for key in keys:
                if (reading := self._readings.get((version, key))) is not None:
                    self._readings.move_to_end((version, key))
                    found[key] = reading
        return found

    def keep(self, version: str, made: Mapping[_Key, Reading]) -> None:
        with self._lock:
            for key, reading in made.items():
                self._readings[version, key] = reading
            while len(self._readings) > self._most:
                self._readings.popitem(last=False)

    def count_unreadable(self) -> None:
        with self._lock:
            self.unreadable += 1


def _shortened(text: str) -> str:
    """Cleaned, and cut where it is a flood: what stands behind the cut is neither read nor shown."""
    return clip(clean(text[:_KEEP_RAW]))
