// The message field: sends messages and slash commands, and offers what can be typed.

import { h, toast } from "./dom.js";
import { act, store } from "./store.js";

let made = 0;

export class Composer {
  /** `where()` gives {channel, thread}; `sent()` is called after something was sent. */
  constructor(place, { where, sent, placeholder }) {
    this.where = where;
    this.sent = sent;
    this.offers = [];
    this.chosen = -1;
    const id = `offers-${++made}`;
    this.list = h("ul", { id, role: "listbox", class: "offers", "aria-label": "Suggestions", hidden: true });
    this.field = h("textarea", {
      id: place.id === "composer" ? "composer-text" : null,
      rows: "1",
      dir: "auto",
      placeholder,
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": id,
      "aria-label": placeholder,
      oninput: () => this.changed(),
      onkeydown: (event) => this.pressed(event),
      onblur: () => setTimeout(() => this.offer([]), 150),
    });
    this.button = h("button", { type: "submit", class: "send", "aria-label": "Send", disabled: true }, "➤");
    place.replaceChildren(
      h("form", { class: "composer", onsubmit: (event) => (event.preventDefault(), this.send()) }, this.list, this.field, this.button),
    );
  }

  relabel(placeholder) {
    this.field.placeholder = placeholder;
    this.field.setAttribute("aria-label", placeholder);
  }

  changed() {
    this.field.style.height = "auto";
    this.field.style.height = `${Math.min(this.field.scrollHeight, 180)}px`;
    this.button.disabled = !this.field.value.trim();
    this.offer(this.matching(this.field.value.slice(0, this.field.selectionStart)));
  }

  /** What fits what was typed so far: whole command lines, or people after an @. */
  matching(before) {
    const { thread } = this.where();
    if (/^\/\S*/.test(before) && !thread) {
      const lines = [];
      for (const command of store.commands) {
        const all = command.suggestions.length ? command.suggestions : [command.command];
        for (const line of all) lines.push({ text: line, hint: line === all[0] ? command.description : "", usage: command.usage_hint });
      }
      const typed = before.toLowerCase();
      return lines.filter((one) => one.text.startsWith(typed) && one.text !== typed).slice(0, 9);
    }
    const [, name] = /(?:^|\s)@(\w*)$/.exec(before) ?? [];
    if (name === undefined) return [];
    return [...store.users.values()]
      .filter((user) => user.name.startsWith(name.toLowerCase()) || user.real_name.toLowerCase().startsWith(name.toLowerCase()))
      .slice(0, 6)
      .map((user) => ({ text: `@${user.name} `, hint: user.real_name, replaces: name.length + 1 }));
  }

  offer(offers) {
    this.offers = offers;
    this.chosen = offers.length ? 0 : -1;
    this.list.hidden = !offers.length;
    this.field.setAttribute("aria-expanded", String(offers.length > 0));
    this.list.replaceChildren(
      ...offers.map((offer, index) =>
        h(
          "li",
          {
            role: "option",
            id: `${this.list.id}-${index}`,
            onpointerdown: (event) => {
              event.preventDefault();
              this.take(index);
            },
          },
          h("span", { class: "what" }, offer.text),
          h("span", { class: "hint" }, offer.hint),
        ),
      ),
    );
    this.point();
  }

  point() {
    [...this.list.children].forEach((item, index) => item.setAttribute("aria-selected", String(index === this.chosen)));
    this.list.children[this.chosen]?.scrollIntoView({ block: "nearest" });
    if (this.chosen >= 0) this.field.setAttribute("aria-activedescendant", `${this.list.id}-${this.chosen}`);
    else this.field.removeAttribute("aria-activedescendant");
  }

  take(index) {
    const { text, replaces } = this.offers[index];
    const at = this.field.selectionStart;
    const start = replaces === undefined ? 0 : at - replaces;
    this.field.setRangeText(text, start, at, "end");
    this.changed();
    this.offer([]);
    this.field.focus();
  }

  pressed(event) {
    if (event.isComposing) return; // an input method is still at work: Enter is its own
    const open = this.offers.length > 0;
    if (open && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.chosen = (this.chosen + step + this.offers.length) % this.offers.length;
      this.point();
    } else if (open && event.key === "Tab" && !event.shiftKey) {
      event.preventDefault();
      this.take(this.chosen);
    } else if (open && event.key === "Escape") {
      event.preventDefault();
      this.offer([]);
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      const offer = this.offers[this.chosen];
      const whole = store.commands.some((one) => one.command === this.field.value.trim().split(" ")[0]);
      if (open && (offer.replaces !== undefined || !whole)) this.take(this.chosen);
      else this.send();
    }
  }

  async send() {
    const text = this.field.value.trim();
    if (!text) return;
    const { channel, thread } = this.where();
    this.field.value = "";
    this.changed();
    try {
      if (text.startsWith("/")) {
        await act("command", { user: store.viewer, channel, text, thread, until: "ack", timeout: 5 });
      } else {
        await act("say", { user: store.viewer, channel, text, thread, typed: true });
      }
      this.sent();
    } catch (error) {
      toast(error.message);
      if (!this.field.value) {
        this.field.value = text; // nothing that somebody wrote is lost
        this.changed();
      }
    }
  }
}
