// Modals and the Home tab.

import { byId, h, toast } from "./dom.js";
import { renderBlocks } from "./blocks.js";
import { act, ask, store } from "./store.js";

const typed = new Map(); // view id → values by action id, so that a redrawn modal keeps them
const refused = new Map(); // view id → what was wrong with them when they were last sent, kept in the same way
let drawn = null; // what the dialog shows now: the view's hash and what was refused

function surfaceOf(view, errors = {}) {
  if (!typed.has(view.id)) typed.set(view.id, {});
  const values = typed.get(view.id);
  return {
    values,
    errors,
    pictures: [],
    press: async (block, element, chosen) => {
      const body = { user: store.viewer, view_id: view.id, action_id: element.action_id, block_id: block.block_id, chosen, values };
      try {
        const told = await act("click", { ...body, until: "ack", timeout: 5 });
        if (told.error) toast(`This action failed with the error “${told.error}”`);
      } catch (error) {
        toast(error.message);
      }
    },
  };
}

/** Draw the viewer's top modal, or close the dialog. */
export async function showModal() {
  const { views } = await ask("views", { user: store.viewer });
  const dialog = byId("modal");
  const view = views.at(-1);
  if (!view) {
    if (dialog.open) dialog.close();
    typed.clear();
    refused.clear();
    drawn = null;
    return;
  }
  const errors = refused.get(view.id);
  // Drawn anew while somebody types, a field would lose what is selected in it.
  if (dialog.open && drawn?.id === view.id && drawn.hash === view.hash && drawn.errors === errors) return;
  drawn = { id: view.id, hash: view.hash, errors };
  const close = async () => {
    await act("close_view", { user: store.viewer });
    await showModal();
  };
  dialog.oncancel = (event) => {
    event.preventDefault();
    close();
  };
  const submit = async (event) => {
    event.preventDefault();
    const button = event.submitter;
    if (button) button.disabled = true;
    try {
      const told = await act("submit", { user: store.viewer, values: typed.get(view.id) ?? {} });
      if (told.error) toast(`Saving failed with the error “${told.error}”`);
      refused.set(view.id, told.errors ?? {});
      await showModal();
    } catch (error) {
      toast(error.message);
    } finally {
      if (button) button.disabled = false;
    }
  };
  const focused = document.activeElement?.closest?.("#modal") ? document.activeElement.dataset.action : null;
  dialog.replaceChildren(
    h(
      "form",
      { onsubmit: submit, novalidate: true },
      h(
        "header",
        {},
        h("h2", { id: "modal-title", dir: "auto" }, view.title.text),
        h("button", { type: "button", class: "icon", "aria-label": "Close", onclick: close }, "✕"),
      ),
      h("div", { class: "blocks scroll" }, renderBlocks(view.blocks, surfaceOf(view, errors))),
      h(
        "div",
        { class: "buttons" },
        h("button", { type: "button", class: "button", onclick: close }, view.close?.text ?? "Cancel"),
        view.submit ? h("button", { type: "submit", class: "button primary" }, view.submit.text) : null,
      ),
    ),
  );
  if (!dialog.open) dialog.showModal();
  const wrong = dialog.querySelector("[aria-invalid]");
  const again = focused ? dialog.querySelector(`[data-action="${CSS.escape(focused)}"]`) : null;
  (wrong ?? again ?? dialog.querySelector(".blocks input, .blocks textarea, .blocks select"))?.focus();
}

export async function showHome() {
  const { view } = await ask("home", { user: store.viewer });
  const place = byId("home");
  if (!view) {
    place.replaceChildren(h("p", { class: "empty" }, "The app has not published a Home tab for you yet."));
    return;
  }
  place.replaceChildren(h("div", { class: "blocks" }, renderBlocks(view.blocks, surfaceOf(view))));
}
