/** Dates as people in the network read them: Europe/London, in words. Instants are `Date` objects. */

const ZONE = "Europe/London";
const MINUTE = 60_000;
const DAY = 86_400_000;

const formats = new Map();

function format(date, options) {
  const key = JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, ...options }));
  return formats.get(key).format(date);
}

const SHORT_DAY = { weekday: "short", day: "numeric", month: "short", year: "numeric" };
const LONG_DAY = { weekday: "long", day: "numeric", month: "long", year: "numeric" };
const CLOCK = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };

/** "09:00" */
export const clockTime = (date) => format(date, CLOCK);

/** "Mon 23 Nov 2026, 09:00" */
export const inWords = (date) => `${format(date, SHORT_DAY).replace(/,/g, "")}, ${clockTime(date)}`;

/** "Monday 23 November 2026" */
export const longDay = (date) => format(date, LONG_DAY).replace(/,/g, "");

/** The instant a message's `ts` stands for. */
export const fromTs = (ts) => new Date(Number(ts) * 1000);

/** London's wall clock as "2026-11-23T09:00", the form a date-time field uses. */
export function wallTime(date) {
  const parts = { year: "numeric", month: "2-digit", day: "2-digit", ...CLOCK };
  const [day, month, year, hour, minute] = format(date, parts).match(/\d+/g);
  return `${year}-${month}-${day}T${hour}:${minute}`;
}

/** The instant at which London's clocks show `wall` ("2026-11-23T09:00"). */
export function fromWallTime(wall) {
  const asUtc = Date.parse(`${wall.slice(0, 16)}:00Z`);
  const shift = (instant) => Date.parse(`${wallTime(new Date(instant))}:00Z`) - instant;
  const guess = asUtc - shift(asUtc);
  // Asked twice because the first shift may be the one before a clock change.
  return new Date(asUtc - shift(guess));
}

function addDays(wall, days) {
  return new Date(Date.parse(`${wall.slice(0, 10)}T00:00Z`) + days * DAY).toISOString().slice(0, 10);
}

/** The same time on London's clock one day later. */
export function nextDay(date) {
  const wall = wallTime(date);
  return fromWallTime(`${addDays(wall, 1)}${wall.slice(10)}`);
}

/** The next 09:00 on a Monday to Friday, always later than `date`. */
export function nextWorkingMorning(date) {
  const wall = wallTime(date);
  for (let days = 0; ; days += 1) {
    const day = addDays(wall, days);
    const morning = fromWallTime(`${day}T09:00`);
    const weekday = new Date(`${day}T12:00Z`).getUTCDay();
    if (morning > date && weekday !== 0 && weekday !== 6) return morning;
  }
}

function pretty(date, now, fallback) {
  const dayOf = (instant) => Date.parse(`${wallTime(instant).slice(0, 10)}T00:00Z`);
  const away = Math.round((dayOf(date) - dayOf(now)) / DAY);
  return { "-1": "yesterday", 0: "today", 1: "tomorrow" }[away] ?? fallback;
}

function ago(date, now) {
  const minutes = Math.round((now - date) / MINUTE);
  const size = Math.abs(minutes);
  const [count, unit] =
    size < 60 ? [size, "minute"] : size < 1440 ? [Math.round(size / 60), "hour"] : [Math.round(size / 1440), "day"];
  const words = `${count} ${unit}${count === 1 ? "" : "s"}`;
  return minutes >= 0 ? `${words} ago` : `in ${words}`;
}

const SLASHES = { day: "2-digit", month: "2-digit", year: "numeric" };
const PLAIN_LONG = { day: "numeric", month: "long", year: "numeric" };
const PLAIN_SHORT = { day: "numeric", month: "short", year: "numeric" };

const TOKENS = {
  date_num: (date) => wallTime(date).slice(0, 10),
  date_slash: (date) => format(date, SLASHES),
  date: (date) => format(date, PLAIN_LONG),
  date_short: (date) => format(date, PLAIN_SHORT),
  date_long: (date) => longDay(date),
  date_pretty: (date, now) => pretty(date, now, format(date, PLAIN_LONG)),
  date_short_pretty: (date, now) => pretty(date, now, format(date, PLAIN_SHORT)),
  date_long_pretty: (date, now) => pretty(date, now, longDay(date)),
  day_divider_pretty: (date, now) =>
    pretty(date, now, format(date, { weekday: "long", day: "numeric", month: "long" })),
  time: (date) => clockTime(date),
  time_secs: (date) => format(date, { ...CLOCK, second: "2-digit" }),
  ago,
};

/** Slack's date pattern ("{date_short} at {time}") filled in for `seconds` since 1970. */
export function slackDate(pattern, seconds, now) {
  const date = new Date(Number(seconds) * 1000);
  if (Number.isNaN(date.getTime())) return null;
  return pattern.replace(/\{(\w+)\}/g, (whole, token) => TOKENS[token]?.(date, now) ?? whole);
}
