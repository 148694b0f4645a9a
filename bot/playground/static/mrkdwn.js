/** Slack's mrkdwn, drawn as elements and text nodes only: nothing that anyone wrote is ever read as HTML. */

import { html, useContext } from "./vendor/htm-preact-standalone.module.js";
import { PaneContext } from "./context.js";
import { slackDate } from "./dates.js";
import { withEmoji } from "./emoji.js";

const ENTITIES = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };
const STYLES = { "*": "strong", _: "em", "~": "s" };
const LETTER = /[\p{L}\p{N}]/u;
// What Slack reads as live between angle brackets; anything else is just brackets.
const LIVE = /^([@#!]\S|[a-z][a-z0-9+.-]*:\S)/i;
const SAFE_ADDRESS = /^(https?:|mailto:|tel:)/i;

/** `text` with Slack's three entities turned back into characters. */
export const decode = (text) => text.replace(/&(lt|gt|amp);/g, (entity) => ENTITIES[entity]);

/** A link, when its address is of a kind that cannot run code; otherwise just its words. */
export function Link({ url, children }) {
  if (!SAFE_ADDRESS.test(url)) return html`<span>${children}</span>`;
  return html`<a href=${url} target="_blank" rel="noopener noreferrer">${children}</a>`;
}

/** A mention of a person, by name when this persona knows the name. */
export function UserMention({ id }) {
  const { state } = useContext(PaneContext);
  const person = [...state.people, state.bot].find((one) => one.id === id);
  const mine = id === state.me.id;
  return html`<span class=${mine ? "mention mine" : "mention"}>@${person?.name ?? id}</span>`;
}

/** A mention of a channel. One that this persona is not in keeps its name to itself. */
export function ChannelMention({ id }) {
  const { state } = useContext(PaneContext);
  const channel = state.channels.find((one) => one.id === id);
  return html`<span class="mention">${channel ? `#${channel.name}` : "a private channel"}</span>`;
}

/** A date in Slack's pattern, in London time. */
export function DateText({ seconds, pattern, fallback, url }) {
  const { state } = useContext(PaneContext);
  const words = slackDate(pattern, seconds, new Date(state.now)) ?? fallback ?? "";
  return url ? html`<${Link} url=${url}>${words}<//>` : html`<span>${words}</span>`;
}

function special(command, label) {
  const [kind, ...rest] = command.split("^");
  if (kind === "date") {
    const [seconds, pattern = "", url] = rest;
    return html`<${DateText} seconds=${seconds} pattern=${decode(pattern)} url=${url && decode(url)}
      fallback=${label} />`;
  }
  return html`<span class="mention">${label ?? `@${kind}`}</span>`;
}

function angle(text, start) {
  if (text[start] !== "<") return null;
  const end = text.indexOf(">", start);
  if (end < 0) return null;
  const [target, ...labels] = text.slice(start + 1, end).split("|");
  const label = labels.length ? decode(labels.join("|")) : undefined;
  if (!LIVE.test(target)) return null;
  const id = target.slice(1);
  const node = () => {
    if (target.startsWith("@")) return html`<${UserMention} id=${id} />`;
    if (target.startsWith("#")) return html`<${ChannelMention} id=${id} />`;
    if (target.startsWith("!")) return special(id, label);
    const url = decode(target);
    return html`<${Link} url=${url}>${withEmoji(label ?? url.replace(/^mailto:/, ""))}<//>`;
  };
  return { node: node(), end: end + 1 };
}

function code(text, start) {
  if (text[start] !== "`") return null;
  const end = text.indexOf("`", start + 1);
  const inner = text.slice(start + 1, end);
  if (end <= start + 1 || inner.includes("\n")) return null;
  return { node: html`<code>${decode(inner)}</code>`, end: end + 1 };
}

function closing(text, start) {
  const mark = text[start];
  for (let end = text.indexOf(mark, start + 2); end > 0; end = text.indexOf(mark, end + 1)) {
    if (text.slice(start, end).includes("\n")) return -1;
    if (!/\s/.test(text[end - 1]) && !LETTER.test(text[end + 1] ?? " ")) return end;
  }
  return -1;
}

function styled(text, start) {
  const tag = STYLES[text[start]];
  const before = text[start - 1] ?? " ";
  const after = text[start + 1] ?? " ";
  if (!tag || LETTER.test(before) || /\s/.test(after) || after === text[start]) return null;
  const end = closing(text, start);
  return end < 0 ? null : { node: html`<${tag}>${inline(text.slice(start + 1, end))}<//>`, end: end + 1 };
}

function bareAddress(text, start) {
  if (text[start] !== "h" || LETTER.test(text[start - 1] ?? " ")) return null;
  const found = /^https?:\/\/[^\s<>|]+[^\s<>|.,;:!?)'"]/.exec(text.slice(start, start + 2000));
  if (!found) return null;
  const url = decode(found[0]);
  return { node: html`<${Link} url=${url}>${url}<//>`, end: start + found[0].length };
}

/** One run of mrkdwn without block structure, as a list of nodes. */
export function inline(text) {
  const nodes = [];
  let plain = "";
  const flush = () => plain && nodes.push(withEmoji(decode(plain)));
  for (let at = 0; at < text.length;) {
    const found = angle(text, at) ?? code(text, at) ?? styled(text, at) ?? bareAddress(text, at);
    if (found) {
      flush();
      plain = "";
      nodes.push(found.node);
    } else plain += text[at];
    at = found ? found.end : at + 1;
  }
  flush();
  return nodes;
}

const QUOTED = /^(?:&gt;|>) ?/;

function lines(text) {
  const groups = [];
  for (const line of text.split("\n")) {
    const quoted = QUOTED.test(line);
    const words = quoted ? line.replace(QUOTED, "") : line;
    const last = groups.at(-1);
    if (last?.quoted === quoted) last.words.push(words);
    else groups.push({ quoted, words: [words] });
  }
  return groups.map(({ quoted, words }) => {
    const nodes = inline(words.join("\n"));
    return quoted ? html`<blockquote>${nodes}</blockquote>` : html`<span class="lines">${nodes}</span>`;
  });
}

function fenced(text) {
  const parts = text.split("```");
  // An odd fence out opens nothing: it is read as the characters it is made of.
  if (parts.length % 2 === 0) parts.push(parts.splice(-2).join("```"));
  return parts.flatMap((part, index) => {
    if (index % 2) return html`<pre><code>${decode(part.replace(/^\n|\n$/g, ""))}</code></pre>`;
    const trimmed = index > 0 ? part.replace(/^\n/, "") : part;
    return trimmed ? lines(trimmed) : [];
  });
}

/** A whole mrkdwn text. */
export function Mrkdwn({ text }) {
  return html`<div class="mrkdwn">${fenced(String(text ?? ""))}</div>`;
}

/** A text object of Block Kit: plain text or mrkdwn. */
export function Text({ of }) {
  if (!of) return null;
  if (of.type === "mrkdwn") return html`<${Mrkdwn} text=${of.text} />`;
  return html`<span class="lines">${plain(of)}</span>`;
}

/** The words of a text object (or a bare string), for labels and attributes. */
export function plain(of) {
  if (!of) return "";
  return withEmoji(decode(typeof of === "string" ? of : String(of.text ?? "")));
}
