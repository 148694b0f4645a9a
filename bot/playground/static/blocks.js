/** The blocks of Block Kit, drawn one function each. */

import { html, useContext, useErrorBoundary } from "./vendor/htm-preact-standalone.module.js";
import { SurfaceContext, useUniqueId } from "./context.js";
import { Element, isGroup } from "./elements.js";
import { Markdown } from "./markdown.js";
import { plain, Text } from "./mrkdwn.js";
import { RichText } from "./richtext.js";

/** Elements outside an input block have no label: the placeholder names them, the section's text describes them. */
function looseField(element, id, describedBy) {
  const label = plain(element.placeholder) || (isGroup(element) ? "Choices" : "Choose");
  return { id, label, hintId: describedBy, focus: element.focus_on_load };
}

function Image({ element }) {
  return html`<img src=${element.image_url ?? element.slack_file?.url} alt=${element.alt_text} loading="lazy"
    referrerpolicy="no-referrer" />`;
}

function Header({ block }) {
  return html`<h4 class="block-header">${plain(block.text)}</h4>`;
}

function Accessory({ block, describedBy }) {
  const id = useUniqueId("element");
  const { accessory } = block;
  if (accessory.type === "image") return html`<${Image} element=${accessory} />`;
  return html`<${Element} block=${block} element=${accessory} field=${looseField(accessory, id, describedBy)} />`;
}

function Section({ block }) {
  const id = useUniqueId("section");
  const wide = block.accessory && !["button", "overflow", "image"].includes(block.accessory.type);
  return html`<div class=${wide ? "block-section wide" : "block-section"}>
    <div class="section-body" id=${id}>
      ${block.text && html`<${Text} of=${block.text} />`}
      ${block.fields && html`<div class="section-fields">${block.fields.map((field) => html`<div><${Text}
        of=${field} /></div>`)}</div>`}
    </div>
    ${block.accessory && html`<div class="accessory"><${Accessory} block=${block} describedBy=${id} /></div>`}
  </div>`;
}

function Context({ block }) {
  const drawn = block.elements.map((element) =>
    element.type === "image" ? html`<${Image} element=${element} />` : html`<span><${Text} of=${element} /></span>`,
  );
  return html`<div class="block-context">${drawn}</div>`;
}

function ImageBlock({ block }) {
  return html`<figure class="block-image">
    ${block.title && html`<figcaption>${plain(block.title)}</figcaption>`}
    <${Image} element=${block} />
  </figure>`;
}

function Action({ block, element }) {
  const id = useUniqueId("element");
  return html`<${Element} block=${block} element=${element} field=${looseField(element, id)} />`;
}

function Actions({ block }) {
  return html`<div class="block-actions">
    ${block.elements.map((element) => html`<${Action} key=${element.action_id} block=${block} element=${element} />`)}
  </div>`;
}

function InputBlock({ block }) {
  const { errors } = useContext(SurfaceContext);
  const id = useUniqueId("input");
  const error = errors[block.block_id];
  const { element } = block;
  const field = {
    id,
    labelId: `${id}-label`,
    hintId: block.hint && `${id}-hint`,
    errorId: error && `${id}-error`,
    required: !block.optional,
    focus: element.focus_on_load,
  };
  const label = html`${plain(block.label)}${block.optional && html` <span class="optional">(optional)</span>`}`;
  return html`<div class=${error ? "block-input wrong" : "block-input"} data-testid=${`field-${block.block_id}`}>
    ${
      isGroup(element)
        ? html`<div class="label" id=${field.labelId}>${label}</div>`
        : html`<label class="label" id=${field.labelId} for=${id}>${label}</label>`
    }
    ${error && html`<p class="error" id=${field.errorId}><span class="sr">Error: </span>${error}</p>`}
    <${Element} block=${block} element=${element} field=${field} />
    ${block.hint && html`<p class="note" id=${field.hintId}>${plain(block.hint)}</p>`}
  </div>`;
}

function Cell({ cell }) {
  if (cell.type === "rich_text") return html`<${RichText} block=${cell} />`;
  return html`<span class="lines">${String(cell.text ?? cell.value ?? "")}</span>`;
}

function Table({ block }) {
  const [head, ...rows] = block.rows;
  const styles = (index) => {
    const setting = block.column_settings?.[index];
    return `${setting?.align ?? "left"} ${setting?.is_wrapped ? "wrapped" : ""}`;
  };
  return html`<div class="table-scroll" tabindex="0" role="group" aria-label="Table">
    <table>
      <thead><tr>${head.map((cell, index) => html`<th scope="col" class=${styles(index)}><${Cell}
        cell=${cell} /></th>`)}</tr></thead>
      <tbody>${rows.map((row) => html`<tr>${row.map((cell, index) => html`<td class=${styles(index)}><${Cell}
        cell=${cell} /></td>`)}</tr>`)}</tbody>
    </table>
  </div>`;
}

const BLOCKS = {
  header: Header,
  section: Section,
  divider: () => html`<hr />`,
  context: Context,
  image: ImageBlock,
  actions: Actions,
  input: InputBlock,
  rich_text: RichText,
  table: Table,
  markdown: ({ block }) => html`<${Markdown} text=${block.text} />`,
};

function Unknown({ block }) {
  return html`<p class="note">The playground does not draw a “${block.type}” block.</p>`;
}

/** One block that cannot be drawn must not take the rest of the page with it. */
function Block({ block }) {
  const [failure] = useErrorBoundary();
  if (failure) return html`<p class="note">A “${block.type}” block could not be drawn: ${failure.message}</p>`;
  const Kind = BLOCKS[block.type] ?? Unknown;
  return html`<${Kind} block=${block} />`;
}

/** A list of blocks. */
export function Blocks({ blocks }) {
  const drawn = blocks.map(
    (block, index) => html`<${Block} key=${`${block.type} ${block.block_id ?? index}`} block=${block} />`,
  );
  return html`<div class="blocks">${drawn}</div>`;
}
