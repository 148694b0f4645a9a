/** Where a select's choices come from: the block itself, the bot (over the wire), the people or the channels. */

import { useContext, useEffect, useRef, useState } from "./vendor/htm-preact-standalone.module.js";
import { PaneContext, SurfaceContext } from "./context.js";
import { plain } from "./mrkdwn.js";

const PAUSE = 250;
const LEAST_LETTERS = 3;

const ofOption = (group) => (option) => ({
  key: option.value,
  text: plain(option.text),
  note: plain(option.description),
  group,
  raw: option,
});

function ofOptions({ options, option_groups: groups }) {
  if (groups?.length) return groups.flatMap((group) => group.options.map(ofOption(plain(group.label))));
  return (options ?? []).map(ofOption());
}

const ofPerson = (person) => ({ key: person.id, text: person.name, note: person.title, raw: person.id });

const KIND = { private: "private", public: "public", dm: "im" };

const channelName = (channel, bot) => (channel.kind === "dm" ? bot.name : `#${channel.name}`);

function ofChannels(element, { channels, bot }) {
  const wanted = element.type.includes("channels_select") ? ["public"] : element.filter?.include;
  return channels
    .filter((channel) => !wanted || wanted.includes(KIND[channel.kind]))
    .map((channel) => ({ key: channel.id, text: channelName(channel, bot), raw: channel.id }));
}

/** The choices that need no search over the wire. */
function local(element, state) {
  if (element.type.includes("users")) return state.people.filter((person) => !person.deleted).map(ofPerson);
  if (element.type.includes("channels") || element.type.includes("conversations")) return ofChannels(element, state);
  return ofOptions(element);
}

const matches = (query) => (item) =>
  `${item.text} ${item.note ?? ""}`.toLowerCase().includes(query.trim().toLowerCase());

function useLocal(element, query) {
  const { state } = useContext(PaneContext);
  return { items: local(element, state).filter(matches(query)), said: "" };
}

/** Ask the bot, after a pause in typing; an answer that comes too late for the present query is dropped. */
function useRemote(block, element, query, open) {
  const pane = useContext(PaneContext);
  const { where } = useContext(SurfaceContext);
  const [found, setFound] = useState({ items: [], said: "" });
  const asked = useRef(0);
  const least = element.min_query_length ?? LEAST_LETTERS;
  useEffect(() => {
    asked.current += 1;
    const turn = asked.current;
    if (!open) return undefined;
    if (query.trim().length < least) {
      setFound({ items: [], said: `Type at least ${least} letter${least === 1 ? "" : "s"} to search` });
      return undefined;
    }
    setFound((was) => ({ ...was, said: "Searching…" }));
    const ask = async () => {
      const ids = { block_id: block.block_id, action_id: element.action_id };
      const answer = await pane.act({ act: "options", where, ...ids, query });
      if (turn !== asked.current) return;
      setFound(answer.ok ? { items: ofOptions(answer), said: "" } : { items: [], said: answer.error });
    };
    const timer = setTimeout(ask, query ? PAUSE : 0);
    return () => clearTimeout(timer);
  }, [query, open]);
  return found;
}

/** `{items, said}` for what is typed: the choices, or the sentence to show in their place. */
export function useChoices(block, element, query, open) {
  const remote = element.type.includes("external");
  return remote ? useRemote(block, element, query, open) : useLocal(element, query);
}

/** The item for a chosen value: an option, a person's id or a channel's id. */
export function chosenItem(element, raw, state) {
  if (typeof raw !== "string") return ofOption()(raw);
  const person = [...state.people, state.bot].find((one) => one.id === raw);
  if (person) return ofPerson(person);
  const channel = state.channels.find((one) => one.id === raw);
  return { key: raw, text: channel ? channelName(channel, state.bot) : raw, raw };
}
