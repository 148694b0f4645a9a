/** The stack of modals and the confirm dialog. The top one holds the focus of its pane; those below keep what was typed. */

import {
  html,
  useContext,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from "./vendor/htm-preact-standalone.module.js";
import { Blocks } from "./blocks.js";
import { PaneContext, useUniqueId } from "./context.js";
import { faults } from "./form.js";
import { Icon } from "./icons.js";
import { plain, Text } from "./mrkdwn.js";
import { Surface } from "./surface.js";

const REACHABLE = "a[href], button, input, textarea, select, [tabindex]:not([tabindex='-1'])";
const FIELDS = ".modal-body :is(input, textarea, select)";

const reachable = (root) =>
  [...root.querySelectorAll(REACHABLE)].filter((one) => one.offsetParent !== null && one.tabIndex >= 0);

/** Tab goes round inside `root`: the other pane is reached with F6, as in a desktop program. */
function keepInside(event, root) {
  if (event.key !== "Tab") return;
  const stops = reachable(root);
  const [from, to] = event.shiftKey ? [stops[0], stops.at(-1)] : [stops.at(-1), stops[0]];
  if (document.activeElement !== from && document.activeElement !== root) return;
  to?.focus();
  event.preventDefault();
}

/** May the focus be taken? Not while the person is busy in the other pane. */
function focusIsOurs(root) {
  const active = document.activeElement;
  return !active || active === document.body || root.closest(".pane").contains(active);
}

/** Take the focus on becoming the top dialog, and have it again when a dialog above has gone. */
function useDialogFocus(root, isTop, firstField) {
  const last = useRef(null);
  useLayoutEffect(() => {
    if (!isTop || !focusIsOurs(root.current)) return;
    const first =
      root.current.querySelector("[data-autofocus]") ?? (firstField && root.current.querySelector(firstField));
    (last.current?.isConnected ? last.current : (first ?? root.current)).focus();
  }, [isTop]);
  return (event) => (last.current = event.target);
}

function useErrors(view) {
  const [own, setOwn] = useState({});
  const given = view.errors ?? {};
  const errors = { ...given, ...own };
  const shown = JSON.stringify(errors);
  return { errors, setOwn, shown };
}

function Loose({ errors, blocks }) {
  const inputs = new Set(blocks.filter((block) => block.type === "input").map((block) => block.block_id));
  const loose = Object.entries(errors).filter(([id]) => !inputs.has(id));
  return loose.map(([id, words]) => html`<p class="notice" role="alert" key=${id}>${words}</p>`);
}

function Foot({ view, busy, submit, close }) {
  const send = plain(view.submit) || (view.blocks.some((block) => block.type === "input") && "Submit");
  return html`<footer class="modal-foot">
    <button type="button" class="button" data-testid="modal-close"
      onClick=${close}>${plain(view.close) || (send ? "Cancel" : "Close")}</button>
    ${
      send &&
      html`<button type="button" class="button primary" data-testid="modal-submit"
        aria-busy=${busy ? "true" : undefined} onClick=${submit}>
      ${busy ? "Sending…" : send}
    </button>`
    }
  </footer>`;
}

/** Sending a view: Slack's own checks, then the bot's answer, which arrives as errors in the state or as a new stack. */
function useSubmit(view, form, setOwn) {
  const { run } = useContext(PaneContext);
  const [busy, setBusy] = useState(false);
  const [tries, setTries] = useState(0);
  async function submit() {
    if (busy) return;
    const found = faults(view.blocks, form.current);
    setOwn(found);
    if (!Object.keys(found).length) {
      setBusy(true);
      await run({ act: "submit", view_id: view.id, values: form.current.values() });
      setBusy(false);
    }
    setTries((count) => count + 1);
  }
  return { busy, tries, submit };
}

function Modal({ view, isTop, notice }) {
  const { run } = useContext(PaneContext);
  const root = useRef(null);
  const form = useRef(null);
  const title = useUniqueId("modal");
  const { errors, setOwn, shown } = useErrors(view);
  const { busy, tries, submit } = useSubmit(view, form, setOwn);
  const remember = useDialogFocus(root, isTop, FIELDS);
  const close = () => run({ act: "close", view_id: view.id });
  useEffect(() => {
    if (isTop && shown !== "{}") root.current.querySelector("[aria-invalid]")?.focus();
  }, [shown, tries]);
  useEffect(() => {
    // An update may have taken away the very button that held the focus.
    if (isTop && document.activeElement === document.body) root.current.focus();
  }, [view.hash]);
  // Another page in its place is read from its beginning.
  useEffect(() => root.current.querySelector(".modal-body").scrollTo({ top: 0 }), [plain(view.title)]);
  const onKeyDown = (event) => {
    keepInside(event, root.current);
    if (event.key === "Escape") close();
  };
  return html`<div class="modal" role="dialog" aria-labelledby=${title} tabindex="-1" ref=${root} hidden=${!isTop}
    data-testid=${isTop ? "modal" : "modal-below"} onKeyDown=${onKeyDown} onfocusin=${remember}>
    <header class="modal-head">
      <h3 id=${title}>${plain(view.title)}</h3>
      <button type="button" class="icon-button" aria-label="Close" onClick=${close}><${Icon} name="close" /></button>
    </header>
    <div class="modal-body">
      ${notice}
      <${Loose} errors=${errors} blocks=${view.blocks} />
      <${Surface} where=${{ kind: "view", view_id: view.id }} blocks=${view.blocks} typed=${view.values}
        errors=${errors} formRef=${form}>
        <${Blocks} blocks=${view.blocks} />
      <//>
    </div>
    <${Foot} ...${{ view, busy, submit, close }} />
  </div>`;
}

/** Slack's "are you sure?": `answer` is called with true or false. */
function Confirm({ ask, answer }) {
  const root = useRef(null);
  const id = useUniqueId("confirm");
  const remember = useDialogFocus(root, true, ".modal-foot button");
  const onKeyDown = (event) => {
    keepInside(event, root.current);
    if (event.key === "Escape") answer(false);
  };
  const style = ask.style === "danger" ? "danger" : "primary";
  return html`<div class="modal confirm" role="alertdialog" aria-labelledby=${`${id}-title`}
    aria-describedby=${`${id}-text`} tabindex="-1"
    ref=${root} data-testid="confirm" onKeyDown=${onKeyDown} onfocusin=${remember}>
    <header class="modal-head"><h3 id=${`${id}-title`}>${plain(ask.title)}</h3></header>
    <div class="modal-body" id=${`${id}-text`}><${Text} of=${ask.text} /></div>
    <footer class="modal-foot">
      <button type="button" class="button" data-testid="confirm-deny"
        onClick=${() => answer(false)}>${plain(ask.deny) || "Cancel"}</button>
      <button type="button" class=${`button ${style}`} data-testid="confirm-yes"
        onClick=${() => answer(true)}>${plain(ask.confirm) || "Yes"}</button>
    </footer>
  </div>`;
}

/** Everything that lies over a pane. */
export function Dialogs({ modals, question, notice }) {
  if (!modals.length && !question) return null;
  const top = modals.length - 1;
  return html`<div class="overlay">
    ${modals.map((view, index) => html`<${Modal} key=${view.id} view=${view} isTop=${index === top && !question}
      notice=${notice} />`)}
    ${question && html`<${Confirm} ask=${question.ask} answer=${question.answer} />`}
  </div>`;
}
