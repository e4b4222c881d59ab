// The page's own wiring: which conversation is shown, as whom, and what happens when something changes.

import { byId, h, settled, toast } from "./dom.js";
import { Composer } from "./composer.js";
import { time } from "./dates.js";
import { showGuide } from "./guide.js";
import { MessageList, avatar } from "./messages.js";
import { showHome, showModal } from "./views.js";
import { act, markRead, refresh, shownNow, store, unread, viewer } from "./store.js";

const phone = matchMedia("(max-width: 720px)");
const channelList = new MessageList(byId("messages"), { openThread });
const threadList = new MessageList(byId("thread-messages"), { openThread });
const composer = new Composer(byId("composer"), {
  where: () => ({ channel: store.channel, thread: null }),
  sent: () => channelList.toEnd(),
  placeholder: "Message",
});
new Composer(byId("thread-composer"), {
  where: () => ({ channel: store.channel, thread: store.thread }),
  sent: () => threadList.toEnd(),
  placeholder: "Reply…",
});

const ownDirect = () => [...store.channels.values()].find((one) => one.kind === "im" && one.members.includes(store.viewer));

// The address says what is shown: #/channel/viewer[/home], so that a link leads there.
function address(channel, viewerId = store.viewer, tab = "messages") {
  return `#/${channel}/${viewerId}${tab === "home" ? "/home" : ""}`;
}

function readAddress() {
  const [, channel, viewerId, tab] = location.hash.split("/");
  return { channel, viewerId, tab: tab === "home" ? "home" : "messages" };
}

const mine = (channel) => channel.members.includes(store.viewer);

function drawSidebar() {
  byId("team").textContent = store.team.name;
  document.title = `${store.channels.get(store.channel)?.name ?? "Sandbox"} · ${store.team.name}`;
  const online = store.delivery === "http" || store.connections > 0;
  const state = store.delivery === "http" ? "Signed HTTP" : online ? `${store.app.name} is connected` : `${store.app.name} is not connected`;
  byId("connection").className = online ? "online" : "offline";
  byId("connection").textContent = state;
  const entry = (label, count, current, open, icon) =>
    h(
      "li",
      {},
      h(
        "button",
        { type: "button", class: count ? "unread" : "", "aria-current": current ? "page" : null, onclick: open },
        icon,
        h("span", { class: "name", dir: "auto" }, label),
        count ? h("span", { class: "badge", "aria-label": `${count} unread` }, String(count)) : null,
      ),
    );
  const go = (channel, tab) => () => {
    location.hash = address(channel, store.viewer, tab);
    closeSidebar();
  };
  const rooms = [...store.channels.values()].filter((one) => one.kind !== "im" && mine(one));
  const direct = ownDirect();
  const openApp = async () => {
    const channel = direct?.id ?? (await act("open_dm", { user: store.viewer })).channel;
    await update();
    go(channel, store.app.home ? "home" : "messages")();
  };
  byId("conversations").replaceChildren(
    h("h2", {}, "Channels"),
    h(
      "ul",
      {},
      rooms.map((one) =>
        entry(one.name, unread(one), one.id === store.channel, go(one.id), h("span", { class: "hash", "aria-hidden": "true" }, one.kind === "private" ? "🔒" : "#")),
      ),
    ),
    h("h2", {}, "Apps"),
    h(
      "ul",
      {},
      entry(store.app.name, direct ? unread(direct) : 0, direct?.id === store.channel, openApp, avatar({ is_bot: true }, "mini")),
    ),
  );
  const elsewhere = [...rooms, ...(direct ? [direct] : [])].filter((one) => one.id !== store.channel);
  const total = elsewhere.reduce((sum, one) => sum + unread(one), 0);
  byId("unread-elsewhere").hidden = !total;
  byId("unread-elsewhere").textContent = String(total);
  const people = [...store.users.values()].filter((user) => !user.is_bot);
  const select = byId("viewer");
  if (document.activeElement !== select) {
    select.replaceChildren(
      ...people.map((user) => h("option", { value: user.id, selected: user.id === store.viewer }, user.real_name)),
    );
  }
  tick();
}

function tick() {
  const place = viewer().tz.split("/").at(-1).replaceAll("_", " ");
  byId("viewer-time").textContent = `${time(shownNow())} in ${place}`;
}

function drawHeader() {
  const channel = store.channels.get(store.channel);
  const direct = channel?.kind === "im";
  byId("title").textContent = direct ? store.app.name : `#${channel?.name ?? ""}`;
  byId("topic").textContent = direct ? "" : channel?.topic ?? "";
  byId("tabs").hidden = !direct || !store.app.home;
  const tab = (name, label) =>
    h(
      "button",
      { type: "button", role: "tab", "aria-selected": String(store.tab === name), onclick: () => (location.hash = address(store.channel, store.viewer, name)) },
      label,
    );
  byId("tabs").replaceChildren(tab("home", "Home"), tab("messages", "Messages"));
  const home = direct && store.tab === "home";
  byId("home").hidden = !home;
  byId("messages").hidden = home;
  byId("composer").hidden = home;
  composer.relabel(direct ? `Message ${store.app.name}` : `Message #${channel?.name ?? ""}`);
}

