// JSON to be read: what is large is closed, and what is long is cut until it is asked for.

import { html, nothing } from './lit/lit-html.js';
import { readable } from './format.js';
import { copyButton } from './parts.js';

const MOST_MEMBERS = 100;
const LONGEST = 400;
const OPEN_UNTIL = 12;
const OPEN_AT_TOP = 40;

/** One value, and which parts of it are open. */
export class JsonTree {
  #update;
  #open = new Map();
  #more = new Map();

  constructor(value, update) {
    this.value = value;
    this.#update = update;
  }

  render() {
    return html`<div class="tree"><div class="actions">${copyButton('Copy JSON', () => JSON.stringify(this.value, null, 2))}</div>
      ${this.#node(this.value, '', '', true)}</div>`;
  }

  #node(value, key, at, top) {
    const name = key === '' ? nothing : html`<span class="tree-name"><bdi>${readable(key)}</bdi></span>: `;
    if (value === null || typeof value !== 'object') return html`<div class="leaf">${name}${this.#leaf(value, at)}</div>`;
    const members = Array.isArray(value) ? value.map((one, i) => [String(i), one]) : Object.entries(value);
    const brackets = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
    if (!members.length) return html`<div class="leaf">${name}${brackets.join('')}</div>`;
    const open = this.#open.get(at) ?? (top || members.length <= (at.indexOf('/', 1) < 0 ? OPEN_AT_TOP : OPEN_UNTIL));
    const shown = this.#more.get(at) ?? MOST_MEMBERS;
    const toggle = (event) => {
      if (event.target !== event.currentTarget || event.currentTarget.open === open) return;
      this.#open.set(at, event.currentTarget.open);
      this.#update();
    };
    return html`<details .open=${open} @toggle=${toggle}><summary>${name}<span class="size">${brackets[0]} ${members.length} ${brackets[1]}</span></summary>
      ${open ? html`<div class="tree-inside">${members.slice(0, shown).map(([inner, one]) => this.#node(one, inner, `${at}/${inner}`, false))}
        ${members.length > shown ? html`<button type="button" class="small" @click=${() => this.#widen(at, shown)}>Show more of ${members.length}</button>` : nothing}</div>` : nothing}
    </details>`;
  }

  #widen(at, shown) {
    this.#more.set(at, shown * 5);
    this.#update();
  }

  #leaf(value, at) {
    if (typeof value !== 'string') return html`<span class="word">${String(value)}</span>`;
    const shown = this.#more.get(at) ?? LONGEST;
    return html`<span class="string">"<bdi>${readable(value.slice(0, shown), true)}</bdi>"</span>${value.length > shown
      ? html` <button type="button" class="small" @click=${() => this.#widen(at, shown)}>Show more of ${value.length} characters</button>` : nothing}`;
  }
}
