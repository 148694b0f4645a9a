/** The interactive elements of Block Kit, each bound to its block's field. */

import { html, useContext, useEffect, useRef, useState } from "./vendor/htm-preact-standalone.module.js";
import { PaneContext, useUniqueId } from "./context.js";
import { fromWallTime, wallTime } from "./dates.js";
import { Icon } from "./icons.js";
import { plain, Text } from "./mrkdwn.js";
import { MenuButton } from "./popup.js";
import { Select } from "./select.js";
import { fieldAttributes, useField, usePress } from "./surface.js";

const TYPING_PAUSE = 300;
const NEARLY = 0.8;

function openLink(url) {
  if (/^https?:/i.test(url ?? "")) window.open(url, "_blank", "noopener,noreferrer");
}

function Button({ block, element }) {
  const pane = useContext(PaneContext);
  const press = usePress(block, element);
  const [busy, setBusy] = useState(false);
  const alive = useRef(true);
  useEffect(() => () => (alive.current = false), []);
  async function pressed() {
    if (busy || (element.confirm && !(await pane.confirm(element.confirm)))) return;
    openLink(element.url);
    setBusy(true);
    await press({ text: element.text, value: element.value, style: element.style });
    if (alive.current) setBusy(false);
  }
  return html`<button type="button" class=${`button ${element.style ?? ""}`} aria-label=${element.accessibility_label}
    aria-busy=${busy ? "true" : undefined} data-action=${element.action_id}
      onClick=${pressed}>${plain(element.text)}</button>`;
}

function Overflow({ block, element }) {
  const pane = useContext(PaneContext);
  const press = usePress(block, element);
  async function pick(option) {
    if (element.confirm && !(await pane.confirm(element.confirm))) return;
    openLink(option.url);
    press({ selected_option: option });
  }
  const items = element.options.map((option) => ({
    key: option.value,
    text: plain(option.text),
    note: plain(option.description),
    pick: () => pick(option),
  }));
  return html`<${MenuButton} class="icon-button edged" label="More choices" items=${items}><${Icon}
    name="choices" /><//>`;
}

/** When a text field tells the bot: `[at Enter, at each letter]`. */
function triggers(element) {
  const on = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  return [on.includes("on_enter_pressed"), on.includes("on_character_entered")];
}

const KINDS = { email_text_input: "email", url_text_input: "url", number_input: "decimal" };

function TextInput({ block, element, field }) {
  const { value, keep, send } = useField(block, element);
  const timer = useRef(0);
  const [atEnter, atLetter] = triggers(element);
  const text = value ?? "";
  const typed = (event) => {
    const next = event.target.value || null;
    keep(next);
    clearTimeout(timer.current);
    if (atLetter) timer.current = setTimeout(() => send(next), TYPING_PAUSE);
  };
  const onKeyDown = (event) => event.key === "Enter" && atEnter && !element.multiline && send(value);
  const common = {
    ...fieldAttributes(field),
    placeholder: plain(element.placeholder),
    value: text,
    onInput: typed,
    autocomplete: "off",
  };
  // As in Slack, the count appears only when it begins to matter.
  const most = element.max_length ?? Infinity;
  return html`<div class="text-input">
    ${
      element.multiline
        ? html`<textarea class="tall" rows="4" ...${common}></textarea>`
        : html`<input type="text" inputmode=${KINDS[element.type] ?? "text"} ...${common} onKeyDown=${onKeyDown} />`
    }
    ${
      text.length > most * NEARLY &&
      html`<p class=${text.length > most ? "count over" : "count"}>${text.length} of ${most} characters</p>`
    }
  </div>`;
}

const words = (rich) =>
  (rich?.elements ?? []).map((part) => part.elements.map((leaf) => leaf.text ?? "").join("")).join("\n");

function richly(text) {
  if (!text) return null;
  const section = { type: "rich_text_section", elements: [{ type: "text", text }] };
  return { type: "rich_text", elements: [section] };
}

