/** Things that open over the page beside a button or a field: where they go, and the menu of choices. */

import { html, useEffect, useLayoutEffect, useRef, useState } from "./vendor/htm-preact-standalone.module.js";
import { useUniqueId } from "./context.js";

const MARGIN = 8;
const TALLEST = 320;
const ROOM_WANTED = 220;
// Not `visibility: hidden`: what is inside must be able to take the focus at once.
const UNPLACED = { opacity: 0 };

function placeBeside(box, { width, alignEnd }) {
  const below = innerHeight - box.bottom - MARGIN;
  const above = box.top - MARGIN;
  const upwards = below < ROOM_WANTED && above > below;
  const wide = width ?? box.width;
  const wished = alignEnd ? box.right - wide : box.left;
  const left = Math.max(MARGIN, Math.min(wished, innerWidth - wide - MARGIN));
  const height = { maxHeight: `${Math.min(TALLEST, upwards ? above : below)}px` };
  const side = upwards ? { bottom: `${innerHeight - box.top + 4}px` } : { top: `${box.bottom + 4}px` };
  return { left: `${left}px`, width: `${wide}px`, ...height, ...side };
}

/** The style that keeps a fixed-position popup beside `anchor` while it is open, whatever scrolls. */
export function useAnchored(open, anchor, options = {}) {
  const [style, setStyle] = useState(UNPLACED);
  useLayoutEffect(() => {
    if (!open) return undefined;
    const place = () => anchor.current && setStyle(placeBeside(anchor.current.getBoundingClientRect(), options));
    place();
    addEventListener("scroll", place, true);
    addEventListener("resize", place);
    return () => {
      removeEventListener("scroll", place, true);
      removeEventListener("resize", place);
    };
  }, [open]);
  return style;
}

function useOutsidePress(open, root, close) {
  useEffect(() => {
    if (!open) return undefined;
    const pressed = (event) => root.current?.contains(event.target) || close();
    document.addEventListener("pointerdown", pressed);
    return () => document.removeEventListener("pointerdown", pressed);
  }, [open]);
}

const STEPS = { ArrowDown: 1, ArrowUp: -1 };

function stepTo(event, items) {
  const here = items.indexOf(document.activeElement);
  if (event.key in STEPS) return items[(here + STEPS[event.key] + items.length) % items.length];
  return { Home: items[0], End: items.at(-1) }[event.key];
}

/** A button that opens a menu of `{key, text, note?, pick}`. Focus is back on the button before anything is picked. */
export function MenuButton({ label, items, testid, class: style = "icon-button", empty = "Nothing here", children }) {
  const [open, setOpen] = useState(false);
  const root = useRef(null);
  const button = useRef(null);
  const list = useRef(null);
  const id = useUniqueId("menu");
  const place = useAnchored(open, button, { width: 264, alignEnd: true });
  useOutsidePress(open, root, () => setOpen(false));
  useEffect(() => {
    if (open) list.current.querySelector("[role=menuitem]")?.focus({ preventScroll: true });
  }, [open]);
  const close = () => {
    setOpen(false);
    button.current.focus();
  };
  const onKeyDown = (event) => {
    if (event.key === "Tab") setOpen(false);
    const wanted =
      event.key === "Escape" ? button.current : stepTo(event, [...list.current.querySelectorAll("[role=menuitem]")]);
    if (!wanted) return;
    if (event.key === "Escape") close();
    wanted.focus();
    event.preventDefault();
    event.stopPropagation();
  };
  const choose = (item) => {
    close();
    item.pick();
  };
  return html`<span class="menu-root" ref=${root}>
    <button type="button" ref=${button} class=${style} data-testid=${testid} aria-label=${label} title=${label}
      aria-haspopup="menu"
      aria-expanded=${String(open)} aria-controls=${open ? id : undefined}
        onClick=${() => setOpen(!open)}>${children}</button>
    ${
      open &&
      html`<div class="popup menu" id=${id} role="menu" aria-label=${label} ref=${list} style=${place}
        onKeyDown=${onKeyDown}>
      ${items.map(
        (item) => html`<button type="button" role="menuitem" tabindex="-1" key=${item.key} onClick=${() => choose(item)}>
          <span class="lines">${item.text}</span>${item.note && html`<span class="note">${item.note}</span>`}
        </button>`,
      )}
      ${items.length === 0 && html`<p class="note">${empty}</p>`}
    </div>`
    }
  </span>`;
}
