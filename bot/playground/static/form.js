/** What a surface's fields hold, in the shapes of Slack's `state.values`, and what Slack checks before it sends them. */

import { useRef, useState } from "./vendor/htm-preact-standalone.module.js";

/** element type → [where the value lives, where its initial value is given, whether it is a list] */
const SLOTS = {
  plain_text_input: ["value", "initial_value"],
  email_text_input: ["value", "initial_value"],
  url_text_input: ["value", "initial_value"],
  number_input: ["value", "initial_value"],
  rich_text_input: ["rich_text_value", "initial_value"],
  static_select: ["selected_option", "initial_option"],
  external_select: ["selected_option", "initial_option"],
  radio_buttons: ["selected_option", "initial_option"],
  multi_static_select: ["selected_options", "initial_options", true],
  multi_external_select: ["selected_options", "initial_options", true],
  checkboxes: ["selected_options", "initial_options", true],
  users_select: ["selected_user", "initial_user"],
  multi_users_select: ["selected_users", "initial_users", true],
  channels_select: ["selected_channel", "initial_channel"],
  multi_channels_select: ["selected_channels", "initial_channels", true],
  conversations_select: ["selected_conversation", "initial_conversation"],
  multi_conversations_select: ["selected_conversations", "initial_conversations", true],
  datepicker: ["selected_date", "initial_date"],
  timepicker: ["selected_time", "initial_time"],
  datetimepicker: ["selected_date_time", "initial_date_time"],
};

/** The bare value (text, option, id, list…) out of Slack's shape. */
export const bare = (element, value) => value?.[SLOTS[element.type][0]] ?? (SLOTS[element.type][2] ? [] : null);

/** A bare value in Slack's shape. */
export function shaped(element, value) {
  const zone = element.type === "timepicker" && element.timezone ? { timezone: element.timezone } : {};
  return { type: element.type, [SLOTS[element.type][0]]: value, ...zone };
}

function initial(element) {
  const [, given, many] = SLOTS[element.type];
  return shaped(element, element[given] ?? (many ? [] : null));
}

/** A block's stateful elements, wherever the block keeps them. */
function stateful(block) {
  const elements = [block.element, block.accessory, ...(block.type === "actions" ? block.elements : [])];
  return elements.filter((element) => element && element.type in SLOTS);
}

const slot = (block, element) => `${block.block_id}\n${element.action_id}`;

/** Fields keep what they hold while they stay on the surface, as in Slack; a new block_id or action_id starts afresh. */
function reconcile(held, blocks, typed) {
  const present = new Set();
  for (const block of blocks) {
    for (const element of stateful(block)) {
      const key = slot(block, element);
      present.add(key);
      if (held.get(key)?.type === element.type) continue;
      const known = typed?.[block.block_id]?.[element.action_id];
      held.set(key, known?.type === element.type ? known : initial(element));
    }
  }
  for (const key of [...held.keys()]) if (!present.has(key)) held.delete(key);
}

/** The surface's form: `get`, `set` and `values()`, which outlive every push of state. */
export function useForm(blocks, typed) {
  const held = useRef(new Map()).current;
  const [, count] = useState(0);
  const redraw = () => count((was) => was + 1);
  reconcile(held, blocks, typed);
  return {
    get: (block, element) => held.get(slot(block, element)),
    set(block, element, value) {
      held.set(slot(block, element), value);
      redraw();
    },
    redraw,
    values() {
      const values = {};
      for (const [key, value] of held) {
        const [block, action] = key.split("\n");
        values[block] = { ...values[block], [action]: value };
      }
      return values;
    },
  };
}

const PATTERNS = {
  email_text_input: [/^[^@\s]+@[^@\s]+\.[^@\s]+$/, "Please enter a valid email address."],
  url_text_input: [/^https?:\/\/\S+$/, "Please enter a valid URL."],
  number_input: [/^-?\d+(\.\d+)?$/, "Please enter a valid number."],
};

function outOfBounds(element, text) {
  const { min_length: least = 0, max_length: most = 3000 } = element;
  if (element.type === "plain_text_input" && text.length < least) return `Please enter at least ${least} characters.`;
  if (element.type === "plain_text_input" && text.length > most) return `Please enter no more than ${most} characters.`;
  if (element.type !== "number_input") return null;
  if (!element.is_decimal_allowed && text.includes(".")) return "Please enter a whole number.";
  const number = Number(text);
  if (number < Number(element.min_value ?? -Infinity)) return `Please enter a number of at least ${element.min_value}.`;
  if (number > Number(element.max_value ?? Infinity)) return `Please enter a number of at most ${element.max_value}.`;
  return null;
}

function fault(block, value) {
  const { element } = block;
  const held = bare(element, value);
  const empty =
    held === null || (typeof held === "string" && !held.trim()) || (Array.isArray(held) && held.length === 0);
  if (empty) return block.optional ? null : "Please complete this required field.";
  if (typeof held !== "string") return null;
  const [pattern, words] = PATTERNS[element.type] ?? [];
  return pattern && !pattern.test(held) ? words : outOfBounds(element, held);
}

/** What Slack's own client would refuse before sending: `{block_id: sentence}`. */
export function faults(blocks, form) {
  const found = blocks
    .filter((block) => block.type === "input" && block.element.type in SLOTS)
    .map((block) => [block.block_id, fault(block, form.get(block, block.element))]);
  return Object.fromEntries(found.filter(([, words]) => words));
}
