// A new server, or other routes for one.

import { html, nothing } from './lit/lit-html.js';
import { live } from './lit/directives/live.js';
import { json } from './api.js';
import { plural } from './format.js';
import { errorNote, head, toast } from './parts.js';
import { routesEditor } from './routes-editor.js';
import { routesPreview } from './routes-preview.js';
import { importPanel } from './server-import.js';
import { nameOf, urlOf } from './server-list.js';

const SERVERS = '/api/v1/servers';
const HELLO = [{ match: { method: 'GET', path_pattern: '/hello/{name}' }, response: { json: { hello: '{{path.name}}' }, template: true } }];
const KINDS = { routes: 'Routes', page: 'One page', import: 'Import', proxy: 'Another server' };

/** What is being written, for as long as the page is loaded. */
let kept = null;

/** What an import left out, until the reader has seen it: by server. */
export const importNotes = new Map();

const key = () => [...crypto.getRandomValues(new Uint8Array(16))].map((one) => one.toString(16).padStart(2, '0')).join('');

export default function serverForm(page, id) {
  const asked = new URLSearchParams(location.search).get('new');
  const state = { kind: asked in KINDS ? asked : 'routes', error: null, busy: false, server: null, base: '[]', theirs: null, notes: [] };
  const fields = (!id && kept?.fields) || { name: '', port: '', page_uri: '/', response_data: '', expires_in_s: '', tls: false, url: '', record: false };
  const attempt = { body: '', key: '' };
  const editor = routesEditor(page, () => { if (!id) kept = { fields, routes: editor.routes }; });
  const preview = routesPreview(page);
  const imports = importPanel(page, (routes, notes) => {
    editor.set(routes);
    Object.assign(state, { kind: 'routes', notes });
    toast(`${plural(routes.length, 'route')} imported. Review them, then create the server.`);
    page.update();
  });

  const describe = () => json(`${SERVERS}/${encodeURIComponent(id)}`, { signal: page.signal });
  const routesOf = (server) => server.definition.routes ?? [];

  async function load() {
    try {
      state.server = await describe();
      state.base = JSON.stringify(routesOf(state.server));
      editor.set(routesOf(state.server));
    } catch (failure) {
      state.error = failure;
    }
    page.update();
  }
  if (id) load();
  else editor.set(kept?.routes ?? HELLO);

  async function act(action) {
    if (state.busy) return;
    Object.assign(state, { busy: true, error: null });
    editor.mark([]);
    try {
      await action();
    } catch (failure) {
      if (page.signal.aborted) return;
      state.error = failure;
      if (failure.problems) editor.mark(failure.problems);
    } finally {
      state.busy = false;
      page.update();
    }
  }

  function definition() {
    const made = {};
    if (fields.name.trim()) made.name = fields.name.trim();
    if (fields.port) made.port = Number(fields.port);
    if (fields.expires_in_s) made.expires_in_s = Number(fields.expires_in_s);
    if (fields.tls) made.tls = true;
    switch (state.kind) {
      case 'page': return { ...made, page_uri: fields.page_uri, response_data: fields.response_data };
      case 'proxy': return { ...made, proxy: { url: fields.url.trim(), ...(fields.record ? { record: true } : {}) } };
      case 'import': return { ...made, ...imports.part() };
      default: return { ...made, routes: editor.routes };
    }
  }

  const create = () => act(async () => {
    const body = JSON.stringify(definition());
    // The same again gets the first answer: a lost response makes no second server.
    if (attempt.body !== body) Object.assign(attempt, { body, key: key() });
    const server = await json(SERVERS, { json: JSON.parse(body), headers: { 'Idempotency-Key': attempt.key }, signal: page.signal, patience: 60000 });
    finish(server, server.server_id, `${nameOf(server)} listens on port ${server.port}.`);
    kept = null;
  });

  const replace = (force) => act(async () => {
    const now = await describe();
    const theirs = JSON.stringify(routesOf(now));
    if (theirs !== state.base && !force) {
      state.theirs = now;
      return;
    }
    const body = state.kind === 'import' ? imports.part() : { routes: editor.routes };
    const server = await json(`${SERVERS}/${encodeURIComponent(id)}/routes`, { method: 'PUT', json: body, signal: page.signal, patience: 60000 });
    finish(server, id, 'The new routes are active.');
  });

  function finish(server, at, text) {
    if (server.import_notes?.length) importNotes.set(server.server_id, server.import_notes);
    toast(text);
    page.go(urlOf(at));
  }

  function takeTheirs() {
    state.server = state.theirs;
    state.base = JSON.stringify(routesOf(state.theirs));
    state.theirs = null;
    editor.set(routesOf(state.server));
  }

  const input = (name) => (event) => {
    fields[name] = event.target.type === 'checkbox' ? event.target.checked : event.target.value;
    if (!id) kept = { fields, routes: editor.routes };
    page.update();
  };
  const box = (name, label, more = {}) => html`<div class="field ${more.wide ? 'wide-field' : ''}"><label for="server-${name}">${label}${more.hint ? html` <span class="hint">${more.hint}</span>` : nothing}</label>
    <input id="server-${name}" name=${name} type=${more.type ?? 'text'} autocomplete="off" spellcheck="false" ?required=${more.required}
      min=${more.min ?? nothing} max=${more.max ?? nothing} maxlength=${more.length ?? nothing} placeholder=${more.placeholder ?? ''} .value=${live(fields[name])} @input=${input(name)}></div>`;
  const tick = (name, words) => html`<label class="check"><input type="checkbox" name=${name} .checked=${fields[name]} @change=${input(name)}> ${words}</label>`;

  const common = () => html`<section class="panel" aria-labelledby="where"><h2 id="where">Where</h2><div class="fields">
    ${box('name', 'Name', { placeholder: 'none', length: 100, hint: 'unique in the cluster' })}
    ${box('port', 'Port', { type: 'number', min: 1024, max: 65535, placeholder: 'any that is free' })}
    ${box('expires_in_s', 'Seconds until it expires', { type: 'number', min: 1, max: 31536000, placeholder: 'never', hint: 'cannot be changed later' })}
    </div>${tick('tls', 'HTTPS, with a self-signed certificate')}</section>`;

  const kinds = (which) => html`<fieldset class="kinds"><legend>What it answers</legend>${which.map((kind) => html`
    <label class="check"><input type="radio" name="kind" value=${kind} .checked=${state.kind === kind} @change=${() => { state.kind = kind; page.update(); }}> ${KINDS[kind]}</label>`)}</fieldset>`;

  const content = () => {
    switch (state.kind) {
      case 'page': return html`<section class="panel" aria-label="The page"><div class="fields">${box('page_uri', 'Path', { required: true, length: 2000 })}</div>
        <div class="field"><label for="server-response_data">Text or HTML</label>
          <textarea id="server-response_data" spellcheck="false" .value=${live(fields.response_data)} @input=${input('response_data')}></textarea></div>
        <p class="note">Other paths get 404 Not Found, and only GET and HEAD are allowed.</p></section>`;
      case 'proxy': return html`<section class="panel" aria-label="The other server"><div class="fields">${box('url', 'Forward all requests to', { type: 'url', required: true, wide: true, placeholder: 'https://example.com' })}</div>
        ${tick('record', 'Record each response as a route, to answer without the other server later')}</section>`;
      case 'import': return imports.render();
      default: return html`${state.notes.length ? notesPanel(state.notes, () => { state.notes = []; page.update(); }) : nothing}
        <section class="panel" aria-label="Routes">${editor.render()}</section>
        ${preview.render(editor.routes, { otherwise: state.server?.definition.proxy ? 'the request is forwarded' : state.server?.page_uri ? `the page at ${state.server.page_uri} is asked` : undefined })}`;
    }
  };

  const conflict = () => html`<div class="said bad" role="alert"><strong>Somebody else changed the routes since you opened them.</strong>
    <p>The server has ${plural(routesOf(state.theirs).length, 'route')} now; you have ${editor.routes.length}.</p>
    <details><summary>The routes it has now</summary><pre tabindex="0">${JSON.stringify(routesOf(state.theirs), null, 2)}</pre></details>
    <p class="actions"><button type="button" @click=${takeTheirs}>Use theirs, discard mine</button>
      <button type="button" class="danger" ?disabled=${state.busy} @click=${() => { state.theirs = null; replace(true); }}>Use mine, discard theirs</button></p></div>`;

  const ready = () => (state.kind === 'import' ? imports.part() !== null : state.kind !== 'routes' || !editor.problem);
  const submit = (event) => {
    event.preventDefault();
    if (ready()) id ? replace(false) : create();
  };

  return {
    title: id ? 'Routes' : 'New server',
    render: () => html`
      ${head(id ? 'Routes' : 'New server', id ? html`Routes of <a href=${urlOf(id)}><bdi>${state.server ? nameOf(state.server) : id}</bdi></a>. Connections stay open when they change.` : 'It listens on its own port within a second.')}
      ${id && !state.server ? errorNote(state.error) : html`<form class="server-form" @submit=${submit}>
        ${id ? nothing : common()}
        ${kinds(id ? ['routes', 'import'] : Object.keys(KINDS))}
        ${content()}
        ${state.theirs ? conflict() : nothing}
        ${errorNote(state.error)}
        <p class="actions"><button class="primary" ?disabled=${state.busy || !ready()}>${state.busy ? 'Saving …' : id ? 'Save the routes' : 'Create the server'}</button>
          <a class="button" href=${id ? urlOf(id) : '/ui/servers'}>Cancel</a></p>
      </form>`}`,
  };
}

/** What an import did not take over. */
export const notesPanel = (notes, done) => html`<section class="panel" aria-labelledby="notes-title">
  <div class="headline"><h2 id="notes-title">Not imported</h2><button type="button" class="small" @click=${done}>Dismiss</button></div>
  <ul class="notes">${notes.slice(0, 200).map((one) => html`<li><bdi>${one}</bdi></li>`)}</ul>
  ${notes.length > 200 ? html`<p class="note">And ${plural(notes.length - 200, 'more note')}.</p>` : nothing}</section>`;
