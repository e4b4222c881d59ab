// The list of messages of a channel or thread. Only what changed is drawn again, so that nothing jumps or loses focus.

import { h, toast } from "./dom.js";
import { renderBlocks, sized } from "./blocks.js";
import { day, dayKey, full, time } from "./dates.js";
import { emoji } from "./emoji.js";
import { mrkdwn } from "./mrkdwn.js";
import { act, ask, store } from "./store.js";

const TOGETHER = 300; // seconds in which messages of one person stand under one name
const SHOWN = 200;

export function avatar(user, size = "") {
  if (user?.is_bot) return h("img", { class: `avatar ${size}`, src: "/page/mark.svg", alt: "" });
  const name = user?.real_name ?? "?";
  const initials = name.split(/\s+/).map((word) => [...word][0]).slice(0, 2).join("");
  const tone = [...(user?.id ?? "")].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 8;
  return h("span", { class: `avatar tone-${tone} ${size}`, "aria-hidden": "true" }, initials);
}

export class MessageList {
  /** `place`: the scrolling element. `thread`: the parent's ts, or null for a channel. */
  constructor(place, { thread = null, openThread }) {
    this.place = place;
    this.stream = h("div", { class: "stream" });
    place.replaceChildren(this.stream);
    this.thread = thread;
    this.openThread = openThread;
    this.drawn = new Map(); // ts → {told, node}
    this.channel = null;
    this.fresh = true;
    // Whoever reads the newest stays with the newest, also when a picture arrives or the field grows.
    this.atEnd = true;
    this.sizes = "";
    place.addEventListener("scroll", () => {
      if (this.sizes !== this.measured()) return; // it was the layout that moved, and not the reader
      this.atEnd = place.scrollHeight - place.scrollTop - place.clientHeight < 60;
    });
    const observer = new ResizeObserver(() => {
      this.sizes = this.measured();
      if (this.atEnd) this.toEnd();
    });
    observer.observe(this.stream);
    observer.observe(place);
  }

  measured() {
    return `${this.place.scrollHeight}/${this.place.clientHeight}`;
  }

  toEnd() {
    this.place.scrollTop = this.place.scrollHeight;
    this.atEnd = true;
  }

  show(channel, thread = null) {
    this.channel = channel;
    this.thread = thread;
    this.drawn.clear();
    this.stream.replaceChildren();
    this.fresh = true;
  }

  /** Fetch and draw. Returns the newest ts. */
  async load() {
    const { channel, thread } = this;
    const query = { channel, thread, viewer: store.viewer, last: SHOWN };
    const messages = await ask("messages", query);
    if (channel !== this.channel || thread !== this.thread) return null;
    const stay = this.atEnd || this.fresh;
    this.draw(messages);
    if (stay) this.toEnd();
    this.fresh = false;
    return messages.at(-1)?.ts ?? null;
  }

  draw(messages) {
    const wanted = [];
    const kept = new Map();
    let previous = null;
    for (const message of messages) {
      if (!previous || dayKey(previous.shown_at) !== dayKey(message.shown_at)) {
        const label = day(message.shown_at);
        wanted.push(h("div", { class: "day", role: "separator" }, h("span", {}, label)));
        previous = null;
      }
      const follows =
        previous?.user === message.user && message.shown_at - previous.shown_at < TOGETHER && !message.visible_to && !previous.visible_to;
      const told = JSON.stringify([message, follows, store.viewer]);
      const before = this.drawn.get(message.ts);
      const node = before?.told === told ? before.node : this.node(message, follows);
      if (!before && !this.fresh) node.classList.add("new");
      kept.set(message.ts, { told, node });
      wanted.push(node);
      previous = message;
    }
    this.drawn = kept;
    if (!messages.length) wanted.push(h("p", { class: "empty" }, "Nothing has been said here yet."));
    const focused = document.activeElement?.dataset?.action;
    const within = document.activeElement?.closest?.("article")?.dataset.ts;
    reconcile(this.stream, wanted);
    if (focused && within && !document.activeElement?.closest?.("article")) {
      const again = this.drawn.get(within)?.node;
      (again?.querySelector(`[data-action="${CSS.escape(focused)}"]`) ?? again)?.focus();
    }
  }

