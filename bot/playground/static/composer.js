/** Where one writes: a message, or a slash command with a list of what there is. */

import { html, useContext, useRef, useState } from "./vendor/htm-preact-standalone.module.js";
import { PaneContext, useUniqueId } from "./context.js";
import { Icon } from "./icons.js";
import { MenuButton } from "./popup.js";

/** The commands that may still be meant by what is typed so far. */
function meant(text, commands) {
  if (!/^\/\S*$/.test(text)) return [];
  return commands.filter((command) => command.name.startsWith(text.toLowerCase()));
}

function Suggestions({ id, commands, active, pick }) {
  return html`<div class="suggestions" role="listbox" id=${id} aria-label="Commands"
    onMouseDown=${(event) => event.preventDefault()}>
    ${commands.map(
      (
        command,
        index,
      ) => html`<div role="option" key=${command.name} id=${`${id}-${index}`} class=${index === active ? "active" : ""}
        aria-selected=${String(index === active)} onClick=${() => pick(command)}>
        <span><strong>${command.name}</strong>${command.hint && html` <span class="hint">${command.hint}</span>`}</span>
        <span class="note">${command.description}</span>
      </div>`,
    )}
  </div>`;
}

function Shortcuts() {
  const { state, run } = useContext(PaneContext);
  const items = state.shortcuts
    .filter((shortcut) => shortcut.kind === "global")
    .map(({ callback_id: id, name }) => ({
      key: id,
      text: name,
      pick: () => run({ act: "shortcut", callback_id: id }),
    }));
  return html`<${MenuButton} label="Shortcuts" testid="shortcuts" items=${items} empty="No shortcuts yet"><${Icon}
    name="shortcuts" /><//>`;
}

/** Text that can be put back if the playground refuses what was sent. `drafts` keeps it per place. */
function useDraft(drafts, place) {
  const [, redraw] = useState(0);
  const put = (text) => {
    drafts.set(place, text);
    redraw((count) => count + 1);
  };
  return [drafts.get(place) ?? "", put];
}

function useSuggestions(text, commands, put) {
  const [hiddenFor, setHiddenFor] = useState(null);
  const [active, setActive] = useState(0);
  const shown = hiddenFor === text ? [] : meant(text, commands);
  const at = Math.min(active, shown.length - 1);
  const pick = (command) => {
    put(`${command.name} `);
    setActive(0);
  };
  const move = (by) => setActive((at + by + shown.length) % shown.length);
  const keys = {
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    Escape: () => setHiddenFor(text),
    Tab: () => pick(shown[at]),
    // A whole name is a command to send, not one to complete.
    Enter: () => shown[at].name !== text && (pick(shown[at]), true),
  };
  const onKey = (event) => {
    if (!shown.length || !(event.key in keys) || event.shiftKey) return false;
    if (keys[event.key]() === false) return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  };
  return { shown, at, pick, onKey };
}

/** The composer of a channel, or of a thread when `threadTs` is given (commands do not work in threads). */
export function Composer({ channel, label, threadTs, drafts }) {
  const { state, run } = useContext(PaneContext);
  const place = threadTs ? `${channel} ${threadTs}` : channel;
  const [text, put] = useDraft(drafts, place);
  const field = useRef(null);
  const id = useUniqueId("composer");
  const list = useSuggestions(text, threadTs ? [] : state.commands, (next) => {
    put(next);
    field.current.focus();
  });
  async function send() {
    const words = text.trim();
    if (!words) return;
    put("");
    const command = words.startsWith("/") && !threadTs;
    const thread = threadTs ? { thread_ts: threadTs } : {};
    const answer = await run(
      command ? { act: "command", text: words, channel } : { act: "say", text: words, channel, ...thread },
    );
    if (!answer.ok && !drafts.get(place)) put(text);
  }
  const onKeyDown = (event) => {
    if (event.isComposing || list.onKey(event)) return;
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    send();
  };
  const open = list.shown.length > 0;
  return html`<div class=${threadTs ? "composer in-thread" : "composer"}>
    ${open && html`<${Suggestions} id=${`${id}-list`} commands=${list.shown} active=${list.at} pick=${list.pick} />`}
    <textarea rows="1" ref=${field} data-testid=${threadTs ? "thread-composer" : "composer"} aria-label=${label}
      placeholder=${label}
      aria-autocomplete=${threadTs ? undefined : "list"} aria-controls=${open ? `${id}-list` : undefined}
      aria-activedescendant=${open ? `${id}-list-${list.at}` : undefined}
      value=${text} onInput=${(event) => put(event.target.value)} onKeyDown=${onKeyDown}></textarea>
    <div class="composer-bar">
      ${!threadTs && html`<${Shortcuts} />`}
      ${!threadTs && html`<span class="note">Type <kbd>/</kbd> for commands</span>`}
      <button type="button" class="button primary send" data-testid=${threadTs ? "thread-send" : "send"}
        aria-disabled=${text.trim() ? undefined : "true"} onClick=${send}>Send</button>
    </div>
  </div>`;
}
