/** The markdown block: the part of Markdown that Slack draws, as elements and text nodes only. */

import { html } from "./vendor/htm-preact-standalone.module.js";
import { withEmoji } from "./emoji.js";
import { Link } from "./mrkdwn.js";

const INLINE = [
  [/^\\([\\`*_{}[\]()#+\-.!|~>])/, (found) => found[1]],
  [/^`([^`\n]+)`/, (found) => html`<code>${found[1]}</code>`],
  [/^!?\[([^\]\n]*)\]\(([^)\s]+)\)/, (found) => html`<${Link} url=${found[2]}>${inline(found[1])}<//>`],
  [/^<((?:https?:|mailto:)[^>\s]+)>/, (found) => html`<${Link} url=${found[1]}>${found[1]}<//>`],
  [
    /^(?:\*\*(?=\S)([^\n]+?)\*\*|__(?=\S)([^\n]+?)__)/,
    (found) => html`<strong>${inline(found[1] ?? found[2])}</strong>`,
  ],
  [/^~~(?=\S)([^\n]+?)~~/, (found) => html`<s>${inline(found[1])}</s>`],
  [/^(?:\*(?=\S)([^*\n]+?)\*|_(?=\S)([^_\n]+?)_(?!\w))/, (found) => html`<em>${inline(found[1] ?? found[2])}</em>`],
];

function styleAt(text, at) {
  // An underscore inside a word is only an underscore.
  if (text[at] === "_" && /\w/.test(text[at - 1] ?? " ")) return null;
  const rest = text.slice(at);
  for (const [pattern, draw] of INLINE) {
    const found = pattern.exec(rest);
    if (found) return { node: draw(found), end: at + found[0].length };
  }
  return null;
}

function inline(text) {
  const nodes = [];
  let plain = "";
  for (let at = 0; at < text.length;) {
    const found = "\\`![<*_~".includes(text[at]) ? styleAt(text, at) : null;
    if (found) {
      nodes.push(withEmoji(plain), found.node);
      plain = "";
    } else plain += text[at];
    at = found ? found.end : at + 1;
  }
  return [...nodes, withEmoji(plain)];
}

const ITEM = /^(\s*)([-*+]|\d+[.)])\s+(.*)$/;
const RULE = /^\s*([-*_])(\s*\1){2,}\s*$/;
const HEADING = /^(#{1,6})\s+(.*?)\s*#*$/;
const DIVIDING_ROW = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;

const cells = (line) =>
  line
    .trim()
    .replace(/^\||\|$/g, "")
    .split("|")
    .map((cell) => inline(cell.trim()));

function takeWhile(lines, start, test) {
  let end = start;
  while (end < lines.length && test(lines[end], end)) end += 1;
  return end;
}

function listTree(lines) {
  const depth = Math.min(...lines.map((line) => ITEM.exec(line)?.[1].length ?? Infinity));
  const items = [];
  for (const line of lines) {
    const found = ITEM.exec(line);
    if (found && found[1].length <= depth + 1) items.push({ ordered: /\d/.test(found[2]), words: found[3], below: [] });
    else if (found) items.at(-1)?.below.push(line);
    else if (items.length) items.at(-1).words += `\n${line.trim()}`;
  }
  const drawn = items.map(
    (item) => html`<li>${inline(item.words)}${item.below.length ? listTree(item.below) : null}</li>`,
  );
  const start = Number(/\d+/.exec(lines[0])?.[0] ?? 1);
  return items[0]?.ordered ? html`<ol start=${start}>${drawn}</ol>` : html`<ul>${drawn}</ul>`;
}

function grid(lines) {
  const head = cells(lines[0]).map((cell) => html`<th scope="col">${cell}</th>`);
  const rows = lines.slice(2).map((line) => html`<tr>${cells(line).map((cell) => html`<td>${cell}</td>`)}</tr>`);
  return html`<div class="table-scroll" tabindex="0" role="group" aria-label="Table">
    <table><thead><tr>${head}</tr></thead><tbody>${rows}</tbody></table>
  </div>`;
}

const BLOCKS = [
  {
    starts: (line) => line.startsWith("```"),
    ends: (lines, at) => takeWhile(lines, at + 1, (line) => !line.startsWith("```")) + 1,
    draw: (lines) =>
      html`<pre><code>${lines
        .slice(1)
        .join("\n")
        .replace(/\n?```\s*$/, "")}</code></pre>`,
  },
  { starts: (line) => RULE.test(line), ends: (_, at) => at + 1, draw: () => html`<hr />` },
  {
    starts: (line) => HEADING.test(line),
    ends: (_, at) => at + 1,
    draw: ([line]) => html`<h4>${inline(HEADING.exec(line)[2])}</h4>`,
  },
  {
    starts: (line) => line.startsWith(">"),
    ends: (lines, at) => takeWhile(lines, at, (line) => line.startsWith(">")),
    draw: (lines) => html`<blockquote>${blocks(lines.map((line) => line.replace(/^> ?/, "")))}</blockquote>`,
  },
  {
    starts: (line, next) => line.includes("|") && DIVIDING_ROW.test(next ?? "") && next.includes("-"),
    ends: (lines, at) => takeWhile(lines, at, (line) => line.includes("|")),
    draw: grid,
  },
  {
    starts: (line) => ITEM.test(line),
    ends: (lines, at) => takeWhile(lines, at, (line) => ITEM.test(line) || /^\s+\S/.test(line)),
    draw: listTree,
  },
];

const PARAGRAPH = {
  ends: (lines, at) =>
    Math.max(
      at + 1,
      takeWhile(lines, at, (line, here) => line.trim() && !BLOCKS.some((kind) => kind.starts(line, lines[here + 1]))),
    ),
  draw: (lines) => html`<p class="lines">${inline(lines.join("\n"))}</p>`,
};

function blocks(lines) {
  const drawn = [];
  for (let at = 0; at < lines.length;) {
    if (!lines[at].trim()) {
      at += 1;
      continue;
    }
    const kind = BLOCKS.find((one) => one.starts(lines[at], lines[at + 1])) ?? PARAGRAPH;
    const end = kind.ends(lines, at);
    drawn.push(kind.draw(lines.slice(at, end)));
    at = end;
  }
  return drawn;
}

/** A markdown block's text. */
export function Markdown({ text }) {
  return html`<div class="rich">${blocks(String(text ?? "").split("\n"))}</div>`;
}
