/** Every kind of select menu: a text field that filters a list, for one choice or for several. */

import { html, useContext, useEffect, useRef, useState } from "./vendor/htm-preact-standalone.module.js";
import { chosenItem, useChoices } from "./choices.js";
import { PaneContext, useUniqueId } from "./context.js";
import { plain } from "./mrkdwn.js";
import { useAnchored } from "./popup.js";
import { fieldAttributes, useField } from "./surface.js";

const FEW = 8;

function groupsOf(items) {
  const groups = [];
  items.forEach((item, index) => {
    if (groups.at(-1)?.name !== item.group || !groups.length) groups.push({ name: item.group, items: [] });
    groups.at(-1).items.push({ item, index });
  });
  return groups;
}

function Option({ id, item, active, selected, pick, point }) {
  const self = useRef(null);
  useEffect(() => {
    if (active) self.current.scrollIntoView({ block: "nearest" });
  }, [active]);
  return html`<div role="option" id=${id} ref=${self} class=${active ? "active" : ""} aria-selected=${String(selected)}
    data-value=${item.key} onClick=${pick} onMouseMove=${point}>
    <span class="tick" aria-hidden="true">${selected ? "✓" : ""}</span>
    <span><span class="lines">${item.text}</span>${item.note && html`<span class="note">${item.note}</span>`}</span>
  </div>`;
}

function OptionList({ id, label, choices, active, isChosen, pick, point, place }) {
  const { items, said } = choices;
  const drawn = ({
    item,
    index,
  }) => html`<${Option} key=${item.key} id=${`${id}-${index}`} item=${item} active=${index === active}
    selected=${isChosen(item)} pick=${() => pick(item)} point=${() => index !== active && point(index)} />`;
  // Pressing the mouse here must not take the focus, or the list would close before the click.
  return html`<div class="popup" style=${place} onMouseDown=${(event) => event.preventDefault()}>
    <div role="listbox" id=${id} aria-label=${label} aria-multiselectable="true">
      ${groupsOf(items).map((group) =>
        group.name
          ? html`<div role="group" aria-label=${group.name} key=${group.name}><div class="group-name"
            aria-hidden="true">${group.name}</div>${group.items.map(drawn)}</div>`
          : group.items.map(drawn),
      )}
    </div>
    <p class="note" role="status">${said || (items.length ? "" : "Nothing matches")}</p>
  </div>`;
}

function Chips({ items, remove }) {
  return html`<ul class="chips" aria-label="Chosen">
    ${items.map(
      (item) => html`<li key=${item.key}>
        ${item.text}<button type="button" aria-label=${`Remove ${item.text}`} onClick=${() => remove(item)}>×</button>
      </li>`,
    )}
  </ul>`;
}

function useKeys({ items, active, setActive, open, show, hide, pick, removeLast, query }) {
  const moves = {
    ArrowDown: () => (open ? setActive(Math.min(active + 1, items.length - 1)) : show()),
    ArrowUp: () => (open ? setActive(Math.max(active - 1, 0)) : show()),
    Enter: () => open && items[active] && pick(items[active]),
    Escape: () => hide(),
  };
  return (event) => {
    if (event.key === "Backspace" && !query) removeLast();
    if (!(event.key in moves) || event.isComposing) return;
    // A closed list leaves Escape to the modal it stands in.
    if (event.key === "Escape" && !open) return;
    event.preventDefault();
    event.stopPropagation();
    moves[event.key]();
  };
}

function inputText({ open, query, many, chosen }) {
  if (open) return query;
  return many ? "" : (chosen[0]?.text ?? "");
}

/** How the choice is held: `chosen` items, and what picking or removing one makes of them. */
function useChosen(block, element, many) {
  const { state } = useContext(PaneContext);
  const field = useField(block, element);
  const raws = many ? field.value : [field.value].filter((raw) => raw !== null);
  const chosen = raws.map((raw) => chosenItem(element, raw, state));
  const most = element.max_selected_items ?? Infinity;
  const put = (items) => field.set(many ? items.map((item) => item.raw) : (items[0]?.raw ?? null));
  const isChosen = (item) => chosen.some((one) => one.key === item.key);
  const remove = (item) => put(chosen.filter((one) => one.key !== item.key));
  const toggle = (item) => {
    if (!many) return isChosen(item) || put([item]);
    if (isChosen(item)) return remove(item);
    return chosen.length < most && put([...chosen, item]);
  };
  return { chosen, isChosen, remove, toggle, full: chosen.length >= most, most };
}

/** A select element of Block Kit. */
export function Select({ block, element, field }) {
  const many = element.type.startsWith("multi_");
  const [open, setOpen] = useState(false);
  const [query, setQuery] = useState("");
  const [active, setActive] = useState(0);
  const box = useRef(null);
  const id = useUniqueId("list");
  const { chosen, isChosen, remove, toggle, full, most } = useChosen(block, element, many);
  const choices = useChoices(block, element, query, open);
  const place = useAnchored(open, box);
  const show = () => {
    setOpen(true);
    setActive(Math.max(0, choices.items.findIndex(isChosen)));
  };
  const hide = () => {
    setOpen(false);
    setQuery("");
  };
  const pick = (item) => {
    toggle(item);
    setQuery("");
    if (!many) hide();
  };
  const search = (text) => {
    setOpen(true);
    setQuery(text);
    setActive(0);
  };
  const removeLast = () => many && chosen.length > 0 && remove(chosen.at(-1));
  const onKeyDown = useKeys({ items: choices.items, active, setActive, open, show, hide, pick, removeLast, query });
  const hint = !many && chosen.length ? chosen[0].text : plain(element.placeholder) || "Choose an option";
  const few = (element.options?.length ?? Infinity) <= FEW;
  return html`<div class=${open ? "select open" : "select"} ref=${box}>
    ${many && chosen.length > 0 && html`<${Chips} items=${chosen} remove=${remove} />`}
    <input ...${fieldAttributes(field)} type="text" role="combobox" autocomplete="off" spellcheck=${false}
      inputmode=${few ? "none" : "text"} aria-expanded=${String(open)} aria-controls=${open ? id : undefined}
        aria-autocomplete="list"
      aria-activedescendant=${open && choices.items[active] ? `${id}-${active}` : undefined}
      placeholder=${hint} value=${inputText({ open, query, many, chosen })}
      onInput=${(event) => search(event.target.value)} onClick=${() => open || show()} onKeyDown=${onKeyDown}
        onBlur=${hide} />
    ${!many && chosen.length > 0 && !open && html`<button type="button" class="clear"
      aria-label=${`Clear ${chosen[0].text}`} onClick=${() => remove(chosen[0])}>×</button>`}
    <span class="caret" aria-hidden="true"></span>
    ${open && html`<${OptionList} id=${id} label=${field.label ?? "Choices"}
      ...${{ choices, active, isChosen, pick, place }} point=${setActive} />`}
    ${full && many && html`<p class="note">${most} chosen, the most this list takes.</p>`}
  </div>`;
}