function RichInput({ block, element, field }) {
  const { value, keep } = useField(block, element);
  return html`<textarea class="tall" rows="4" ...${fieldAttributes(field)} placeholder=${plain(element.placeholder)}
    value=${words(value)}
    onInput=${(event) => keep(richly(event.target.value))}></textarea>`;
}

const PICKERS = {
  datepicker: { type: "date", show: (held) => held, read: (shown) => shown },
  timepicker: { type: "time", show: (held) => held, read: (shown) => shown },
  datetimepicker: {
    type: "datetime-local",
    show: (held) => wallTime(new Date(held * 1000)),
    read: (shown) => Math.round(fromWallTime(shown) / 1000),
  },
};

// A year is typed digit by digit, and each digit makes a date: "0002" is not yet one to act on.
const unfinished = (shown) => /^0/.test(shown) && shown.length > 5;

function Picker({ block, element, field }) {
  const { value, set } = useField(block, element);
  const { type, show, read } = PICKERS[element.type];
  const [draft, setDraft] = useState(null);
  const picked = (event) => {
    const shown = event.target.value;
    const wait = unfinished(shown);
    setDraft(wait ? shown : null);
    if (!wait) set(shown ? read(shown) : null);
  };
  const held = value === null ? "" : show(value);
  return html`<input type=${type} ...${fieldAttributes(field)} value=${draft ?? held} onChange=${picked} />`;
}

function Choice({ type, name, option, checked, choose, attributes }) {
  const id = useUniqueId("choice");
  return html`<div class="choice">
    <input type=${type} id=${id} name=${name} checked=${checked} value=${option.value} onChange=${choose}
      ...${attributes} />
    <label for=${id}>
      <${Text} of=${option.text} />
      ${option.description && html`<span class="note"><${Text} of=${option.description} /></span>`}
    </label>
  </div>`;
}

function Choices({ block, element, field }) {
  const { value, set } = useField(block, element);
  const many = element.type === "checkboxes";
  const name = useUniqueId("choices");
  const chosen = many ? value : [value].filter(Boolean);
  const has = (option) => chosen.some((one) => one.value === option.value);
  const choose = (option) => {
    if (!many) return set(option);
    return set(element.options.filter((one) => (one.value === option.value ? !has(one) : has(one))));
  };
  const {
    "aria-required": required,
    "aria-invalid": invalid,
    "data-autofocus": focus,
    ...group
  } = fieldAttributes(field);
  const attributes = { "aria-invalid": invalid };
  return html`<div class="choices" role=${many ? "group" : "radiogroup"} aria-required=${many ? undefined : required}
    ...${group}>
    ${element.options.map(
      (
        option,
        index,
      ) => html`<${Choice} key=${option.value} type=${many ? "checkbox" : "radio"} name=${name} option=${option}
        checked=${has(option)} choose=${() => choose(option)}
        attributes=${{ ...attributes, "data-autofocus": index === 0 ? focus : undefined }} />`,
    )}
  </div>`;
}

const ELEMENTS = {
  button: Button,
  overflow: Overflow,
  plain_text_input: TextInput,
  email_text_input: TextInput,
  url_text_input: TextInput,
  number_input: TextInput,
  rich_text_input: RichInput,
  datepicker: Picker,
  timepicker: Picker,
  datetimepicker: Picker,
  checkboxes: Choices,
  radio_buttons: Choices,
};

/** True for the elements that are a group of controls, which a `<label for>` cannot name. */
export const isGroup = (element) => ["checkboxes", "radio_buttons"].includes(element.type);

/** One element of any kind; `field` ties it to its label, hint and error. */
export function Element({ block, element, field }) {
  const Kind = element.type.endsWith("_select") ? Select : ELEMENTS[element.type];
  if (!Kind) return html`<span class="note">The playground does not draw “${element.type}”.</span>`;
  return html`<${Kind} block=${block} element=${element} field=${field} />`;
}
