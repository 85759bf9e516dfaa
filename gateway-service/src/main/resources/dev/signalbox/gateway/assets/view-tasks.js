// Tasks: choose what to do, fill in a form, run it, and read what came of it.

import { html, nothing } from './lit/lit-html.js';
import { live } from './lit/directives/live.js';
import { json } from './api.js';
import { ms, plural, readable } from './format.js';
import { feed } from './live.js';
import { copyButton, empty, errorNote, head } from './parts.js';
import { fields } from './task-fields.js';
import { TaskForm, same } from './task-form.js';
import { TaskTable } from './task-many.js';
import { historyPanel, listInput } from './task-panels.js';
import { TaskResult } from './task-result.js';
import { ordered } from './task-schema.js';
import { asLine, curl, link, linked, missing, past, signalbox } from './task-share.js';
import { TaskStream, parse } from './task-stream.js';

const GRACE_MS = 10000;
const DRAW_MS = 150;

/** A service says what it offers a moment after it joined. */
const REFRESH_MS = 10000;

const focusLater = (id) => setTimeout(() => document.getElementById(id)?.focus());

/** Whether there is room for what can be opened. */
const wide = () => matchMedia('(min-width: 62rem)').matches;

/** What was being done, for the reader who looks at another view and comes back. */
const kept = { task: null, many: false, list: '', concurrency: 64, answer: null, stream: null };

