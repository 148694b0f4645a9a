/** One channel or direct message: its heading, its messages by day, and the composer. */

import { html, useContext, useEffect, useLayoutEffect, useRef } from "./vendor/htm-preact-standalone.module.js";
import { Composer } from "./composer.js";
import { PaneContext } from "./context.js";
import { fromTs, longDay } from "./dates.js";
import { Message } from "./message.js";

const NEAR = 120;

/** What a channel is called on the page. */
export const nameOf = (channel, state) => (channel.kind === "dm" ? state.bot.name : `#${channel.name}`);

const KINDS = {
  private: "Private channel: only its members see it",
  public: "Public channel",
  dm: "Direct messages between you and the bot",
};

function byDay(messages) {
  const days = [];
  for (const message of messages) {
    const name = longDay(fromTs(message.ts));
    if (days.at(-1)?.name !== name) days.push({ name, messages: [] });
    days.at(-1).messages.push(message);
  }
  return days;
}

const countAll = (messages) => messages.reduce((sum, message) => sum + 1 + message.replies.length, 0);

/** Stay at the newest message unless the reader has scrolled up. */
function useFollow(channel) {
  const scroller = useRef(null);
  const atEnd = useRef(true);
  const shown = countAll(channel.messages);
  const toEnd = () => scroller.current.scrollTo({ top: scroller.current.scrollHeight });
  useLayoutEffect(() => {
    if (atEnd.current) toEnd();
  }, [shown]);
  const onScroll = () => {
    const { scrollHeight, scrollTop, clientHeight } = scroller.current;
    atEnd.current = scrollHeight - scrollTop - clientHeight < NEAR;
  };
  return { scroller, onScroll };
}

/** Mark a channel as read while it is truly on the screen. */
function useRead(channel, scroller, shown) {
  const { act } = useContext(PaneContext);
  useEffect(() => {
    if (channel.unread > 0 && scroller.current.offsetWidth > 0) act({ act: "read", channel: channel.id });
  }, [channel.unread, shown]);
}

function Day({ day, drafts }) {
  return html`<section class="day" aria-label=${day.name}>
    <h4 class="day-name"><span>${day.name}</span></h4>
    <ol class="messages">
      ${day.messages.map((message) => html`<${Message} key=${message.ts} message=${message} drafts=${drafts} />`)}
    </ol>
  </section>`;
}

export function Conversation({ channel, drafts, shown }) {
  const { state } = useContext(PaneContext);
  const { scroller, onScroll } = useFollow(channel);
  useRead(channel, scroller, shown);
  const name = nameOf(channel, state);
  return html`<div class="conversation">
    <header class="place-head">
      <h3>${name}</h3>
      <p class="note">${KINDS[channel.kind]}</p>
    </header>
    <div class="scroller" ref=${scroller} onScroll=${onScroll} tabindex="0" role="region" aria-label=${`Messages in ${name}`}>
      ${channel.messages.length === 0 && html`<p class="empty">Nothing here yet. Type <kbd>/</kbd> below to see what you can ask for.</p>`}
      ${byDay(channel.messages).map((day) => html`<${Day} key=${day.name} day=${day} drafts=${drafts} />`)}
    </div>
    <${Composer} key=${channel.id} channel=${channel.id} label=${`Message ${name}`} drafts=${drafts} />
  </div>`;
}
