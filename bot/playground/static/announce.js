/** What a screen reader is told when something new arrives. */

import { useEffect, useRef } from "./vendor/htm-preact-standalone.module.js";
import { nameOf } from "./conversation.js";
import { plain } from "./mrkdwn.js";

const LONGEST = 200;

function* everyMessage(state) {
  for (const channel of state.channels) {
    for (const message of channel.messages) {
      yield { channel, message };
      for (const reply of message.replies) yield { channel, message: reply };
    }
  }
}

function sentence({ channel, message }, state) {
  const privately = message.ephemeral ? ", only visible to you" : "";
  const words = plain(message.text || "")
    .replace(/[<>*_~`]/g, " ")
    .slice(0, LONGEST);
  return `${state.me.name}: new message in ${nameOf(channel, state)} from ${message.author.name}${privately}: ${words}`;
}

/** Hands `say` a sentence about the newest message that was not there before, unless this persona wrote it. */
export function useAnnouncements(state, say) {
  const seen = useRef(null);
  useEffect(() => {
    const all = [...everyMessage(state)];
    const key = ({ channel, message }) => `${channel.id} ${message.ts}`;
    const fresh = seen.current
      ? all.filter((one) => !seen.current.has(key(one)) && one.message.author.id !== state.me.id)
      : [];
    seen.current = new Set(all.map(key));
    if (!fresh.length) return;
    const more = fresh.length > 1 ? ` And ${fresh.length - 1} more.` : "";
    say(sentence(fresh.at(-1), state) + more);
  }, [state]);
}
