// Slack's text, as nodes: mrkdwn with its tokens, plain text, and enough Markdown for a `markdown` block.

import { h, link } from "./dom.js";
import { full, slackDate } from "./dates.js";
import { emoji, withEmoji } from "./emoji.js";
import { store } from "./store.js";

const unescape = (text) => text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");

// A mark counts only at the edge of a word, as in Slack.
const pair = (mark, name) =>
  `(?<![\\p{L}\\p{N}${mark}])${mark}(?=[^\\s${mark}])(?<${name}>[^\\n]*?[^\\s${mark}]|[^\\s${mark}])${mark}(?![\\p{L}\\p{N}${mark}])`;
const INLINE = new RegExp(
  [
    "```(?<fence>[\\s\\S]+?)```",
    "`(?<code>[^`\\n]+)`",
    "<(?<token>[^<>]+)>",
    pair("\\*", "bold"),
    pair("_", "italic"),
    pair("~", "strike"),
    ":(?<emoji>[a-z0-9_+-]+):",
  ].join("|"),
  "gu",
);

export function mention(kind, id, label) {
  if (kind === "user") {
    const user = store.users.get(id);
    const own = id === store.viewer ? " own" : "";
    return h("span", { class: `mention${own}`, title: user?.real_name ?? id }, `@${user?.name ?? label ?? id}`);
  }
  if (kind === "channel") return h("a", { class: "mention", href: `#/${id}` }, `#${store.channels.get(id)?.name ?? label ?? id}`);
  if (kind === "group") return h("span", { class: "mention" }, `@${store.groups.get(id)?.handle ?? label ?? id}`);
  return h("span", { class: "mention loud" }, `@${id}`);
}

export function dateNode(seconds, format, fallback, url) {
  const shown = slackDate(seconds, format) ?? fallback;
  const node = h("time", { datetime: new Date(seconds * 1000).toISOString(), title: full(seconds) }, shown);
  return url ? link(url, node) : node;
}

function token(inside) {
  const [target, ...rest] = inside.split("|");
  const label = rest.length ? unescape(rest.join("|")) : null;
  if (target.startsWith("@")) return mention("user", target.slice(1), label);
  if (target.startsWith("#")) return mention("channel", target.slice(1), label);
  if (target.startsWith("!subteam^")) return mention("group", target.slice(9), label);
  if (target.startsWith("!date^")) {
    const [, seconds, format, url] = target.split("^");
    if (/^\d+$/.test(seconds ?? "") && format) return dateNode(Number(seconds), unescape(format), label ?? "", url);
    return label ?? "";
  }
  if (target.startsWith("!")) return mention("broadcast", target.slice(1), label);
  return link(unescape(target), label ?? unescape(target));
}

function inline(text) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    const { fence, code, token: inside, bold, italic, strike, emoji: name } = match.groups;
    if (match.index < end) continue;
    nodes.push(unescape(text.slice(end, match.index)));
    end = match.index + match[0].length;
    if (fence !== undefined) nodes.push(h("pre", {}, unescape(fence.replace(/^\n|\n$/g, ""))));
    else if (code !== undefined) nodes.push(h("code", {}, unescape(code)));
    else if (inside !== undefined) nodes.push(token(inside));
    else if (bold !== undefined) nodes.push(h("strong", {}, inline(bold)));
    else if (italic !== undefined) nodes.push(h("em", {}, inline(italic)));
    else if (strike !== undefined) nodes.push(h("s", {}, inline(strike)));
    else nodes.push(emoji(name));
  }
  nodes.push(unescape(text.slice(end)));
  return nodes;
}

