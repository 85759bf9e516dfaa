// Form fields of a route. They change the JSON of the route itself, so that what the form does not
// know stays as it is.

import { html, nothing } from './lit/lit-html.js';
import { live } from './lit/directives/live.js';
import { PATHS, pathKind } from './routes-match.js';

const drafts = new WeakMap();
let ids = 0;

/** What a field shows while the JSON cannot have it, for as long as its object lives. */
export function draft(owner, key, make) {
  if (!drafts.has(owner)) drafts.set(owner, new Map());
  const known = drafts.get(owner);
  if (!known.has(key)) known.set(key, make());
  return known.get(key);
}

/** A name for an element that belongs to an object. */
export const idOf = (owner, key) => draft(owner, `id ${key}`, () => `f${++ids}`);

/** Sets a member, or removes it for undefined. */
export function put(owner, key, value) {
  if (value === undefined) delete owner[key];
  else owner[key] = value;
}

export function field(owner, key, label, control, hint = nothing) {
  const id = idOf(owner, key);
  return html`<div class="field"><label for=${id}>${label}${hint === nothing ? nothing : html` <span class="hint">${hint}</span>`}</label>${control(id)}</div>`;
}

export const choice = (id, value, options, change) => html`<select id=${id} @change=${(event) => change(event.target.value)}>
  ${options.map(([key, words]) => html`<option value=${key} .selected=${key === value}>${words}</option>`)}</select>`;

export function text(owner, key, label, changed, { hint, placeholder = '', number = false, min, max } = {}) {
  const input = (event) => {
    const value = event.target.value;
    put(owner, key, value === '' ? undefined : number && Number.isFinite(Number(value)) ? Number(value) : value);
    changed();
  };
  return field(owner, key, label, (id) => html`<input id=${id} type=${number ? 'number' : 'text'} autocomplete="off" spellcheck="false"
    min=${min ?? nothing} max=${max ?? nothing} placeholder=${placeholder} .value=${live(String(owner[key] ?? ''))} @input=${input}>`, hint);
}

/** JSON in a field: what is none is said, and changes nothing. */
export function jsonArea(owner, key, label, changed) {
  const kept = draft(owner, `json ${key}`, () => ({ text: JSON.stringify(owner[key], null, 2) ?? '', problem: '' }));
  const input = (event) => {
    kept.text = event.target.value;
    try {
      owner[key] = JSON.parse(kept.text);
      kept.problem = '';
    } catch (failure) {
      kept.problem = failure.message;
    }
    changed();
  };
  return field(owner, key, label, (id) => html`<textarea id=${id} spellcheck="false" aria-describedby="${id}-problem" .value=${live(kept.text)} @input=${input}></textarea>
    <p class="problem" id="${id}-problem" role="status">${kept.problem ? `Not JSON: ${kept.problem}` : ''}</p>`);
}

const OPERATIONS = [['equals', 'is'], ['contains', 'contains'], ['starts_with', 'begins with'], ['ends_with', 'ends with'],
  ['regex', 'matches'], ['true', 'is there'], ['false', 'is not there']];
const WITH_TEXT = ['equals', 'contains', 'starts_with', 'ends_with', 'regex'];

function readMatcher(value) {
  if (typeof value === 'boolean') return { op: String(value), text: '' };
  if (typeof value === 'string' || typeof value === 'number') return { op: 'equals', text: String(value) };
  const keys = value && !Array.isArray(value) ? Object.keys(value).filter((key) => key !== 'ignore_case') : [];
  if (keys.length === 1 && WITH_TEXT.includes(keys[0])) return { op: keys[0], text: String(value[keys[0]]), fold: value.ignore_case };
  return { op: 'json', text: '', raw: value };
}

function writeMatcher({ op, text: wanted, fold, raw }) {
  if (op === 'json') return raw;
  if (op === 'true' || op === 'false') return op === 'true';
  if (op === 'equals' && !fold) return wanted;
  return fold ? { [op]: wanted, ignore_case: fold } : { [op]: wanted };
}

/** Rows of a name and a value, or of a name and a condition. */
export function pairs(owner, key, title, changed, conditions) {
  const rows = draft(owner, key, () => Object.entries(owner[key] ?? {}).map(([name, value]) =>
    (conditions ? { name, ...readMatcher(value) } : { name, text: Array.isArray(value) ? value.join('\n') : String(value) })));
  const write = () => {
    const named = rows.filter((row) => row.name);
    put(owner, key, named.length
      ? Object.fromEntries(named.map((row) => [row.name, conditions ? writeMatcher(row) : valueOf(row.text)])) : undefined);
    changed();
  };
  const valueOf = (value) => (value.includes('\n') ? value.split('\n') : value);
  const set = (row, member) => (event) => {
    row[member] = event.target.value;
    write();
  };
  const options = (row) => (row.op === 'json' ? [...OPERATIONS, ['json', 'as in the JSON']] : OPERATIONS);
  const add = (event) => {
    const group = event.currentTarget.closest('fieldset');
    setTimeout(() => [...group.querySelectorAll('.pair')].at(-1)?.querySelector('input').focus());
    rows.push(conditions ? { name: '', op: 'equals', text: '' } : { name: '', text: '' });
    changed();
  };
  const remove = (row) => (event) => {
    event.currentTarget.closest('fieldset').querySelector(':scope > button').focus();
    rows.splice(rows.indexOf(row), 1);
    write();
  };
  return html`<fieldset class="pairs"><legend>${title}</legend>
    ${rows.map((row, i) => html`<div class="pair ${conditions ? 'with' : ''}">
      <input aria-label="${title}: name ${i + 1}" placeholder="name" autocomplete="off" spellcheck="false" .value=${live(row.name)} @input=${set(row, 'name')}>
      ${conditions ? html`<select aria-label="${title}: condition ${i + 1}" @change=${set(row, 'op')}>
        ${options(row).map(([op, words]) => html`<option value=${op} .selected=${op === row.op}>${words}</option>`)}</select>` : nothing}
      ${!conditions || WITH_TEXT.includes(row.op) ? html`<input aria-label="${title}: value ${i + 1}" placeholder="value" autocomplete="off" spellcheck="false" .value=${live(row.text)} @input=${set(row, 'text')}>` : html`<span></span>`}
      <button type="button" class="small" aria-label="${title}: remove ${row.name || `row ${i + 1}`}" @click=${remove(row)}>Remove</button></div>`)}
    <button type="button" class="small" @click=${add}>Add</button></fieldset>`;
}

