// Requests of a journal, the newest first, each whole when it is opened.

import { html, nothing } from './lit/lit-html.js';
import { repeat } from './lit/directives/repeat.js';
import { bytes, count, ms, plural, when } from './format.js';
import { copyButton } from './parts.js';
import { curlOf } from './server-journal.js';

const SHOWN = 50;
const DRAWN = 100000;

/** Control characters and those that turn the direction of writing, made visible. */
export const visible = (text) => text
  .replace(/[\u0000-\u0008\u000b-\u001f]/g, (one) => (one === '\r' ? '' : String.fromCharCode(0x2400 + one.charCodeAt(0))))
  .replace(/[\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);

const kind = (entry) => (entry.fault || entry.status >= 500 ? 'bad' : entry.route === null ? 'busy' : entry.status >= 400 ? 'busy' : 'done');

function bodyOf(entry) {
  if (!entry.body_bytes) return nothing;
  const text = entry.body ?? entry.body_base64 ?? '';
  const kept = entry.body !== undefined ? new TextEncoder().encode(text).length : Math.floor(text.length * 0.75);
  return html`<h4>Body${entry.body === undefined ? ' in base64' : ''}</h4>
    <pre tabindex="0">${visible(text.slice(0, DRAWN))}${text.length > DRAWN ? '…' : ''}</pre>
    ${entry.body_bytes > kept + 2 ? html`<p class="note">The journal keeps ${bytes(kept)} of ${bytes(entry.body_bytes)}. A server's field <code>journal.body_bytes</code> says how many.</p>` : nothing}`;
}

function answered(entry, server) {
  const routes = server.definition?.routes ?? [];
  const route = routes.find((one, i) => (one.name || String(i)) === entry.route);
  return html`<h4>Response</h4>
    <p>${entry.fault ? html`Fault <code>${entry.fault}</code>${entry.status ? `, status ${entry.status}` : ''}` : `Status ${entry.status}`}
      after ${ms(entry.duration_ms)}${entry.route === null ? ', from no route' : html`, from route <bdi>${entry.route}</bdi>`}.</p>
    ${route ? html`<pre tabindex="0" aria-label="What the route answers">${visible(JSON.stringify(route.response ?? route.responses, null, 2).slice(0, DRAWN))}</pre>
      <p class="note">This is the route as it is now. The journal keeps the status of a response, not its body.</p>` : nothing}
    ${entry.nearest ? html`<h4>${entry.route === null ? `The nearest route is ${entry.nearest.route}` : 'Why'}</h4>
      <ul class="reasons">${entry.nearest.reasons.map((one) => html`<li>${visible(one)}</li>`)}</ul>` : nothing}`;
}

const details = (entry, server) => html`<div class="inside" id="request-${entry.number}">
  <div class="headline"><h4>Request from ${entry.peer}</h4>${copyButton('Copy as curl', () => curlOf(entry, server))}</div>
  <pre tabindex="0" aria-label="Head of the request">${visible([`${entry.method} ${entry.target} ${entry.version}`, ...entry.headers.map(({ name, value }) => `${name}: ${value}`)].join('\n'))}</pre>
  ${bodyOf(entry)}${answered(entry, server)}</div>`;

/** Draws requests; knows which are open. */
export function requestList(page) {
  const open = new Set();
  let shown = SHOWN;
  const toggle = (number) => {
    open.has(number) ? open.delete(number) : open.add(number);
    page.update();
  };
  const row = (server) => (entry) => html`<li class="request">
    <button type="button" class="quiet what" aria-expanded=${open.has(entry.number)} aria-controls=${open.has(entry.number) ? `request-${entry.number}` : nothing} @click=${() => toggle(entry.number)}>
      <time datetime=${entry.at}>${when(entry.at)}</time>
      <span class="tag ${kind(entry)}">${entry.fault ?? entry.status}</span>
      <span class="method">${entry.method}</span>
      <bdi class="path">${visible(entry.target.slice(0, 500))}</bdi>
      <span class="then">${entry.route === null ? 'no route' : `route ${entry.route}`} · ${ms(entry.duration_ms)}</span></button>
    ${open.has(entry.number) ? details(entry, server) : nothing}</li>`;

  return {
    forget() {
      open.clear();
      shown = SHOWN;
    },
    render(entries, server) {
      const newest = entries.slice(-shown).reverse();
      return html`<ol class="requests">${repeat(newest, (entry) => entry.number, row(server))}</ol>
        ${entries.length > shown ? html`<p class="actions"><button type="button" @click=${() => { shown += SHOWN * 2; page.update(); }}>Show more of ${plural(entries.length - shown, 'older request')}</button></p>` : nothing}`;
    },
    count: (entries) => count(entries.length),
  };
}
