// What the page knows, and how it talks to the sandbox.

export const store = {
  boot: "",
  team: {},
  app: {},
  users: new Map(),
  channels: new Map(),
  groups: new Map(),
  commands: [],
  viewer: "",
  channel: "",
  thread: null,
  tab: "messages", // of the app's own conversation: messages or home
  clock: { shown: 0, at: 0, speed: 1 },
};

/** Seconds since 1970 on the workspace's clock, which the demo may run faster than the machine's. */
export function shownNow() {
  return store.clock.shown + ((performance.now() - store.clock.at) / 1000) * store.clock.speed;
}

export const viewer = () => store.users.get(store.viewer) ?? { tz: "UTC", locale: "en-US", real_name: "", name: "" };

export class SandboxError extends Error {}

async function answer(response) {
  const told = await response.json();
  if (!response.ok) throw new SandboxError(told.message || told.error);
  return told;
}

export async function ask(path, query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined);
  return answer(await fetch(`/sandbox/${path}?${new URLSearchParams(given)}`));
}

export async function act(path, body) {
  const headers = { "Content-Type": "application/json" };
  return answer(await fetch(`/sandbox/${path}`, { method: "POST", headers, body: JSON.stringify(body) }));
}

/** Load people, channels and clock anew. */
export async function refresh() {
  const told = await ask("state", { viewer: store.viewer });
  store.restarted = store.boot !== "" && store.boot !== told.boot;
  store.boot = told.boot;
  store.number = told.number;
  store.team = told.team;
  store.app = told.app;
  store.commands = told.commands;
  store.connections = told.connections;
  store.delivery = told.delivery;
  store.guide = told.guide;
  store.users = new Map(told.users.map((user) => [user.id, user]));
  store.channels = new Map(told.channels.map((channel) => [channel.id, channel]));
  store.groups = new Map(told.usergroups.map((group) => [group.id, group]));
  store.clock = { shown: told.shown_at, at: performance.now(), speed: told.speed };
  if (!store.users.has(store.viewer) || store.users.get(store.viewer).is_bot) {
    store.viewer = told.users.find((user) => !user.is_bot)?.id ?? "";
  }
}

const readKey = (channel) => `read/${store.boot}/${store.viewer}/${channel}`;

/** How many messages of a channel the viewer has not seen. */
export function unread(channel) {
  const seen = localStorage.getItem(readKey(channel.id)) ?? "0";
  return channel.ts.filter((ts) => Number(ts) > Number(seen)).length;
}

export function markRead(channel, ts) {
  localStorage.setItem(readKey(channel), ts);
}
