// The emoji names a bot is likely to write. Others are shown as they were written, between colons.

const NAMES = {
  "+1": "👍", "-1": "👎", alarm_clock: "⏰", angry: "😠", arrow_down: "⬇️", arrow_right: "➡️", arrow_up: "⬆️",
  bar_chart: "📊", bell: "🔔", blush: "😊", boom: "💥", broken_heart: "💔", bulb: "💡", calendar: "📆",
  chart_with_downwards_trend: "📉", chart_with_upwards_trend: "📈", clap: "👏", clipboard: "📋", clock1: "🕐",
  credit_card: "💳", cry: "😢", earth_americas: "🌎", earth_asia: "🌏", earth_africa: "🌍", exclamation: "❗",
  eyes: "👀", fire: "🔥", flags: "🎏", gift: "🎁", globe_with_meridians: "🌐", green_circle: "🟢", hammer: "🔨",
  handshake: "🤝", hatching_chick: "🐣", heart: "❤️", heart_eyes: "😍", heavy_check_mark: "✔️", hourglass: "⌛",
  hourglass_flowing_sand: "⏳", information_source: "ℹ️", joy: "😂", large_blue_circle: "🔵",
  large_green_circle: "🟢", large_orange_circle: "🟠", large_red_circle: "🔴", large_yellow_circle: "🟡",
  link: "🔗", lock: "🔒", loud_sound: "🔊", loudspeaker: "📢", mag: "🔍", mega: "📣", memo: "📝", moon: "🌔",
  moneybag: "💰", mute: "🔇", no_bell: "🔕", no_entry: "⛔", ok: "🆗", ok_hand: "👌", orange_circle: "🟠",
  package: "📦", pager: "📟", pensive: "😔", phone: "☎️", point_right: "👉", pray: "🙏", pushpin: "📌",
  question: "❓", rage: "😡", raised_hands: "🙌", red_circle: "🔴", repeat: "🔁", rocket: "🚀",
  rotating_light: "🚨", scroll: "📜", see_no_evil: "🙈", shopping_trolley: "🛒", siren: "🚨", sleeping: "😴",
  slightly_smiling_face: "🙂", smile: "😄", sob: "😭", sos: "🆘", sparkles: "✨", speech_balloon: "💬", star: "⭐",
  stopwatch: "⏱️", sun_with_face: "🌞", sunny: "☀️", sunrise: "🌅", tada: "🎉", thinking_face: "🤔",
  thumbsdown: "👎", thumbsup: "👍", truck: "🚚", tv: "📺", video_camera: "📹", warning: "⚠️", wave: "👋",
  white_check_mark: "✅", white_circle: "⚪", wrench: "🔧", x: "❌", yellow_circle: "🟡", yum: "😋", zap: "⚡",
  zzz: "💤",
};

export function emoji(name, unicode) {
  if (unicode) {
    const points = unicode.split("-").map((point) => Number.parseInt(point, 16));
    if (points.every((point) => point > 0 && point <= 0x10ffff)) return String.fromCodePoint(...points);
  }
  return NAMES[name] ?? `:${name}:`;
}

/** A text with every emoji name it holds replaced. */
export const withEmoji = (text) => text.replace(/:([a-z0-9_+-]+):/g, (whole, name) => NAMES[name] ?? whole);
