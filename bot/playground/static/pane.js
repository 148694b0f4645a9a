/** One persona's pane: who they are, where they can go, and what they see there. */

import {
  html,
  useCallback,
  useContext,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from "./vendor/htm-preact-standalone.module.js";
import { useAnnouncements } from "./announce.js";
import { Avatar } from "./avatar.js";
import { Blocks } from "./blocks.js";
import { PaneContext } from "./context.js";
import { Conversation } from "./conversation.js";
import { Icon } from "./icons.js";
import { Dialogs } from "./modal.js";
import { Surface } from "./surface.js";

const HOME = "home";

function PersonaSelect({ side, user, people, choose }) {
  const known = people.some((person) => person.id === user);
  return html`<label class="persona">
    <span class="sr">${side === "left" ? "Left" : "Right"} pane: </span><span class="persona-label">You are</span>
    <select data-testid="persona-select" value=${user ?? ""} onChange=${(event) => choose(event.target.value)}>
      ${!known && html`<option value=${user ?? ""}>${user || "…"}</option>`}
      ${people.map((person) => html`<option key=${person.id}
        value=${person.id}>${person.name}${person.title ? `, ${person.title}` : ""}</option>`)}
    </select>
  </label>`;
}

function Place({ id, name, mark, unread = 0, here, go, testid }) {
  const self = useRef(null);
  useEffect(() => {
    if (here) self.current.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [here]);
  return html`<li ref=${self}>
    <button type="button" class=${unread ? "place unread" : "place"} data-testid=${testid}
      aria-current=${here ? "page" : undefined} onClick=${() => go(id)}>
      <span class="place-mark"><${Icon} name=${mark} /></span><span class="place-name" title=${name}>${name}</span>
      ${unread > 0 && html`<span class="badge">${unread}<span class="sr"> unread</span></span>`}
    </button>
  </li>`;
}

function Sidebar({ place, go }) {
  const { state } = useContext(PaneContext);
  const entry = (channel, name) =>
    html`<${Place} key=${channel.id} id=${channel.id} name=${name} mark=${channel.kind} unread=${channel.unread}
      here=${place === channel.id}
      go=${go} testid=${`channel-${channel.id}`} />`;
  const direct = state.channels.filter((channel) => channel.kind === "dm");
  const rooms = state.channels.filter((channel) => channel.kind !== "dm");
  return html`<nav class="sidebar" aria-label=${`Places for ${state.me.name}`}>
    <h3 class="sidebar-name">${state.bot.name}</h3>
    <ul>
      <${Place} id=${HOME} name="Home" mark="home" here=${place === HOME} go=${go} testid="home-tab" />
      ${direct.map((channel) => entry(channel, "Messages"))}
    </ul>
    ${rooms.length > 0 && html`<h3 class="sidebar-name">Channels</h3>`}
    <ul>${rooms.map((channel) => entry(channel, channel.name))}</ul>
  </nav>`;
}

function Home() {
  const { state } = useContext(PaneContext);
  const { home, bot } = state;
  return html`<div class="conversation" data-testid="home">
    <header class="place-head"><h3>${bot.name}</h3><p class="note">Home: what only you see</p></header>
    <div class="scroller home" tabindex="0" role="region" aria-label=${`Home for ${state.me.name}`}>
      ${
        home
          ? html`<${Surface} key=${home.id} where=${{ kind: "home" }} blocks=${home.blocks} typed=${home.values}
            errors=${home.errors}>
            <${Blocks} blocks=${home.blocks} />
          <//>`
          : html`<p class="empty">The bot has not written anything here yet.</p>`
      }
    </div>
  </div>`;
}

const firstPlace = (state) =>
  (state.channels.find((channel) => channel.kind !== "dm") ?? state.channels[0])?.id ?? HOME;

function usePlace(state, { run, notify }) {
  const [wanted, setWanted] = useState(null);
  const there = wanted === HOME || state.channels.some((channel) => channel.id === wanted);
  const go = (place) => {
    // What went wrong in one place says nothing about another.
    notify(null);
    setWanted(place);
    if (place === HOME) run({ act: "home" });
  };
  return [there ? wanted : firstPlace(state), go];
}

/** `run` acts and shows what went wrong; `confirm` asks first. Both answer with a promise. */
function usePaneTools(act) {
  const [problem, notify] = useState(null);
  const [question, setQuestion] = useState(null);
  const run = useCallback(
    async (message) => {
      notify(null);
      const answer = await act(message);
      if (!answer.ok) notify(answer.error ?? "That did not work.");
      return answer;
    },
    [act],
  );
  const confirm = useCallback(
    (ask) =>
      new Promise((resolve) => {
        const answer = (yes) => {
          setQuestion(null);
          resolve(yes);
        };
        setQuestion({ ask, answer });
      }),
    [],
  );
  return { run, notify, problem, confirm, question };
}

function Problem({ words, dismiss }) {
  return html`<div class="notice" role="alert">
    <span>${words}</span><button type="button" class="icon-button" aria-label="Dismiss" onClick=${dismiss}><${Icon}
      name="close" /></button>
  </div>`;
}

/** Give the focus back to where it was before a dialog covered the workspace. */
function useReturnedFocus(covered) {
  const workspace = useRef(null);
  const last = useRef(null);
  const was = useRef(covered);
  useLayoutEffect(() => {
    const uncovered = was.current && !covered;
    was.current = covered;
    if (!uncovered || (document.activeElement && document.activeElement !== document.body)) return;
    const back = last.current?.isConnected ? last.current : workspace.current.querySelector("[data-testid=composer]");
    back?.focus();
  }, [covered]);
  return { workspace, remember: (event) => (last.current = event.target) };
}

function Workspace({ state, act, shown, say }) {
  const tools = usePaneTools(act);
  const [place, go] = usePlace(state, tools);
  const drafts = useRef(new Map()).current;
  useAnnouncements(state, say);
  const covered = state.modals.length > 0 || Boolean(tools.question);
  const { workspace, remember } = useReturnedFocus(covered);
  const notice = tools.problem && html`<${Problem} words=${tools.problem} dismiss=${() => tools.notify(null)} />`;
  const channel = state.channels.find((one) => one.id === place);
  return html`<${PaneContext.Provider} value=${{ state, act, run: tools.run, confirm: tools.confirm }}>
    <div class="workspace" ref=${workspace} inert=${covered} onfocusin=${remember}>
      <${Sidebar} place=${place} go=${go} />
      <div class="main">
        ${!state.modals.length && notice}
        ${channel ? html`<${Conversation} key=${place} channel=${channel} drafts=${drafts}
          shown=${shown} />` : html`<${Home} />`}
      </div>
    </div>
    <${Dialogs} modals=${state.modals} question=${tools.question} notice=${notice} />
  <//>`;
}

function Waiting({ online, user }) {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), 1500);
    return () => clearTimeout(timer);
  }, []);
  if (!slow) return null;
  const nobody = `The playground has nobody called ${user || "that"}, or is not running.`;
  return html`<p class="empty" role="status">${online === false ? nobody : "Waiting for the playground…"}</p>`;
}

/** A pane. `line` is what `usePersona` gives; `people` is everyone one can be; `say` speaks to a screen reader. */
export function Pane({ side, user, line, people, choose, shown, say }) {
  const { state, online, act } = line;
  const name = state?.me.name ?? user ?? "nobody yet";
  return html`<section class=${shown ? "pane shown" : "pane"} data-testid=${`pane-${side}`} id=${`pane-${side}`}
    tabindex="-1" aria-labelledby=${`pane-${side}-name`}>
    <header class="pane-head">
      <h2 class="sr" id=${`pane-${side}-name`}>${side === "left" ? "Left" : "Right"} pane: ${name}</h2>
      <${Avatar} name=${name} />
      <${PersonaSelect} side=${side} user=${user} people=${people} choose=${choose} />
    </header>
    ${state && online === false && html`<p class="banner"
      role="status">The playground has gone quiet. Trying again…</p>`}
    ${
      state
        ? html`<${Workspace} key=${user} state=${state} act=${act} shown=${shown} say=${say} />`
        : html`<${Waiting} key=${user} online=${online} user=${user} />`
    }
  </section>`;
}
