/** The playground's clock: what it says, and moving it on. */

import { html, useState } from "./vendor/htm-preact-standalone.module.js";
import { fromWallTime, inWords, nextDay, nextWorkingMorning, wallTime } from "./dates.js";

const HOUR = 3600;

function GoTo({ now, go }) {
  const [wall, setWall] = useState(null);
  const shown = wall ?? wallTime(now);
  const leave = () => {
    if (shown) go(fromWallTime(shown));
    setWall(null);
  };
  return html`<span class="clock-goto">
    <label class="sr" for="clock-input">Go to this date and time</label>
    <input id="clock-input" data-testid="clock-input" type="datetime-local" value=${shown}
      onInput=${(event) => setWall(event.target.value)} />
    <button type="button" class="button" data-testid="clock-go" onClick=${leave}>Go to</button>
  </span>`;
}

/** The clock control. `act` moves the clock; an answer that is not ok is shown beside it. */
export function Clock({ now, act }) {
  const [problem, setProblem] = useState(null);
  const go = async (message) => {
    const answer = await act(message);
    setProblem(answer.ok ? null : answer.error);
  };
  const [open, setOpen] = useState(false);
  const to = (date) => {
    if (date < now) return setProblem(`The clock only goes forward: choose a time after ${inWords(now)}.`);
    return go({ act: "clock", to: date.toISOString() });
  };
  return html`<div class=${open ? "clock open" : "clock"} role="group" aria-label="The playground’s clock">
    <time class="clock-now" data-testid="clock-now" datetime=${now.toISOString()}>${inWords(now)}</time>
    <button type="button" class="button clock-toggle" data-testid="clock-toggle" aria-expanded=${String(open)}
      onClick=${() => setOpen(!open)}>Move the clock</button>
    <div class="clock-moves"><span class="clock-steps">
      <button type="button" class="button" data-testid="clock-hour"
        onClick=${() => go({ act: "clock", advance_seconds: HOUR })}>+1 hour</button>
      <button type="button" class="button" data-testid="clock-morning" title="To 09:00 on the next working day"
        onClick=${() => to(nextWorkingMorning(now))}>+1 working morning</button>
      <button type="button" class="button" data-testid="clock-day" onClick=${() => to(nextDay(now))}>+1 day</button>
    </span>
    <${GoTo} now=${now} go=${to} /></div>
    ${problem && html`<p class="error" role="alert">${problem}</p>`}
  </div>`;
}
