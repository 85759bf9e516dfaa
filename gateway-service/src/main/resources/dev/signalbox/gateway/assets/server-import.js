// Routes from what other tools write: OpenAPI, WireMock and HTTP Archive, pasted or dropped.

import { html, nothing } from './lit/lit-html.js';
import { live } from './lit/directives/live.js';
import { bytes, plural } from './format.js';
import { routesOfHar } from './routes-har.js';

const MOST = 5 * 1024 * 1024;
const MOST_HAR = 64 * 1024 * 1024;
const SHOWN = 20000;

/** What a text is: {kind, value} with value as the API takes it, or {problem}. */
function recognise(text) {
  if (!text.trim()) return { kind: '', problem: '' };
  let value;
  try {
    value = JSON.parse(text);
  } catch (failure) {
    if (/^\s*["']?openapi["']?\s*:/m.test(text) && !/^\s*[{[]/.test(text)) return { kind: 'openapi', value: text };
    return { kind: '', problem: `This is neither JSON nor OpenAPI in YAML. ${failure.message}` };
  }
  if (value?.log?.entries) return { kind: 'har', value };
  if (typeof value?.openapi === 'string') return { kind: 'openapi', value };
  if (value?.swagger) return { kind: '', problem: 'Swagger 2 is not supported. Use OpenAPI 3.' };
  if (Array.isArray(value?.mappings) || value?.request) return { kind: 'wiremock', value };
  if (Array.isArray(value) && value.length) {
    return value.some((one) => one?.match) ? { kind: 'routes', value } : { kind: 'wiremock', value };
  }
  if (Array.isArray(value?.routes)) return { kind: 'routes', value: value.routes };
  return { kind: '', problem: 'This JSON is not OpenAPI 3, WireMock mappings, a HAR file or routes.' };
}

const WORDS = { openapi: 'OpenAPI: each operation answers its example', wiremock: 'WireMock stub mappings', har: 'A recording of a browser (HAR)', routes: 'Routes of Signalbox' };

/** @param take gets routes and notes when they can be looked through before they are used */
export function importPanel(page, take) {
  let text = '';
  let file = '';
  let found = recognise('');
  let over = false;

  function set(value, name = '') {
    text = value;
    file = name;
    const most = /"entries"/.test(value.slice(0, 100000)) ? MOST_HAR : MOST;
    found = value.length > most ? { kind: '', problem: `This is larger than ${bytes(most)}.` } : recognise(value);
    page.update();
  }

  async function read(one) {
    if (!one) return;
    if (one.size > MOST_HAR) {
      found = { kind: '', problem: `${one.name} is larger than ${bytes(MOST_HAR)}.` };
      page.update();
      return;
    }
    set(await one.text(), one.name);
  }

  const drop = (event) => {
    event.preventDefault();
    over = false;
    read(event.dataTransfer.files[0]);
    page.update();
  };
  const drag = (to) => (event) => {
    event.preventDefault();
    if (over !== to) {
      over = to;
      page.update();
    }
  };
  const look = () => {
    if (found.kind === 'routes') take(found.value, []);
    else {
      const { routes, notes } = routesOfHar(found.value);
      if (routes.length) take(routes, notes);
      else {
        found = { kind: '', problem: `No call of this recording can become a route. ${notes[0] ?? ''}` };
        page.update();
      }
    }
  };

  return {
    /** The part of a definition; null when there is none, or it has to be looked through first. */
    part: () => (found.kind === 'openapi' || found.kind === 'wiremock' ? { [found.kind]: found.value } : null),
    render: () => html`<section class="panel drop ${over ? 'over' : ''}" aria-labelledby="import-title"
        @dragover=${drag(true)} @dragleave=${drag(false)} @drop=${drop}>
      <h2 id="import-title">Import</h2>
      <p class="note">OpenAPI 3 in JSON or YAML, WireMock mappings, a HAR file or routes. Drop a file here, choose one, or paste.</p>
      <div class="field"><label for="import-file">File</label>
        <input id="import-file" type="file" accept=".json,.yaml,.yml,.har,application/json" @change=${(event) => read(event.target.files[0])}></div>
      <div class="field"><label for="import-text">Text ${file ? html`<span class="hint"><bdi>${file}</bdi></span>` : nothing}</label>
        ${text.length > SHOWN
          ? html`<pre tabindex="0" class="start">${text.slice(0, 2000)}…</pre><button type="button" class="small" @click=${() => set('')}>Clear</button>`
          : html`<textarea id="import-text" class="json" spellcheck="false" .value=${live(text)} @input=${(event) => set(event.target.value)}></textarea>`}</div>
      <p role="status" class="verdict">${found.kind ? html`<i class="lamp done"></i><span>${WORDS[found.kind]}${found.kind === 'har' ? `, ${plural(found.value.log.entries.length, 'entry', 'entries')}` : ''}.</span>`
        : found.problem ? html`<i class="lamp bad"></i><span>${found.problem}</span>` : nothing}</p>
      ${found.kind === 'har' || found.kind === 'routes' ? html`<p class="actions"><button type="button" class="primary" @click=${look}>Review the routes</button></p>` : nothing}
      ${found.kind === 'openapi' || found.kind === 'wiremock' ? html`<p class="note">Signalbox lists what it could not import.</p>` : nothing}
    </section>`,
  };
}
