/** What a set of blocks belongs to (a message, a modal, the home tab), and how its elements reach the bot. */

import { html, useContext } from "./vendor/htm-preact-standalone.module.js";
import { PaneContext, SurfaceContext } from "./context.js";
import { bare, shaped, useForm } from "./form.js";

/** Gives the blocks inside it one form and one place that presses come from. `onForm` receives the form. */
export function Surface({ where, blocks, typed, errors = {}, formRef, children }) {
  const form = useForm(blocks, typed);
  if (formRef) formRef.current = form;
  return html`<${SurfaceContext.Provider} value=${{ where, form, errors }}>${children}<//>`;
}

/** A function that sends one `block_actions`; it resolves when the bot has answered. */
export function usePress(block, element) {
  const pane = useContext(PaneContext);
  const { where, form } = useContext(SurfaceContext);
  const ids = { type: element.type, block_id: block.block_id, action_id: element.action_id };
  return (chosen) =>
    pane.run({
      act: "press",
      where,
      block_id: ids.block_id,
      action_id: ids.action_id,
      element: { ...ids, ...chosen },
      state: form.values(),
    });
}

/** One field's value, and `set`, which also tells the bot at once where Slack would. */
export function useField(block, element) {
  const pane = useContext(PaneContext);
  const { form } = useContext(SurfaceContext);
  const press = usePress(block, element);
  const dispatches = block.type !== "input" || Boolean(block.dispatch_action);
  const keep = (value) => form.set(block, element, shaped(element, value));
  const send = (value) => dispatches && press(shaped(element, value));
  async function set(value) {
    // When the person says no, the control goes back to what is held.
    if (dispatches && element.confirm && !(await pane.confirm(element.confirm))) return form.redraw();
    keep(value);
    return send(value);
  }
  return { value: bare(element, form.get(block, element)), set, keep, send };
}

/** The attributes that tie a control to its label, hint and error. */
export function fieldAttributes(field) {
  const described = [field.hintId, field.errorId].filter(Boolean).join(" ");
  return {
    id: field.id,
    "aria-label": field.label,
    "aria-labelledby": field.label ? undefined : field.labelId,
    "aria-describedby": described || undefined,
    "aria-invalid": field.errorId ? "true" : undefined,
    "aria-required": field.required ? "true" : undefined,
    "data-autofocus": field.focus ? "" : undefined,
  };
}
