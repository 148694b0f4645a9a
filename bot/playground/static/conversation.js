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

/** Stay at the newest message, also while pictures load, unless the reader has scrolled up. */
function useFollow() {
  const scroller = useRef(null);
  const atEnd = useRef(true);
  useLayoutEffect(() => {
    const { current: box } = scroller;
    const follow = () => atEnd.current && box.scrollTo({ top: box.scrollHeight });
    const watch = new ResizeObserver(follow);
    watch.observe(box);
    watch.observe(box.firstElementChild);
    follow();
    return () => watch.disconnect();
  }, []);
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
  return html`<div class="day">
    <h4 class="day-name"><span>${day.name}</span></h4>
    <ol class="messages">
      ${day.messages.map((message) => html`<${Message} key=${message.ts} message=${message} drafts=${drafts} />`)}
    </ol>
  </div>`;
}

export function Conversation({ channel, drafts, shown }) {
  const { state } = useContext(PaneContext);
  const { scroller, onScroll } = useFollow();
  useRead(channel, scroller, shown);
  const name = nameOf(channel, state);
  return html`<div class="conversation">
    <header class="place-head">
      <h3>${name}</h3>
      <p class="note">${KINDS[channel.kind]}</p>
    </header>
    <div class="scroller" ref=${scroller} onScroll=${onScroll} tabindex="0" role="region"
      aria-label=${`Messages in ${name} for ${state.me.name}`}>
      <div>
        ${channel.messages.length === 0 && html`<p
          class="empty">Nothing here yet. Type <kbd>/</kbd> below to see what you can ask for.</p>`}
        ${byDay(channel.messages).map((day) => html`<${Day} key=${day.name} day=${day} drafts=${drafts} />`)}
      </div>
    </div>
    <${Composer} key=${channel.id} channel=${channel.id} label=${`Message ${name}`} drafts=${drafts} />
  </div>`;
}