  node(message, follows) {
    const user = store.users.get(message.user);
    const slack = message.user === "USLACKBOT";
    const edited = message.edited ? h("span", { class: "edited" }, "(edited)") : null;
    const surface = {
      pictures: message.pictures,
      press: async (block, element, chosen) => {
        const body = { user: store.viewer, channel: this.channel, ts: message.ts, block_id: block.block_id, action_id: element.action_id, value: element.value, chosen };
        try {
          await act("click", { ...body, until: "ack", timeout: 5 });
        } catch (error) {
          toast(error.message);
        }
      },
    };
    return h(
      "article",
      { class: `message${follows ? " follows" : ""}${message.visible_to ? " ephemeral" : ""}`, "data-ts": message.ts, tabindex: "-1" },
      h("div", { class: "gutter" }, follows ? h("time", { class: "small" }, time(message.shown_at)) : avatar(slack ? null : user)),
      h(
        "div",
        { class: "body" },
        message.visible_to ? h("p", { class: "private" }, h("span", { "aria-hidden": "true" }, "◉ "), "Only visible to you") : null,
        follows
          ? null
          : h(
              "header",
              { class: "by" },
              h("strong", { dir: "auto" }, slack ? "Slackbot" : user?.real_name ?? message.user),
              user?.is_bot ? h("span", { class: "tag" }, "App") : null,
              h("time", { datetime: new Date(message.shown_at * 1000).toISOString(), title: full(message.shown_at) }, time(message.shown_at)),
              edited,
            ),
        this.content(message, surface),
        follows ? edited : null,
        this.reactions(message),
        this.thread === null && !message.visible_to ? this.replies(message) : null,
      ),
    );
  }

  content(message, surface) {
    const nodes = [];
    if (message.blocks?.length) nodes.push(h("div", { class: "blocks" }, renderBlocks(message.blocks, surface)));
    else if (message.text) nodes.push(h("div", { class: "text" }, mrkdwn(message.text)));
    for (const attachment of message.attachments ?? []) {
      const words = attachment.text ?? attachment.fallback;
      const node = h(
        "div",
        { class: "attachment" },
        words ? h("div", { class: "text" }, mrkdwn(words)) : null,
        attachment.blocks ? h("div", { class: "blocks" }, renderBlocks(attachment.blocks, surface)) : null,
      );
      if (/^#[0-9a-f]{6}$/i.test(attachment.color ?? "")) node.style.borderInlineStartColor = attachment.color;
      nodes.push(node);
    }
    for (const file of message.files ?? []) nodes.push(this.file(file));
    return nodes;
  }

  file(file) {
    const { pathname } = new URL(file.url_private);
    if (!file.mimetype.startsWith("image/")) {
      return h("a", { class: "file", href: pathname }, h("strong", { dir: "auto" }, file.title), h("span", {}, `${file.pretty_type} · ${file.size} bytes`));
    }
    const image = sized(h("img", { src: pathname, alt: file.alt_txt || file.title, class: "large", loading: "lazy" }), file);
    return h("figure", { class: "image" }, h("figcaption", { dir: "auto" }, file.title), h("a", { href: pathname, target: "_blank", rel: "noopener" }, image));
  }

  reactions(message) {
    if (!message.reactions?.length) return null;
    return h("div", { class: "reactions" }, message.reactions.map((one) => h("span", {}, `${emoji(one.name)} ${one.count}`)));
  }

  replies(message) {
    if (message.subtype === "thread_broadcast") {
      return h("button", { type: "button", class: "replies", onclick: () => this.openThread(message.thread_ts) }, "From a thread");
    }
    const count = message.reply_count ?? 0;
    const words = count === 1 ? "1 reply" : `${count} replies`;
    const open = () => this.openThread(message.ts);
    if (!count) return h("button", { type: "button", class: "reply", onclick: open }, "Reply in thread");
    const faces = message.reply_users.slice(0, 4).map((user) => avatar(store.users.get(user), "mini"));
    return h("button", { type: "button", class: "replies", onclick: open }, faces, h("span", {}, words));
  }
}

/** Make the children of `place` the wanted nodes, moving nothing that is already right. */
function reconcile(place, wanted) {
  const keep = new Set(wanted);
  for (const child of [...place.childNodes]) if (!keep.has(child)) child.remove();
  wanted.forEach((node, index) => {
    if (place.childNodes[index] !== node) place.insertBefore(node, place.childNodes[index] ?? null);
  });
}
