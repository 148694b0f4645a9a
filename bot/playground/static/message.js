/** One message: who, when, what; what can be done with it; and the thread below it. */

import { html, useContext, useState } from "./vendor/htm-preact-standalone.module.js";
import { Avatar } from "./avatar.js";
import { Blocks } from "./blocks.js";
import { Composer } from "./composer.js";
import { PaneContext, useUniqueId } from "./context.js";
import { clockTime, fromTs, inWords } from "./dates.js";
import { Files } from "./files.js";
import { Icon } from "./icons.js";
import { Mrkdwn } from "./mrkdwn.js";
import { MenuButton } from "./popup.js";
import { Surface } from "./surface.js";

function Time({ ts }) {
  const date = fromTs(ts);
  return html`<time datetime=${date.toISOString()} title=${inWords(date)}>${clockTime(date)}</time>`;
}

function MoreActions({ message }) {
  const { state, run } = useContext(PaneContext);
  const { channel, ts } = message;
  const items = state.shortcuts
    .filter((shortcut) => shortcut.kind === "message")
    .map(({ callback_id: id, name }) => ({
      key: id,
      text: name,
      pick: () => run({ act: "message_shortcut", callback_id: id, channel, ts }),
    }));
  return html`<${MenuButton} label="More actions" items=${items} empty="No message shortcuts yet"><${Icon}
    name="more" /><//>`;
}

function Toolbar({ message, reply }) {
  // Slack offers nothing on a message that only one person can see.
  if (message.ephemeral) return null;
  return html`<div class="toolbar">
    ${reply && html`<button type="button" class="icon-button" aria-label="Reply in thread" title="Reply in thread"
      onClick=${reply}><${Icon} name="reply" /></button>`}
    <${MoreActions} message=${message} />
  </div>`;
}

function Body({ message }) {
  const where = { kind: "message", channel: message.channel, ts: message.ts };
  if (!message.blocks?.length && !message.text) return null;
  if (!message.blocks?.length) return html`<${Mrkdwn} text=${message.text} />`;
  return html`<${Surface} where=${where} blocks=${message.blocks}><${Blocks} blocks=${message.blocks} /><//>`;
}

function Thread({ message, open, toggle, drafts }) {
  const id = useUniqueId("thread");
  const count = message.replies.length;
  if (!count && !open) return null;
  const words = count ? `${count} repl${count === 1 ? "y" : "ies"}` : "New thread";
  return html`<div class="thread" data-testid=${`thread-${message.ts}`}>
    <button type="button" class="thread-toggle" aria-expanded=${String(open)} aria-controls=${open ? id : undefined}
      onClick=${toggle}>
      <span aria-hidden="true">${open ? "▾" : "▸"}</span> ${words}
      ${count > 0 && !open && html` <span class="note">last at <${Time} ts=${message.replies.at(-1).ts} /></span>`}
    </button>
    ${
      open &&
      html`<div id=${id} class="thread-body">
      <ol class="messages">${message.replies.map((reply) => html`<${Message} key=${reply.ts} message=${reply} />`)}</ol>
      <${Composer} channel=${message.channel} threadTs=${message.ts} label="Reply in this thread" drafts=${drafts} />
    </div>`
    }
  </div>`;
}

/** A message in a channel; one in a thread when no `drafts` are given. */
export function Message({ message, drafts }) {
  const [open, setOpen] = useState(false);
  const toggle = () => setOpen(!open);
  const { author } = message;
  return html`<li class=${message.ephemeral ? "message ephemeral" : "message"} data-testid=${`message-${message.ts}`}>
    <${Avatar} name=${author.name} bot=${author.bot} />
    <div class="message-main">
      ${message.ephemeral && html`<p class="only-you"><${Icon} name="eye" size=${14} /> Only visible to you</p>`}
      <div class="byline">
        <strong>${author.name}</strong>${author.bot && html`<span class="tag">App</span>`}<${Time} ts=${message.ts} />
        ${message.edited && html`<span class="note">(edited)</span>`}
      </div>
      <${Body} message=${message} />
      <${Files} files=${message.files} />
      ${drafts && html`<${Thread} message=${message} open=${open} toggle=${toggle} drafts=${drafts} />`}
    </div>
    <${Toolbar} message=${message} reply=${drafts && (() => setOpen(true))} />
  </li>`;
}
