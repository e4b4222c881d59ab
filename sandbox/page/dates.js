// Times as one person sees them: in their zone, in their locale.

import { shownNow, viewer } from "./store.js";

function formatted(seconds, options) {
  const { tz, locale } = viewer();
  try {
    return new Intl.DateTimeFormat(locale, { timeZone: tz, ...options }).format(new Date(seconds * 1000));
  } catch {
    return new Intl.DateTimeFormat("en-US", { timeZone: "UTC", ...options }).format(new Date(seconds * 1000));
  }
}

export const time = (seconds) => formatted(seconds, { hour: "numeric", minute: "2-digit" });
export const dayKey = (seconds) =>
  new Intl.DateTimeFormat("en-CA", { timeZone: viewer().tz, dateStyle: "short" }).format(new Date(seconds * 1000));
export const full = (seconds) => formatted(seconds, { dateStyle: "full", timeStyle: "medium" });

const WALL = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };

/** An instant as a date and time on the viewer's clock: `2026-03-06T09:00`. */
export function wall(seconds) {
  const parts = new Intl.DateTimeFormat("en-US", { timeZone: viewer().tz, ...WALL }).formatToParts(new Date(seconds * 1000));
  const of = Object.fromEntries(parts.map((part) => [part.type, part.value]));
  return `${of.year}-${of.month}-${of.day}T${of.hour}:${of.minute}`;
}

/** The instant of such a date and time; null when it is none. A time that clocks skip moves forward. */
export function instant(text) {
  const asked = Date.parse(`${text}Z`) / 1000;
  if (Number.isNaN(asked)) return null;
  const ahead = (seconds) => Date.parse(`${wall(seconds)}Z`) / 1000 - Math.floor(seconds / 60) * 60;
  const first = asked - ahead(asked);
  return asked - ahead(first);
}

/** Today, Yesterday, or the day's name: the line between two days. */
export function day(seconds) {
  return pretty(seconds, () => formatted(seconds, { weekday: "long", month: "long", day: "numeric" }));
}

function pretty(seconds, otherwise) {
  const now = shownNow();
  const names = new Intl.RelativeTimeFormat(viewer().locale, { numeric: "auto" });
  for (const offset of [0, -1, 1]) {
    if (dayKey(seconds) === dayKey(now + offset * 86400)) {
      const word = names.format(offset, "day");
      return word.charAt(0).toLocaleUpperCase(viewer().locale) + word.slice(1);
    }
  }
  return otherwise();
}

const DATES = {
  date_num: { year: "numeric", month: "2-digit", day: "2-digit" },
  date: { year: "numeric", month: "long", day: "numeric" },
  date_short: { year: "numeric", month: "short", day: "numeric" },
  date_long: { weekday: "long", year: "numeric", month: "long", day: "numeric" },
};

/** Slack's `<!date^…>` format, filled in. Formats it does not know give null, and the fallback is shown. */
export function slackDate(seconds, format) {
  let known = true;
  const text = format.replace(/\{(\w+)\}/g, (_, name) => {
    if (name === "time") return time(seconds);
    if (name === "time_secs") return formatted(seconds, { hour: "numeric", minute: "2-digit", second: "2-digit" });
    if (name === "ago") return ago(seconds);
    const plain = name.replace(/_pretty$/, "");
    if (!(plain in DATES)) {
      known = false;
      return "";
    }
    const date = () => formatted(seconds, DATES[plain]);
    return plain === name ? date() : pretty(seconds, date);
  });
  return known ? text : null;
}

function ago(seconds) {
  const gone = Math.round(seconds - shownNow());
  const names = new Intl.RelativeTimeFormat(viewer().locale, { numeric: "auto" });
  for (const [unit, size] of [["day", 86400], ["hour", 3600], ["minute", 60]]) {
    if (Math.abs(gone) >= size) return names.format(Math.trunc(gone / size), unit);
  }
  return names.format(gone, "second");
}
