// Block Kit, as nodes. Blocks this page cannot draw are shown as a labelled box, never left out.

import { h, link, safeUrl } from "./dom.js";
import { withEmoji, emoji } from "./emoji.js";
import { control } from "./elements.js";
import { dateNode, markdown, mention, textObject } from "./mrkdwn.js";

const LARGEST = { width: 620, height: 440 }; // of a picture in a message, in pixels

/** `surface` says where the blocks stand: {press(block, element, chosen), pictures, values?, errors?}. */
export function renderBlocks(blocks, surface) {
  return blocks.map((block) => {
    const draw = BLOCKS[block.type] ?? unknown;
    const node = draw(block, surface);
    node.dataset.block = block.type;
    return node;
  });
}

const BLOCKS = {
  header: (block) => h("h3", { class: "header", dir: "auto" }, withEmoji(block.text.text)),
  divider: () => h("hr"),
  section: (block, surface) =>
    h(
      "div",
      { class: `section${block.accessory?.type === "image" ? " pictured" : ""}` },
      h(
        "div",
        { class: "words" },
        block.text ? h("div", { class: "text" }, textObject(block.text)) : null,
        block.fields
          ? h("div", { class: "fields" }, block.fields.map((field) => h("div", { class: "field" }, textObject(field))))
          : null,
      ),
      block.accessory ? h("div", { class: "accessory" }, accessory(block, surface)) : null,
    ),
  context: (block, surface) =>
    h(
      "div",
      { class: "context" },
      block.elements.map((element) =>
        element.type === "image" ? picture(element, surface, "tiny") : h("span", { class: "item" }, textObject(element)),
      ),
    ),
  actions: (block, surface) =>
    h("div", { class: "actions" }, block.elements.map((element) => control(block, element, surface))),
  image: (block, surface) =>
    h(
      "figure",
      { class: "image" },
      block.title ? h("figcaption", { dir: "auto" }, withEmoji(block.title.text)) : null,
      picture(block, surface, "large"),
    ),
  input: (block, surface) => input(block, surface),
  rich_text: (block) => h("div", { class: "rich" }, richText(block.elements)),
  markdown: (block) => h("div", { class: "markdown" }, markdown(block.text)),
  table: (block) => table(block.rows, block.column_settings ?? [], null),
  data_table: (block) => table(block.rows, [], block.caption),
  alert: (block) => labelled("Alert", h("div", {}, textObject(block.text)), block.level ?? block.style),
  data_visualization: (block) => labelled("Chart drawn by Slack", h("strong", { dir: "auto" }, block.title ?? "")),
  video: (block) => labelled("Video", link(block.video_url, block.title?.text ?? block.video_url)),
};

function unknown(block) {
  const told = JSON.stringify(block, null, 2);
  return labelled(`Block “${block.type}”`, h("details", {}, h("summary", {}, "Show its data"), h("pre", {}, told)));
}

function labelled(label, content, level = "") {
  return h("div", { class: `labelled ${/^\w*$/.test(level ?? "") ? level : ""}` }, h("span", { class: "label" }, label), content);
}

function accessory(block, surface) {
  return block.accessory.type === "image" ? picture(block.accessory, surface, "small") : control(block, block.accessory, surface);
}

/**
 * A picture of this workspace. One from elsewhere (`image_url`) is only linked to: looking at a message must not send
 * a request to anybody.
 */
function picture(object, surface, size) {
  const named = object.slack_file;
  const file = named && (surface.pictures ?? []).find((one) => one.id === named.id || one.url_private === named.url);
  const url = safeUrl(file?.url_private ?? object.image_url);
  if (url && (file || new URL(url).origin === location.origin)) {
    const { pathname } = new URL(url);
    const image = h("img", { src: pathname, alt: object.alt_text, class: size, loading: "lazy", decoding: "async" });
    if (size !== "large") return image;
    sized(image, file);
    return h("a", { href: pathname, target: "_blank", rel: "noopener", title: object.alt_text }, image);
  }
  if (size === "tiny") return h("span", { class: "item" }, object.alt_text);
  const where = url ? ["Picture on ", link(url, new URL(url).host)] : ["Picture that is not there"];
  return labelled("Image", h("div", {}, where, ": ", h("span", { dir: "auto" }, object.alt_text)));
}

