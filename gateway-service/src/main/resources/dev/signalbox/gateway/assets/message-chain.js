// The chain of messages as a drawing: blocks on a line, each linked to the one before it by its hash.

import { html, nothing, svg } from './lit/lit-html.js';

const WIDTH = 104;
const HEIGHT = 54;
const LINK = 30;

/** The end of the chain, or what is around its first break. */
export function chain(messages, { first_break: broken, messages: total }) {
  if (!messages.length) return nothing;
  const first = messages[0].id > 1;
  const start = first ? LINK : 0;
  const last = messages.at(-1);
  const more = last.id < total;
  const width = start + messages.length * (WIDTH + LINK) - LINK + (more ? LINK : 0) + 2;
  const label = broken
    ? `The link before message ${broken} is broken.`
    : `Messages ${messages[0].id} to ${last.id}, each linked to the one before it.`;
  const link = (x, bad) => svg`<line class="link ${bad ? 'bad' : ''}" x1=${x} y1=${HEIGHT / 2 + 1} x2=${x + LINK} y2=${HEIGHT / 2 + 1}></line>
    ${bad ? svg`<path class="cut" d="M${x + 10},${HEIGHT / 2 - 9}l10,20m0,-20l-10,20"></path>` : nothing}`;
  return html`<div class="scroll chain" tabindex="0" role="img" aria-label=${label}>
    <svg viewBox="0 0 ${width} ${HEIGHT + 2}" width=${width} height=${HEIGHT + 2} aria-hidden="true">
      ${first ? link(0, false) : nothing}
      ${messages.map((one, i) => {
        const x = start + i * (WIDTH + LINK) + 1;
        const bad = Boolean(broken) && one.id >= broken;
        return svg`
          ${i > 0 ? link(x - LINK, one.id === broken) : nothing}
          <rect class="block ${bad ? 'bad' : ''}" x=${x} y="1" width=${WIDTH} height=${HEIGHT} rx="7"></rect>
          <text class="id" x=${x + WIDTH / 2} y="22">${one.id}</text>
          <text class="hash" x=${x + WIDTH / 2} y="42">${one.hash.slice(0, 10)}</text>`;
      })}
      ${more ? link(width - LINK - 1, false) : nothing}
    </svg>
  </div>`;
}
