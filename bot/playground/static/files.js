/** The files of a message: a picture with what it shows in words, anything else by name and size. */

import { html } from "./vendor/htm-preact-standalone.module.js";
import { Icon } from "./icons.js";

function sizeOf(bytes) {
  if (bytes < 1024) return `${bytes} byte${bytes === 1 ? "" : "s"}`;
  return bytes < 1024 ** 2 ? `${Math.round(bytes / 1024)} KB` : `${(bytes / 1024 ** 2).toFixed(1)} MB`;
}

function Name({ file }) {
  return html`<a class="file-name" href=${file.url} target="_blank" rel="noopener"><bdi>${file.name}</bdi></a>${" "}
    <span class="note">${sizeOf(file.size)}</span>`;
}

function Picture({ file }) {
  return html`<figure class="block-image">
    <figcaption><${Name} file=${file} /></figcaption>
    <img src=${file.url} alt=${file.alt || file.name} loading="lazy" />
  </figure>`;
}

function Other({ file }) {
  return html`<div class="file"><${Icon} name="file" /><${Name} file=${file} /></div>`;
}

export function Files({ files }) {
  if (!files.length) return null;
  return html`<div class="files">
    ${files.map((file) => html`<${file.picture ? Picture : Other} key=${file.id} file=${file} />`)}
  </div>`;
}