const BODIES = [['none', 'any body'], ['body_contains', 'contains a text'], ['equals', 'is a text'], ['equals_json', 'is a JSON value'],
  ['regex', 'matches an expression'], ['json_path', 'has values at JSON paths'], ['json_schema', 'fits a JSON Schema']];

function bodyKind(match) {
  const kinds = [...('body_contains' in match ? ['body_contains'] : []), ...Object.keys(match.body ?? {})];
  if (!kinds.length) return 'none';
  const plain = kinds.length === 1 && !Array.isArray(match.body_contains) && BODIES.some(([kind]) => kind === kinds[0]);
  return plain ? kinds[0] : 'json';
}

function bodyFields(match, changed) {
  const kind = bodyKind(match);
  const change = (to) => {
    if (to === 'json') return;
    delete match.body_contains;
    delete match.body;
    if (to === 'body_contains') match.body_contains = '';
    else if (to !== 'none') match.body = { [to]: to === 'equals' || to === 'regex' ? '' : {} };
    changed();
  };
  const options = kind === 'json' ? [...BODIES, ['json', 'as in the JSON']] : BODIES;
  return html`${field(match, 'body kind', 'Body', (id) => choice(id, kind, options, change))}
    ${kind === 'body_contains' ? area(match, 'body_contains', 'Text in the body', changed)
      : kind === 'equals' || kind === 'regex' ? area(match.body, kind, kind === 'regex' ? 'Expression' : 'The whole body', changed)
        : kind === 'equals_json' || kind === 'json_schema' ? jsonArea(match.body, kind, kind === 'json_schema' ? 'JSON Schema' : 'JSON value', changed)
          : kind === 'json_path' ? pairs(match.body, 'json_path', 'Values at JSON paths', changed, true) : nothing}`;
}

export function area(owner, key, label, changed) {
  return field(owner, key, label, (id) => html`<textarea id=${id} spellcheck="false" .value=${live(String(owner[key] ?? ''))}
    @input=${(event) => { owner[key] = event.target.value; changed(); }}></textarea>`);
}

const PATH_WORDS = { path: 'is exactly', path_prefix: 'begins with', path_pattern: 'has the form', path_regex: 'matches' };

/** Which requests a route is for. */
export function matchFields(route, changed) {
  const match = route.match && typeof route.match === 'object' ? route.match : (route.match = {});
  const kind = draft(match, 'path kind', () => ({ now: pathKind(match) ?? 'path' }));
  const methods = (event) => {
    const all = event.target.value.split(/[\s,]+/).filter(Boolean);
    draft(match, 'methods', () => ({})).text = event.target.value;
    put(match, 'method', all.length > 1 ? all : all[0]);
    changed();
  };
  const path = (to, value) => {
    for (const one of PATHS) delete match[one];
    kind.now = to;
    put(match, to, value || undefined);
    changed();
  };
  const shown = draft(match, 'methods', () => ({ text: [match.method ?? []].flat().join(', ') }));
  return html`<fieldset><legend>When a request comes</legend>
    <div class="fields">
      ${field(match, 'method', 'Method', (id) => html`<input id=${id} autocomplete="off" spellcheck="false" placeholder="any" .value=${live(shown.text)} @input=${methods}>`)}
      ${field(match, 'path kind', 'Path', (id) => choice(id, kind.now, Object.entries(PATH_WORDS), (to) => path(to, match[kind.now])))}
      ${field(match, 'path value', kind.now === 'path_pattern' ? 'Form, such as /orders/{id}' : kind.now === 'path_regex' ? 'Expression' : 'Path',
        (id) => html`<input id=${id} autocomplete="off" spellcheck="false" placeholder="any" maxlength="2048" .value=${live(String(match[kind.now] ?? ''))}
          @input=${(event) => path(kind.now, event.target.value)}>`)}
    </div>
    ${pairs(match, 'query', 'Query', changed, true)}
    ${pairs(match, 'headers', 'Headers', changed, true)}
    ${match.cookies ? pairs(match, 'cookies', 'Cookies', changed, true) : nothing}
    ${bodyFields(match, changed)}
  </fieldset>`;
}
