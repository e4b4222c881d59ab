// The banner that says what to look at and what to try. Its text comes from whoever runs the sandbox.

import { byId, h } from "./dom.js";
import { mrkdwn } from "./mrkdwn.js";
import { store } from "./store.js";

const narrow = matchMedia("(max-width: 720px)");

function folded() {
  return (localStorage.getItem("guide") ?? (narrow.matches ? "folded" : "open")) === "folded";
}

export function showGuide() {
  const place = byId("guide");
  const guide = store.guide;
  place.hidden = !guide;
  if (!guide) return;
  const fold = h(
    "button",
    {
      type: "button",
      class: "fold",
      "aria-expanded": String(!folded()),
      "aria-controls": "guide-items",
      onclick: () => {
        localStorage.setItem("guide", folded() ? "open" : "folded");
        showGuide();
        place.querySelector(".fold").focus();
      },
    },
    h("span", { class: "guide-title", dir: "auto" }, mrkdwn(guide.title ?? "")),
    guide.items?.length ? h("span", { class: "chevron", "aria-hidden": "true" }, folded() ? "▾" : "▴") : null,
  );
  const done = typeof guide.progress === "number" ? Math.max(0, Math.min(1, guide.progress)) : null;
  const bar =
    done === null
      ? null
      : h("progress", { value: String(done), max: "1", "aria-label": "How far the show is" }, `${Math.round(done * 100)} %`);
  const items = h(
    "ol",
    { id: "guide-items", hidden: folded() || !guide.items?.length },
    (guide.items ?? []).map((item) => h("li", { dir: "auto" }, mrkdwn(String(item)))),
  );
  place.replaceChildren(fold, bar ?? "", items);
}
