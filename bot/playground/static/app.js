/** The page: the header with its clock, and two personas side by side. */

import { html, render, useEffect, useState } from "./vendor/htm-preact-standalone.module.js";
import { Clock } from "./clock.js";
import { usePersona } from "./connection.js";
import { Pane } from "./pane.js";

const SIDES = ["left", "right"];

function fromAddress() {
  const query = new URLSearchParams(location.search);
  // Left of all choice, the server names the first persona; the right pane waits to be someone else.
  return { left: query.get("left") ?? "", right: query.get("right") ?? undefined };
}

function toAddress(who) {
  const query = new URLSearchParams(location.search);
  for (const side of SIDES) if (who[side]) query.set(side, who[side]);
  history.replaceState(null, "", `?${query}`);
}

/** Who is in each pane: from the address, then from the server, then as chosen. */
function usePersonas() {
  const [who, setWho] = useState(fromAddress);
  const lines = { left: usePersona(who.left), right: usePersona(who.right) };
  const state = lines.left.state ?? lines.right.state;
  const people = state ? state.people.filter((person) => !person.deleted && person.id !== state.bot.id) : [];
  const choose = (side, id) => setWho((was) => ({ ...was, [side]: id }));
  useEffect(() => {
    if (!state) return;
    const left = who.left || state.me.id;
    const right = who.right ?? people.find((person) => person.id !== left)?.id;
    if (left !== who.left || right !== who.right) setWho({ left, right });
  }, [state]);
  useEffect(() => toAddress(who), [who]);
  return { who, lines, state, people, choose };
}

function focusPane(side) {
  const pane = document.getElementById(`pane-${side}`);
  const inside = pane.querySelector(".modal:not([hidden])") ?? pane.querySelector("[data-testid=composer]") ?? pane;
  inside.focus();
}

/** F6 goes to the other pane, also out of a modal. */
function useF6(setShown) {
  useEffect(() => {
    const pressed = (event) => {
      if (event.key !== "F6") return;
      event.preventDefault();
      const side = document.activeElement?.closest(".pane")?.id === "pane-left" ? "right" : "left";
      setShown(side);
      requestAnimationFrame(() => focusPane(side));
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, []);
}

function Header({ state, act }) {
  return html`<header class="top">
    <div class="top-name">
      <h1>Soundings playground</h1>
      <p class="marking"><span class="marking-word">OFFICIAL-SENSITIVE (demo)</span> Fictional data</p>
    </div>
    ${state && html`<${Clock} now=${new Date(state.now)} act=${act} />`}
  </header>`;
}

function SideTabs({ lines, shown, setShown }) {
  const name = (side) => lines[side].state?.me.name ?? (side === "left" ? "Left" : "Right");
  return html`<nav class="side-tabs" aria-label="Persona shown">
    ${SIDES.map(
        (side) => html`<button type="button" key=${side} data-testid=${`tab-${side}`}
        aria-current=${shown === side ? "true" : undefined} onClick=${() => setShown(side)}>
        ${name(side)}
      </button>`,
    )}
  </nav>`;
}

/** The live regions stand outside the panes, so that what they say is not found there a second time. */
function Announcements({ said }) {
  return SIDES.map(
    (side) => html`<p class="sr" role="status" key=${side} data-testid=${`said-${side}`}>${said[side]}</p>`,
  );
}

function App() {
  const [said, setSaid] = useState({});
  const [shown, setShown] = useState("left");
  const { who, lines, state, people, choose } = usePersonas();
  useF6(setShown);
  const act = (lines.left.online ? lines.left : lines.right).act;
  return html`<div class="page">
    <nav class="skip" aria-label="Skip to">
      ${SIDES.map((side) => html`<a href=${`#pane-${side}`} key=${side}
        onClick=${() => setShown(side)}>Go to the ${side} pane</a>`)}
    </nav>
    <${Header} state=${state} act=${act} />
    ${state && !state.connected && html`<p class="banner" role="status"
      data-testid="bot-banner">No bot is connected. Commands and buttons will not be answered until one is.</p>`}
    <${SideTabs} lines=${lines} shown=${shown} setShown=${setShown} />
    <main class="panes">
      ${SIDES.map(
        (side) => html`<${Pane} key=${side} side=${side} user=${who[side]} line=${lines[side]} people=${people}
          shown=${shown === side}
          choose=${(id) => choose(side, id)} say=${(words) => setSaid((was) => ({ ...was, [side]: words }))} />`,
      )}
    </main>
    <${Announcements} said=${said} />
  </div>`;
}

const root = document.getElementById("app");
root.replaceChildren();
render(html`<${App} />`, root);
