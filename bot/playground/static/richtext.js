/** The rich_text block: sections, lists (nested by indent), quotes and preformatted text. */

import { html } from "./vendor/htm-preact-standalone.module.js";
import { emojiNamed } from "./emoji.js";
import { ChannelMention, DateText, Link, UserMention } from "./mrkdwn.js";

const LEAVES = {
  text: (leaf) => String(leaf.text ?? ""),
  link: (leaf) => html`<${Link} url=${String(leaf.url)}>${leaf.text ?? leaf.url}<//>`,
  user: (leaf) => html`<${UserMention} id=${leaf.user_id} />`,
  usergroup: (leaf) => html`<span class="mention">@${leaf.usergroup_id}</span>`,
  channel: (leaf) => html`<${ChannelMention} id=${leaf.channel_id} />`,
  broadcast: (leaf) => html`<span class="mention">@${leaf.range}</span>`,
  emoji: (leaf) => emojiNamed(leaf.name),
  color: (leaf) => html`<code>${leaf.value}</code>`,
  date: (leaf) =>
    html`<${DateText} seconds=${leaf.timestamp} pattern=${leaf.format} url=${leaf.url} fallback=${leaf.fallback} />`,
};

const STYLES = [
  ["code", "code"],
  ["strike", "s"],
  ["italic", "em"],
  ["bold", "strong"],
];

function Leaf({ leaf }) {
  const drawn = (LEAVES[leaf.type] ?? (() => ""))(leaf);
  return STYLES.reduce((inner, [style, tag]) => (leaf.style?.[style] ? html`<${tag}>${inner}<//>` : inner), drawn);
}

const leaves = (part) => (part.elements ?? []).map((leaf) => html`<${Leaf} leaf=${leaf} />`);

function List({ items, ordered, offset = 0 }) {
  const drawn = items.map(
    (item) => html`<li>${item.nodes}${item.below.map((list) => html`<${List} ...${list} />`)}</li>`,
  );
  return ordered ? html`<ol start=${offset + 1}>${drawn}</ol>` : html`<ul>${drawn}</ul>`;
}

/** Slack sends a nested list as a run of flat lists with an `indent`; a page wants the tree. */
function nest(run) {
  const root = { below: [] };
  const path = [{ indent: -1, holder: root }];
  for (const part of run) {
    const indent = part.indent ?? 0;
    while (path.at(-1).indent >= indent) path.pop();
    const list = { ordered: part.style === "ordered", offset: part.offset, items: part.elements.map(listItem) };
    path.at(-1).holder.below.push(list);
    path.push({ indent, holder: list.items.at(-1) ?? root });
  }
  return root.below.map((list) => html`<${List} ...${list} />`);
}

const listItem = (section) => ({ nodes: leaves(section), below: [] });

const PARTS = {
  rich_text_section: (part) => html`<p>${leaves(part)}</p>`,
  rich_text_quote: (part) => html`<blockquote>${leaves(part)}</blockquote>`,
  rich_text_preformatted: (part) => html`<pre><code>${leaves(part)}</code></pre>`,
};

function runs(parts) {
  const grouped = [];
  for (const part of parts) {
    const list = part.type === "rich_text_list";
    if (list && Array.isArray(grouped.at(-1))) grouped.at(-1).push(part);
    else grouped.push(list ? [part] : part);
  }
  return grouped;
}

/** A rich_text block, or a table's rich_text cell. */
export function RichText({ block }) {
  const drawn = runs(block.elements ?? []).map((run) => (Array.isArray(run) ? nest(run) : PARTS[run.type]?.(run)));
  return html`<div class="rich">${drawn}</div>`;
}