export default function tasks(page) {
  let types = null;
  let typesError = null;
  let type = null;
  /** The name that is wanted while no service offers it. */
  let wanted = '';
  /** What else the task has, such as an id. */
  let more = {};
  let draft = null;
  let note = '';
  let running = null;
  let error = null;
  let result = kept.answer ? new TaskResult(kept.answer, () => page.update()) : null;
  let table = kept.stream ? new TaskTable(kept.stream, () => page.update()) : null;
  let parsed = null;
  let history = past.read();
  let choosing = true;
  let pointed = false;

  const form = new TaskForm(() => { draft = null; changed(); });

  const task = () => ({ task_name: type?.name ?? wanted, params: form.params, ...more });
  const pretty = () => JSON.stringify(task(), null, 2);

  function changed() {
    kept.task = task();
    parsed = null;
    page.update();
  }

  /** A long list draws at most so often. */
  let drawing = 0;
  function soon() {
    drawing ||= setTimeout(() => {
      drawing = 0;
      page.update();
    }, DRAW_MS);
  }
  page.signal.addEventListener('abort', () => {
    clearTimeout(drawing);
    kept.stream?.cancel();
  });

  let loads = 0;
  async function load() {
    const mine = ++loads;
    try {
      const { items } = await json('/api/v1/task-types', { signal: page.signal });
      if (mine !== loads) return;
      types = items;
      typesError = null;
      settle();
    } catch (failure) {
      if (!page.signal.aborted) typesError = failure;
    }
    page.update();
  }

  /** After the types came: shows what is wanted, and a schema that changed. */
  function settle() {
    const name = type?.name ?? wanted;
    const now = types.find((one) => one.name === name || one.aliases?.includes(name)) ?? null;
    if (now && type && same(now.params_schema, type.params_schema)) type = now;
    else if (now) show({ ...task(), task_name: now.name });
    else if (type) {
      wanted = type.name;
      type = null;
    }
  }

  /** Shows a task in the form; what it has is kept even if no service offers it now. */
  function show({ task_name: name, params, ...others }) {
    type = types?.find((one) => one.name === name || one.aliases?.includes(name)) ?? null;
    wanted = type ? '' : name;
    more = others;
    draft = null;
    form.open(type?.params_schema ?? {}, params);
    form.moreOpen = ordered(form.schema).more.some((one) => params[one] !== undefined);
    changed();
  }

  function choose(name) {
    note = '';
    error = null;
    show({ task_name: name, params: {} });
    // Not by keyboard, where the arrows choose: the focus would be gone.
    if (pointed && !wide()) choosing = false;
    const url = new URL(location.href);
    url.search = new URLSearchParams({ task: name });
    window.history.replaceState(null, '', url);
  }

  function restore(one) {
    error = null;
    note = missing(one);
    kept.many = false;
    show(one);
    setTimeout(() => document.querySelector('.task-form')?.scrollIntoView({ block: 'nearest' }));
  }

  /** The JSON beside the form: as soon as it is a task again, the form follows. */
  function write(text) {
    draft = { text, bad: '' };
    try {
      const { task_name: name, params = {}, ...others } = JSON.parse(text) ?? {};
      if (typeof name !== 'string') throw new SyntaxError('task_name is missing.');
      if (params === null || typeof params !== 'object' || Array.isArray(params)) throw new SyntaxError('params must be an object.');
      const before = draft;
      if (name === type?.name) {
        form.replace(params);
        more = others;
      } else {
        show({ task_name: name, params, ...others });
      }
      draft = before;
      if (!type) draft.bad = `No service offers the task ${name} now.`;
    } catch (failure) {
      draft.bad = failure.message;
    }
    changed();
  }

  function ready(without = '') {
    if (draft?.bad || !type) return false;
    note = missing(task());
    if (form.check(without) && !note) return true;
    page.update();
    setTimeout(() => {
      const wrong = document.querySelector('.task-form [aria-invalid="true"], .task-form fieldset:has(> .wrong)');
      const inside = wrong?.closest('details');
      if (inside) inside.open = true;
      wrong?.focus();
    });
    return false;
  }

  async function run(event) {
    event.preventDefault();
    if (running || !ready()) return;
    const sent = task();
    running = new AbortController();
    error = null;
    past.add(sent);
    history = past.read();
    page.update();
    try {
      kept.answer = await json('/api/v1/tasks', {
        json: sent,
        patience: (sent.timeout_ms ?? type.timeout_ms ?? 60000) + GRACE_MS,
        signal: AbortSignal.any([page.signal, running.signal]),
      });
      result = new TaskResult(kept.answer, () => page.update());
      focusLater('result');
    } catch (failure) {
      if (!page.signal.aborted && !running.signal.aborted) {
        error = failure;
        form.refused(failure.problems ?? []);
      }
    }
    running = null;
    page.update();
  }

  function runList(event) {
    event.preventDefault();
    const list = read();
    if (!list.rows.length || kept.stream?.running || (list.made && !ready(list.main))) return;
    kept.stream = new TaskStream(list.rows, soon);
    table = new TaskTable(kept.stream, () => page.update());
    kept.stream.run(kept.concurrency);
    page.update();
    focusLater('many');
  }

  const again = () => kept.stream.run(kept.concurrency);
  /** The list is another. */
  function relist() {
    parsed = null;
    page.update();
  }

  function forget() {
    past.clear();
    history = [];
    page.update();
  }

  const read = () => (parsed ??= parse(kept.list, type, form.params));

  function chooser() {
    return html`<details class="panel choose" .open=${live(choosing)} @toggle=${(event) => { choosing = event.currentTarget.open; }}><summary>Task${type ? html`: <strong>${type.name}</strong>` : ''}</summary>
      <fieldset class="types" @pointerdown=${() => { pointed = true; }} @keydown=${() => { pointed = false; }}><legend class="unseen">Task</legend>
      ${types.map((one) => html`<label class="type"><input type="radio" name="type" value=${one.name} .checked=${live(one === type)}
          @change=${() => choose(one.name)}><span><strong>${one.name}</strong><span class="hint">${readable(one.description)}</span></span></label>`)}</fieldset></details>`;
  }

  function mode(many) {
    kept.many = many;
    draft = null;
    error = null;
    page.update();
  }

  function formPanel() {
    const hidden = kept.many ? read().main : '';
    return html`<form class="panel task-form" novalidate @submit=${kept.many ? runList : run} aria-label="Parameters">
      <div class="headline"><h2><bdi>${readable(type?.name ?? wanted)}</bdi></h2>
        <span class="switch" role="group" aria-label="How many">
          <button type="button" class="small" aria-pressed=${kept.many ? 'false' : 'true'} @click=${() => mode(false)}>One task</button>
          <button type="button" class="small" aria-pressed=${kept.many ? 'true' : 'false'} @click=${() => mode(true)}>A list</button></span></div>
      ${note ? html`<p class="said bad" role="alert">${note}</p>` : nothing}
      ${type ? nothing : html`<p class="said bad" role="status">No service offers <bdi>${readable(wanted)}</bdi> now. The form reappears when the service does.</p>`}
      ${kept.many ? listInput(kept, read(), type?.name ?? '', relist) : nothing}
      ${type ? html`<div class="fields">${fields(form, hidden)}</div>` : nothing}
      ${errorNote(error)}
      <div class="actions go">${kept.many ? listButton() : html`
        <button class="primary" ?disabled=${!type || Boolean(running) || Boolean(draft?.bad)}>${running ? 'Running …' : 'Run'}</button>
        ${running ? html`<button type="button" @click=${() => running.abort()}>Cancel</button>` : nothing}
        <button type="button" class="quiet" @click=${() => choose(type?.name ?? wanted)}>Clear the form</button>`}</div>
    </form>`;
  }

  function listButton() {
    const { rows } = read();
    const busy = kept.stream?.running;
    return html`<button class="primary" ?disabled=${!rows.length || busy || Boolean(draft?.bad)}>${busy ? 'Running …' : rows.length ? `Run ${plural(rows.length, 'task')}` : 'Run the list'}</button>`;
  }

  const jsonPanel = () => html`<details class="panel side" ?open=${wide()}>
    <summary>The task as JSON</summary>
    <textarea id="json" aria-label="The task as JSON" spellcheck="false" autocomplete="off" rows=${Math.min(14, Math.max(5, pretty().split('\n').length))}
      aria-invalid=${draft?.bad ? 'true' : 'false'} aria-describedby="json-said" .value=${live(draft?.text ?? pretty())}
      @input=${(event) => write(event.currentTarget.value)} @blur=${() => { if (!draft?.bad) { draft = null; page.update(); } }}></textarea>
    <p class="wrong" id="json-said" role="status">${draft?.bad ?? ''}</p>
    <div class="actions" role="group" aria-label="Copy the task">
      ${copyButton('Copy as curl', () => curl(task()))} ${copyButton('Copy as command', () => signalbox(task()))}
      ${copyButton('Copy as NDJSON', () => asLine(task()))} ${copyButton('Copy link', () => link(task()))}</div>
    <p class="note command"><code>${readable(signalbox(task()).slice(0, 2000))}</code></p>
  </details>`;

  function outcome() {
    if (kept.many) return table ? table.render(again) : nothing;
    const said = running ? 'Running …' : kept.answer ? `${kept.answer.status} in ${ms(kept.answer.duration_ms)}` : '';
    return html`<p class="unseen" role="status">${said}</p>
      ${result ? html`<section class="panel result ${running ? 'old' : ''}" aria-labelledby="result" aria-busy=${running ? 'true' : 'false'}>${result.render()}</section>` : nothing}`;
  }

  if (kept.stream) kept.stream.changed = soon;
  const begin = linked();
  if (begin) {
    note = begin.bad || missing(begin);
    show({ task_name: begin.task_name, params: begin.params });
    if (kept.answer?.task_name !== begin.task_name) result = null;
  } else if (kept.task?.task_name) {
    show(kept.task);
  }
  choosing = wide() || !(type || wanted);
  page.every(REFRESH_MS, load);
  feed.on('services', () => load(), page.signal);
  return {
    title: 'Tasks',
    render: () => html`<div class="tasks-view">
      ${head('Tasks', types ? `${plural(types.length, 'task type')}, offered by the services that are running.` : 'Loading …')}
      ${errorNote(typesError)}
      ${types ? html`
        ${types.length ? chooser() : empty('No tasks', 'No service that offers tasks is running. Tasks appear here when one starts.')}
        ${type || wanted ? html`<div class="split tasks">${formPanel()}<div class="aside">${kept.many ? nothing : jsonPanel()}${outcome()}${historyPanel(history, restore, forget)}</div></div>` : historyPanel(history, restore, forget)}` : nothing}</div>`,
  };
}
