/** The page's few icons, drawn with the text's own colour. All are decoration beside words or an aria-label. */

import { html } from "./vendor/htm-preact-standalone.module.js";

const PATHS = {
  home: "M3 9.2 10 3.5l7 5.7M5 8v8.500h10V8",
  dm: "M3.5 4.500h13v9h-6l-4 3v-3h-3z",
  private: "M5 9h10v7.500H5zM7 9V6.500a3 3 0 0 1 6 0V9",
  public: "M8 3.5 6.5 16.500M13.5 3.5 12 16.500M4 7.500h13M3 12.500h13",
  shortcuts: "M11 2.5 4.5 11.500h5L9 17.500l6.5-9h-5z",
  more: "M10 4.500v.01M10 10v.01M10 15.500v.01",
  choices: "M4.5 10v.01M10 10v.01M15.5 10v.01",
  reply: "M8 4.5 3.5 9 8 13.500M4 9h7.500a5 5 0 0 1 5 5v1.5",
  close: "M5 5l10 10M15 5 5 15",
  eye: "M2.5 10S5 5 10 5s7.5 5 7.5 5-2.5 5-7.5 5-7.5-5-7.5-5zM10 12a2 2 0 1 0 0-4 2 2 0 0 0 0 4z",
  file: "M6 2.500h6L15.500 6v11.500H6zM11.500 2.500V6.500h4",
  bot: "M5 8v4M8.3 5.500v9M11.7 7v6M15 9v2",
};

const BOLD = new Set(["more", "choices"]);

export function Icon({ name, size = 18 }) {
  return html`<svg class="icon" viewBox="0 0 20 20" width=${size} height=${size} aria-hidden="true" focusable="false"
    fill="none" stroke="currentColor"
    stroke-width=${BOLD.has(name) ? 2.6 : 1.5} stroke-linecap="round" stroke-linejoin="round"><path
      d=${PATHS[name]} /></svg>`;
}