/** Give a picture its room before it is there, so that nothing jumps when it comes. */
export function sized(image, file) {
  if (file?.original_w) {
    const width = Math.min(file.original_w, LARGEST.width, (LARGEST.height * file.original_w) / file.original_h);
    image.style.width = `${Math.round(width)}px`;
    image.style.aspectRatio = `${file.original_w} / ${file.original_h}`;
  }
  return image;
}

function table(rows, settings, caption) {
  const cell = (content, column, tag) => {
    const align = settings[column]?.align ?? (content.type === "raw_number" ? "right" : "start");
    const wrapped = settings[column]?.is_wrapped || content.type === "rich_text" ? " wrapped" : "";
    const words = content.type === "rich_text" ? richText(content.elements) : withEmoji(String(content.text ?? content.value ?? ""));
    return h(tag, { class: `to-${align}${wrapped}`, dir: "auto", scope: tag === "th" ? "col" : null }, words);
  };
  const [head, ...body] = rows;
  return h(
    "div",
    { class: "table", tabindex: "0", role: "region", "aria-label": caption ?? "Table" },
    h(
      "table",
      {},
      caption ? h("caption", { dir: "auto" }, caption) : null,
      h("thead", {}, h("tr", {}, head.map((one, column) => cell(one, column, "th")))),
      h("tbody", {}, body.map((row) => h("tr", {}, row.map((one, column) => cell(one, column, "td"))))),
    ),
  );
}

function richText(elements) {
  const nodes = [];
  for (const part of elements) {
    if (part.type === "rich_text_list") {
      const tag = part.style === "ordered" ? "ol" : "ul";
      const start = part.offset ? part.offset + 1 : null;
      const items = part.elements.map((item) => h("li", { dir: "auto" }, inlines(item.elements)));
      nodes.push(h(tag, { class: `indent-${Math.min(part.indent ?? 0, 5)}`, start, dir: "auto" }, items));
    } else if (part.type === "rich_text_quote") nodes.push(h("blockquote", { dir: "auto" }, inlines(part.elements)));
    else if (part.type === "rich_text_preformatted") nodes.push(h("pre", { dir: "auto" }, inlines(part.elements)));
    else nodes.push(h("div", { class: "lines", dir: "auto" }, inlines(part.elements)));
  }
  return nodes;
}

const STYLES = { bold: "strong", italic: "em", strike: "s", code: "code" };

function inlines(elements) {
  return elements.map((element) => {
    const plain = INLINES[element.type]?.(element) ?? "";
    let node = typeof plain === "string" ? document.createTextNode(plain) : plain;
    for (const [style, tag] of Object.entries(STYLES)) {
      if (element.style?.[style]) node = h(tag, {}, node);
    }
    return node;
  });
}

const INLINES = {
  text: (element) => element.text,
  link: (element) => link(element.url, element.text ?? element.url),
  emoji: (element) => emoji(element.name, element.unicode),
  user: (element) => mention("user", element.user_id),
  channel: (element) => mention("channel", element.channel_id),
  usergroup: (element) => mention("group", element.usergroup_id),
  broadcast: (element) => mention("broadcast", element.range),
  date: (element) => dateNode(element.timestamp, element.format, element.fallback ?? "", element.url),
  color: (element) => element.value,
};

function input(block, surface) {
  const error = surface.errors?.[block.block_id];
  const field = control(block, block.element, surface);
  const target = field.matches("input, select, textarea") ? field : field.querySelector("input, select, textarea");
  const id = `field-${block.block_id}`;
  if (target) {
    target.id = id;
    if (error) {
      target.setAttribute("aria-invalid", "true");
      target.setAttribute("aria-describedby", `${id}-error`);
    }
  }
  return h(
    "div",
    { class: `input${error ? " wrong" : ""}` },
    h("label", { for: id, dir: "auto" }, block.label.text, block.optional ? h("span", { class: "muted" }, " (optional)") : null),
    field,
    block.hint ? h("p", { class: "muted", dir: "auto" }, block.hint.text) : null,
    error ? h("p", { class: "error", id: `${id}-error`, dir: "auto" }, error) : null,
  );
}
