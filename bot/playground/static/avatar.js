/** The small square that stands for a person or the bot. Decoration: the name is always written beside it. */

import { html } from "./vendor/htm-preact-standalone.module.js";
import { Icon } from "./icons.js";

const TONES = 6;

function tone(name) {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + letter.codePointAt(0)) % 997;
  return sum % TONES;
}

function initials(name) {
  const words = name.split(/\s+/).filter((word) => /^[\p{Lu}]/u.test(word) && !/^(Dr|Mr|Mrs|Ms|Prof)\.?$/.test(word));
  const [first = name, ...rest] = words;
  return `${first[0] ?? "?"}${rest.at(-1)?.[0] ?? ""}`.toUpperCase();
}

export function Avatar({ name, bot = false }) {
  const style = bot ? "avatar bot" : `avatar tone-${tone(name)}`;
  return html`<span class=${style} aria-hidden="true">${bot ? html`<${Icon} name="bot"
    size=${22} />` : initials(name)}</span>`;
}
