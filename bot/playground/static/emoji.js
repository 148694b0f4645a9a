/** The emoji short names a quiet work tool uses; any other `:name:` is left as it was written. */

const EMOJI = {
  alarm_clock: "⏰", arrow_down: "⬇️", arrow_right: "➡️", arrow_up: "⬆️", arrows_counterclockwise: "🔄",
  ballot_box_with_check: "☑️", bar_chart: "📊", bell: "🔔", black_small_square: "▪️", blue_book: "📘",
  bookmark: "🔖", books: "📚", bulb: "💡", bust_in_silhouette: "👤", busts_in_silhouette: "👥", calendar: "📆",
  chart_with_downwards_trend: "📉", chart_with_upwards_trend: "📈", clipboard: "📋", clock9: "🕘", closed_lock_with_key: "🔐",
  compass: "🧭", date: "📅", ear: "👂", email: "✉️", envelope: "✉️", exclamation: "❗", eyes: "👀", file_folder: "📁",
  gear: "⚙️", grey_question: "❔", handshake: "🤝", heavy_check_mark: "✔️", heavy_plus_sign: "➕", hospital: "🏥",
  hourglass: "⌛", hourglass_flowing_sand: "⏳", house: "🏠", inbox_tray: "📥", information_source: "ℹ️", key: "🔑",
  large_blue_circle: "🔵", large_green_circle: "🟢", large_orange_circle: "🟠", large_yellow_circle: "🟡", link: "🔗",
  lock: "🔒", mag: "🔍", mega: "📣", memo: "📝", no_entry: "⛔", no_entry_sign: "🚫", outbox_tray: "📤", page_facing_up: "📄",
  paperclip: "📎", pencil: "✏️", pencil2: "✏️", pushpin: "📌", question: "❓", raised_hand: "✋", red_circle: "🔴",
  repeat: "🔁", rotating_light: "🚨", round_pushpin: "📍", scales: "⚖️", see_no_evil: "🙈", seedling: "🌱", shield: "🛡️",
  small_blue_diamond: "🔹", spiral_calendar_pad: "🗓️", speech_balloon: "💬", star: "⭐", stethoscope: "🩺", stopwatch: "⏱️",
  tada: "🎉", telephone_receiver: "📞", thread: "🧵", thumbsup: "👍", "+1": "👍", triangular_flag_on_post: "🚩", unlock: "🔓",
  warning: "⚠️", wave: "👋", white_check_mark: "✅", white_circle: "⚪", wrench: "🔧", x: "❌", zap: "⚡",
};

/** The character for one short name, or the name in colons as Slack shows an unknown one. */
export const emojiNamed = (name) => (Object.hasOwn(EMOJI, name) ? EMOJI[name] : `:${name}:`);

/** `text` with the known `:short_names:` replaced. */
export const withEmoji = (text) => text.replace(/:([a-z0-9_+-]+):/g, (_, name) => emojiNamed(name));