/** mrkdwn with its lines; quoted lines are set together. */
export function mrkdwn(text) {
  const nodes = [];
  let quoted = [];
  const close = () => {
    if (quoted.length) nodes.push(h("blockquote", { dir: "auto" }, inline(quoted.join("\n"))));
    quoted = [];
  };
  // Fences span lines, so that they are cut out first.
  for (const part of text.split(/(```[\s\S]+?```)/)) {
    if (part.startsWith("```")) {
      close();
      nodes.push(inline(part));
      continue;
    }
    const plain = [];
    const flush = (kind = "lines") => {
      if (plain.length) nodes.push(h("span", { class: kind, dir: "auto" }, inline(plain.splice(0).join("\n"))));
    };
    for (const line of part.split("\n")) {
      const quote = /^(?:&gt;|>) ?(.*)$/.exec(line);
      if (quote) {
        flush();
        quoted.push(quote[1]);
      } else {
        close();
        const item = line.startsWith("• ");
        if (item) flush();
        plain.push(line);
        if (item) flush("lines bullet"); // so that its second line stands under its first
      }
    }
    flush();
  }
  close();
  return nodes;
}

/** A text object: mrkdwn or plain_text. */
export function textObject(object) {
  if (!object) return [];
  if (object.type === "mrkdwn") return mrkdwn(object.text);
  return [h("span", { class: "lines", dir: "auto" }, object.emoji === false ? object.text : withEmoji(object.text))];
}

const MARKDOWN = /`(?<code>[^`]+)`|\*\*(?<bold>.+?)\*\*|__(?<bold2>.+?)__|\*(?<italic>[^*\s][^*]*)\*|(?<![\p{L}\p{N}])_(?<italic2>[^_]+)_|~~(?<strike>.+?)~~|!?\[(?<label>[^\]]*)\]\((?<url>[^)\s]+)\)/gu;

function markdownInline(text) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(MARKDOWN)) {
    const { code, bold, bold2, italic, italic2, strike, label, url } = match.groups;
    nodes.push(withEmoji(text.slice(end, match.index)));
    end = match.index + match[0].length;
    if (code !== undefined) nodes.push(h("code", {}, code));
    else if (bold ?? bold2) nodes.push(h("strong", {}, markdownInline(bold ?? bold2)));
    else if (italic ?? italic2) nodes.push(h("em", {}, markdownInline(italic ?? italic2)));
    else if (strike) nodes.push(h("s", {}, markdownInline(strike)));
    else nodes.push(link(url, label || url));
  }
  nodes.push(withEmoji(text.slice(end)));
  return nodes;
}

/** Enough Markdown for a `markdown` block: headings, lists, quotes, fences, and what stands in a line. */
export function markdown(text) {
  const nodes = [];
  for (const part of text.split(/(```[\s\S]+?```)/)) {
    if (part.startsWith("```")) {
      nodes.push(h("pre", {}, part.replace(/^```\w*\n?|\n?```$/g, "")));
      continue;
    }
    let list = null;
    for (const line of part.split("\n")) {
      const [, marks, heading] = /^(#{1,6}) (.*)$/.exec(line) ?? [];
      const [, number, item] = /^\s*(?:[-*+]|(\d+)\.) (.*)$/.exec(line) ?? [];
      const [, quote] = /^> ?(.*)$/.exec(line) ?? [];
      if (item === undefined) list = null;
      if (heading !== undefined) nodes.push(h(`h${Math.min(6, marks.length + 2)}`, { dir: "auto" }, markdownInline(heading)));
      else if (item !== undefined) {
        const wanted = number === undefined ? "UL" : "OL";
        if (list?.tagName !== wanted) nodes.push((list = h(wanted.toLowerCase(), { dir: "auto" })));
        list.append(h("li", { dir: "auto" }, markdownInline(item)));
      } else if (quote !== undefined) nodes.push(h("blockquote", { dir: "auto" }, markdownInline(quote)));
      else if (/^(-{3,}|\*{3,})$/.test(line)) nodes.push(h("hr"));
      else if (line.trim()) nodes.push(h("p", { dir: "auto" }, markdownInline(line)));
    }
  }
  return nodes;
}