async function openThread(ts) {
  store.thread = ts;
  byId("thread").hidden = false;
  threadList.show(store.channel, ts);
  await threadList.load();
  const target = phone.matches ? byId("close-thread") : byId("thread-composer").querySelector("textarea");
  target.focus({ preventScroll: true }); // not the field on a phone: its keyboard would cover the thread
}

function closeThread() {
  store.thread = null;
  byId("thread").hidden = true;
}

function openSidebar() {
  document.body.classList.add("list-open");
  byId("open-sidebar").setAttribute("aria-expanded", "true");
  byId("conversations").querySelector("[aria-current], button")?.focus();
}

function closeSidebar() {
  if (!document.body.classList.contains("list-open")) return;
  document.body.classList.remove("list-open");
  byId("open-sidebar").setAttribute("aria-expanded", "false");
  byId("open-sidebar").focus();
}

async function drawMessages() {
  if (!store.channel || byId("messages").hidden) return;
  const newest = await channelList.load();
  if (newest && document.visibilityState === "visible") markRead(store.channel, newest);
}

async function update() {
  await refresh();
  showGuide();
  drawSidebar();
}

/** Show what the address says, as whom it says. */
async function navigate() {
  const wanted = readAddress();
  const before = { channel: store.channel, viewer: store.viewer };
  if (store.users.has(wanted.viewerId)) store.viewer = wanted.viewerId;
  await refresh();
  const fits = store.channels.get(wanted.channel);
  const first = [...store.channels.values()].find((one) => one.kind !== "im" && mine(one));
  const shown = fits && mine(fits) ? fits : first;
  store.channel = shown?.id ?? "";
  store.tab = shown?.kind === "im" ? wanted.tab : "messages";
  localStorage.setItem("viewer", store.viewer);
  const changed = before.channel !== store.channel || before.viewer !== store.viewer;
  if (changed) {
    closeThread();
    channelList.show(store.channel);
  }
  history.replaceState(null, "", address(store.channel, store.viewer, store.tab));
  drawHeader();
  if (store.tab === "home") {
    await act("open_home", { user: store.viewer, timeout: 0 });
    await showHome();
  } else await drawMessages();
  showGuide();
  drawSidebar();
  if (before.viewer !== store.viewer) await showModal();
}

function listen() {
  const soon = {
    state: settled(update, 120),
    messages: settled(async () => {
      await drawMessages();
      if (store.thread) await threadList.load();
    }),
    home: settled(showHome),
    views: settled(() => showModal()),
  };
  const source = new EventSource(`/sandbox/stream?after=${store.number}`);
  source.onmessage = ({ data }) => {
    const change = JSON.parse(data);
    if (change.kind === "guide") {
      store.guide = change.guide;
      showGuide();
    } else if (change.kind === "views") {
      if (change.user === store.viewer) soon.views();
    } else if (change.kind === "home") {
      if (change.user === store.viewer && store.tab === "home") soon.home();
    } else if (["message", "changed", "deleted"].includes(change.kind)) {
      if (change.channel === store.channel) soon.messages();
      if (change.kind === "message") soon.state();
    } else {
      soon.state();
      if (change.kind === "reset") soon.messages();
    }
  };
  source.onopen = settled(async () => {
    await update();
    if (store.restarted) location.reload();
    await drawMessages();
  });
  source.onerror = () => {
    byId("connection").className = "offline";
    byId("connection").textContent = "The sandbox does not answer";
  };
}

byId("viewer").addEventListener("change", (event) => {
  const direct = store.channels.get(store.channel)?.kind === "im";
  location.hash = address(direct ? `D${event.target.value.slice(1)}` : store.channel, event.target.value, store.tab);
  event.target.blur();
});
byId("open-sidebar").addEventListener("click", openSidebar);
byId("close-sidebar").addEventListener("click", closeSidebar);
byId("close-thread").addEventListener("click", closeThread);
byId("main").addEventListener("click", (event) => {
  if (phone.matches && document.body.classList.contains("list-open") && !event.target.closest("#open-sidebar")) closeSidebar();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || document.querySelector("dialog[open]") || event.defaultPrevented) return;
  if (document.body.classList.contains("list-open")) closeSidebar();
  else if (store.thread) closeThread();
});
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.overflow[open]")) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && drawMessages());
window.addEventListener("hashchange", () => navigate().catch((error) => toast(error.message)));
setInterval(tick, 1000);

store.viewer = localStorage.getItem("viewer") ?? "";
await refresh();
await navigate();
await showModal();
listen();
document.body.classList.add("ready");
