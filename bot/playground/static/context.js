/** The two things every part of the page may ask for, so that they need not be handed down by each parent. */

import { createContext, useRef } from "./vendor/htm-preact-standalone.module.js";

/** The persona's pane: `{state, act, notify, confirm}`. */
export const PaneContext = createContext(null);

/** What the blocks being drawn belong to, a message, a modal or the home tab: `{where, form, errors, isModal}`. */
export const SurfaceContext = createContext(null);

let made = 0;

/** An id that is unique on the page and stays the same while the component lives. */
export function useUniqueId(prefix) {
  const id = useRef(null);
  if (id.current === null) {
    made += 1;
    id.current = `${prefix}-${made}`;
  }
  return id.current;
}
