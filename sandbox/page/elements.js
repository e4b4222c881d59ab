// What can be pressed, chosen or filled in. In a message, pressing goes to the bot; in a modal, values are collected.

import { instant, wall } from "./dates.js";
import { byId, h, link } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { textObject } from "./mrkdwn.js";
import { store } from "./store.js";

/** Ask before something is done; true when confirmed. */
export function confirmed(object) {
  if (!object) return Promise.resolve(true);
  const dialog = byId("confirm");
  return new Promise((resolve) => {
    const close = (yes) => () => {
      dialog.close();
      resolve(yes);
    };
    dialog.oncancel = close(false);
    dialog.replaceChildren(
      h("h2", { id: "confirm-title", dir: "auto" }, object.title.text),
      h("div", { class: "text" }, textObject(object.text)),
      h(
        "div",
        { class: "buttons" },
        h("button", { type: "button", class: "button", onclick: close(false) }, object.deny.text),
        h(
          "button",
          { type: "button", class: `button ${object.style === "danger" ? "danger" : "primary"}`, onclick: close(true) },
          object.confirm.text,
        ),
      ),
    );
    dialog.showModal();
  });
}

/** The node for an element. `surface.press(block, element, chosen)` is called when it is used. */
export function control(block, element, surface) {
  const make = CONTROLS[element.type] ?? (element.type.endsWith("_select") ? select : null);
  if (!make) return h("span", { class: "labelled" }, h("span", { class: "label" }, `Element “${element.type}”`));
  const node = make(block, element, surface);
  node.dataset.action = element.action_id ?? "";
  return node;
}

async function use(node, block, element, surface, chosen) {
  if (!(await confirmed(element.confirm))) return;
  node.setAttribute("aria-busy", "true");
  node.disabled = true;
  try {
    await surface.press(block, element, chosen);
  } finally {
    node.removeAttribute("aria-busy");
    node.disabled = false;
  }
}

function button(block, element, surface) {
  const style = element.style === "primary" || element.style === "danger" ? ` ${element.style}` : "";
  const node = h(
    "button",
    {
      type: "button",
      class: `button${style}`,
      dir: "auto",
      "aria-label": element.accessibility_label ?? null,
      onclick: () => use(node, block, element, surface, null),
    },
    withEmoji(element.text.text),
  );
  return element.url ? h("span", {}, link(element.url, withEmoji(element.text.text))) : node;
}

function optionsOf(element) {
  if (element.type.includes("users_")) {
    return [...store.users.values()].filter((user) => !user.is_bot).map((user) => [user.id, user.real_name]);
  }
  if (element.type.includes("channels_") || element.type.includes("conversations_")) {
    return [...store.channels.values()].filter((one) => one.kind !== "im").map((one) => [one.id, `#${one.name}`]);
  }
  const groups = element.option_groups ?? [{ options: element.options ?? [] }];
  return groups.flatMap((group) => group.options.map((one) => [one.value, one.text.text]));
}

function startOf(element) {
  for (const [name, value] of Object.entries(element)) {
    if (name === "initial_option") return value.value;
    if (name === "initial_options") return value.map((one) => one.value);
    if (name.startsWith("initial_")) return value;
  }
  return element.type.startsWith("multi_") || element.type === "checkboxes" ? [] : "";
}

/** Remember a value for the submission, and tell the bot when the element acts at once. */
function changed(node, block, element, surface, value) {
  if (surface.values) surface.values[element.action_id] = value;
  if (block.type !== "input" || block.dispatch_action) use(node, block, element, surface, value);
}

const valueOf = (element, surface) => surface.values?.[element.action_id] ?? startOf(element);

function select(block, element, surface) {
  const several = element.type.startsWith("multi_");
  const value = valueOf(element, surface);
  const chosen = new Set([value].flat());
  const node = h(
    "select",
    {
      multiple: several,
      "aria-label": block.type === "input" ? null : element.placeholder?.text ?? "Choose",
      onchange: () => {
        const values = [...node.selectedOptions].map((one) => one.value);
        changed(node, block, element, surface, several ? values : values[0]);
      },
    },
    several ? null : h("option", { value: "", disabled: true, selected: !value }, element.placeholder?.text ?? "Choose…"),
    optionsOf(element).map(([id, label]) => h("option", { value: id, selected: chosen.has(id) }, withEmoji(label))),
  );
  return node;
}

function overflow(block, element, surface) {
  const node = h(
    "details",
    { class: "overflow" },
    h("summary", { class: "button", "aria-label": "More actions" }, "⋯"),
    h(
      "div",
      { class: "menu" },
      element.options.map((option) =>
        h(
          "button",
          {
            type: "button",
            dir: "auto",
            onclick: () => {
              node.open = false;
              use(node, block, element, surface, option.value);
            },
          },
          withEmoji(option.text.text),
        ),
      ),
    ),
  );
  return node;
}

function typed(type) {
  return (block, element, surface) => {
    const node = h(element.multiline ? "textarea" : "input", {
      type: element.multiline ? null : type,
      rows: element.multiline ? "4" : null,
      dir: "auto",
      placeholder: element.placeholder?.text ?? null,
      maxlength: element.max_length ?? null,
      oninput: () => {
        if (surface.values) surface.values[element.action_id] = node.value;
      },
      onchange: () => {
        if (block.type !== "input" || block.dispatch_action) use(node, block, element, surface, node.value);
      },
    });
    node.value = valueOf(element, surface);
    return node;
  };
}

/** A date and a time on the viewer's clock; its value is seconds since 1970. */
function dateTime(block, element, surface) {
  const taken = () => (node.value ? instant(node.value) : null);
  const node = h("input", {
    type: "datetime-local",
    oninput: () => {
      if (surface.values) surface.values[element.action_id] = taken();
    },
    onchange: () => {
      if (block.type !== "input" || block.dispatch_action) use(node, block, element, surface, taken());
    },
  });
  const value = valueOf(element, surface);
  node.value = value ? wall(value) : "";
  return node;
}

function ticked(type) {
  return (block, element, surface) => {
    const chosen = new Set([valueOf(element, surface)].flat());
    const node = h(
      "fieldset",
      { class: "ticks" },
      element.options.map((option) =>
        h(
          "label",
          {},
          h("input", {
            type,
            name: `${block.block_id}-${element.action_id}`,
            value: option.value,
            checked: chosen.has(option.value),
            onchange: () => {
              const values = [...node.querySelectorAll("input:checked")].map((one) => one.value);
              changed(node, block, element, surface, type === "radio" ? values[0] : values);
            },
          }),
          h("span", {}, textObject(option.text), option.description ? h("small", {}, textObject(option.description)) : null),
        ),
      ),
    );
    return node;
  };
}

const CONTROLS = {
  button,
  workflow_button: button,
  overflow,
  plain_text_input: typed("text"),
  email_text_input: typed("email"),
  url_text_input: typed("url"),
  number_input: typed("number"),
  datepicker: typed("date"),
  timepicker: typed("time"),
  datetimepicker: dateTime,
  checkboxes: ticked("checkbox"),
  radio_buttons: ticked("radio"),
};
