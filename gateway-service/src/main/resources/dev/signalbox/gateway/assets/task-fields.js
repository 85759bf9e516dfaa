// The fields of a form that is made from a JSON Schema.

import { html, nothing } from './lit/lit-html.js';
import { live } from './lit/directives/live.js';
import { blank, ordered, resolved, scalar } from './task-schema.js';
import { pointer } from './task-form.js';

const idOf = (path) => `p${pointer(path).replace(/[^A-Za-z0-9]/g, (sign) => `-${sign.codePointAt(0)}-`)}`;

const words = (name) => {
  const text = String(name).replaceAll('_', ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
};

const shown = (value) => (typeof value === 'string' ? value : JSON.stringify(value));

/** What is said of a field: what it is for, its range, its default. */
function hint(schema) {
  const parts = [];
  if (schema.description) parts.push(schema.description);
  const { minimum, maximum } = schema;
  if (minimum !== undefined && maximum !== undefined) parts.push(`${minimum} to ${maximum}`);
  else if (minimum !== undefined) parts.push(`at least ${minimum}`);
  else if (maximum !== undefined) parts.push(`at most ${maximum}`);
  const given = schema.default;
  if (given !== undefined && given !== '' && typeof given !== 'boolean' && !schema.enum) parts.push(`default ${shown(given)}`);
  return parts.join(' · ');
}

/** All fields of a task: those that most need, and the rest to be opened. */
export function fields(form, hidden = '') {
  const { main, more } = ordered(form.schema);
  const one = (name) => (name === hidden ? nothing : field(form, form.schema.properties[name], [name], form.params[name], {
    required: (form.schema.required ?? []).includes(name),
    label: name,
  }));
  const used = more.filter((name) => form.params[name] !== undefined).length;
  return html`
    ${main.length || more.length ? nothing : html`<p class="note">This task takes no parameters.</p>`}
    ${main.map(one)}
    ${more.length ? html`<details class="more" .open=${live(form.moreOpen)} @toggle=${(event) => { form.moreOpen = event.currentTarget.open; }}>
      <summary>More options <span class="count">${used ? `${used} of ${more.length}` : more.length}</span></summary>
      <div class="fields">${more.map(one)}</div></details>` : nothing}`;
}

function field(form, schema, path, value, { required = false, label, depth = 0, remove = null, number = 0 }) {
  const known = resolved(schema, form.schema);
  const kind = form.kind(known, depth);
  const id = idOf(path);
  const said = form.said(path);
  const about = number > 1 ? '' : hint(known);
  const title = (known.title || words(label)) + (number ? ` ${number}` : '');
  const told = { id, said, described: [about && `${id}-hint`, said && `${id}-said`].filter(Boolean).join(' ') };
  const notes = html`${about ? html`<span class="hint" id="${id}-hint">${about}</span>` : nothing}
    ${said ? html`<span class="wrong" id="${id}-said">${title} ${said}</span>` : nothing}`;
  const need = required && depth === 0 ? html` <span class="need">required</span>` : nothing;
  const away = remove ? html`<button type="button" class="small quiet" aria-label="Remove ${title}" @click=${remove}>Remove</button>` : nothing;
  const make = { form, schema: known, path, value, required, depth, told, title };
  if (kind === 'group' || kind === 'list' || kind === 'map') {
    const inner = { group, list, map }[kind](make);
    return html`<fieldset class="field" aria-describedby=${told.described || nothing} id=${id} tabindex="-1"><legend>${title}${need}</legend>${notes}${inner}${away}</fieldset>`;
  }
  if (kind === 'either') return either(make, away);
  if (kind === 'yesno' && known.default !== undefined) {
    return html`<div class="field"><label class="check"><input type="checkbox" id=${id} .checked=${live(value ?? known.default)}
      aria-describedby=${told.described || nothing}
      @change=${(event) => form.set(path, !required && depth < 2 && event.currentTarget.checked === known.default ? undefined : event.currentTarget.checked)}>
      ${title}</label>${notes}${away}</div>`;
  }
  const input = { choice, yesno: choice, json, long, number: line, text: line, scalar: line }[kind](make);
  return html`<div class="field"><label for=${id}>${title}${need}</label>${notes}<div class="row">${input}${away}</div></div>`;
}

const attributes = ({ form, path, told }) => ({
  wrong: told.said ? 'true' : 'false',
  left: () => form.touch(path),
});

function line(make) {
  const { form, schema, path, value, told, required, depth } = make;
  const { wrong, left } = attributes(make);
  const kind = form.kind(schema);
  const examples = (Array.isArray(schema.examples) ? schema.examples : []).filter((one) => typeof one !== 'object').slice(0, 50);
  const change = (event) => {
    const text = event.currentTarget.value;
    // A member of a list or a map stays while it is empty; it has a button to remove it.
    const none = required && depth > 0 ? '' : undefined;
    if (kind === 'text') form.set(path, text === '' ? none : text);
    else form.typeScalar(path, text, schema, none);
  };
  return html`<input id=${told.id} type="text" inputmode=${kind === 'number' ? 'decimal' : nothing} spellcheck="false" autocomplete="off" autocapitalize="off" dir="auto"
      .value=${live(form.text(path, value, shown))} aria-required=${required} aria-invalid=${wrong} aria-describedby=${told.described || nothing}
      placeholder=${shown(schema.default ?? (examples.length ? examples[0] : '')) || nothing}
      list=${examples.length > 1 ? `${told.id}-list` : nothing} @input=${change} @blur=${left}>
    ${examples.length > 1 ? html`<datalist id="${told.id}-list">${examples.map((one) => html`<option value=${String(one)}></option>`)}</datalist>` : nothing}`;
}

function long(make) {
  const { form, path, value, told, required } = make;
  const { wrong, left } = attributes(make);
  return html`<textarea id=${told.id} spellcheck="false" rows="3" dir="auto" .value=${live(value === undefined ? '' : shown(value))} aria-required=${required}
    aria-invalid=${wrong} aria-describedby=${told.described || nothing} @blur=${left}
    @input=${(event) => form.set(path, event.currentTarget.value === '' ? undefined : event.currentTarget.value)}></textarea>`;
}

function json(make) {
  const { form, schema, path, value, told, required } = make;
  const { wrong, left } = attributes(make);
  return html`<textarea id=${told.id} spellcheck="false" rows="3" placeholder="JSON" aria-required=${required}
    .value=${live(form.text(path, value, (one) => JSON.stringify(one, null, 2)))}
    aria-invalid=${wrong} aria-describedby=${told.described || nothing} @blur=${left}
    @input=${(event) => form.typeJson(path, event.currentTarget.value, schema, value)}></textarea>`;
}

/** One of some values; what is not chosen is left out. */
function choice(make) {
  const { form, schema, path, value, told, required } = make;
  const { wrong, left } = attributes(make);
  const known = schema.enum ?? (schema.const === undefined ? [true, false] : [schema.const]);
  const same = (one) => one === value || (typeof one === 'string' && typeof value === 'string' && one.toLowerCase() === value.toLowerCase());
  const at = known.findIndex(same);
  const name = (one) => (one === true ? 'yes' : one === false ? 'no' : shown(one));
  return html`<select id=${told.id} aria-required=${required} aria-invalid=${wrong} aria-describedby=${told.described || nothing} @blur=${left}
      @change=${(event) => form.set(path, event.currentTarget.value === '' ? undefined : known[Number(event.currentTarget.value)])}>
    ${required && at >= 0 ? nothing : html`<option value="" ?selected=${value === undefined}>${schema.default === undefined ? 'not set' : `${name(schema.default)} (if not set)`}</option>`}
    ${at < 0 && value !== undefined ? html`<option value="" selected>${shown(value).slice(0, 60)}</option>` : nothing}
    ${known.map((one, i) => html`<option value=${i} ?selected=${i === at}>${name(one)}</option>`)}
  </select>`;
}

function group({ form, schema, path, value, depth }) {
  return html`<div class="fields">${Object.entries(schema.properties).map(([name, inner]) => field(form, inner, [...path, name], value?.[name], {
    required: (schema.required ?? []).includes(name),
    label: name,
    depth: depth + 1,
  }))}</div>`;
}

function list({ form, schema, path, value, depth, told, title }) {
  const members = Array.isArray(value) ? value : [];
  const one = resolved(schema.items, form.schema);
  const add = () => {
    form.add(path, schema.items, value);
    focusLater(`#${told.id} .members > :last-child`);
  };
  const remove = (i) => {
    form.set(path, members.length === 1 ? undefined : members.filter((_, j) => j !== i));
    document.getElementById(told.id)?.querySelector('.add')?.focus();
  };
  const least = members.length >= (schema.maxItems ?? Infinity);
  return html`<div class="members">${members.map((member, i) => field(form, schema.items, [...path, i], member, {
      label: title, number: i + 1, required: true, depth: depth + 1, remove: () => remove(i),
    }))}</div>
    <button type="button" class="small add" ?disabled=${least} @click=${add}>Add ${one.title ? one.title.toLowerCase() : 'one'}</button>`;
}

function map({ form, schema, path, value, depth, told }) {
  const rows = form.rows(path, value);
  const inner = schema.additionalProperties;
  const change = (i, name) => form.setRows(path, rows.map((row, j) => (j === i ? [name, row[1]] : row)));
  const add = () => {
    form.setRows(path, [...rows, ['', blank(inner, form.schema)]]);
    focusLater(`#${told.id} .pair:last-of-type`);
  };
  const remove = (i) => {
    form.setRows(path, rows.filter((_, j) => j !== i));
    document.getElementById(told.id)?.querySelector('.add')?.focus();
  };
  return html`${rows.map(([name, member], i) => html`<div class="pair" role="group" aria-label="Entry ${i + 1}">
      <input type="text" aria-label="Name ${i + 1}" placeholder="Name" spellcheck="false" autocomplete="off" .value=${live(name)} @input=${(event) => change(i, event.currentTarget.value)}>
      ${name === ''
        ? html`<input type="text" aria-label="Value ${i + 1}" placeholder="Value" disabled>`
        : field(form, inner, [...path, name], member, { label: `Value of ${name}`, required: true, depth: depth + 1 })}
      <button type="button" class="small quiet" aria-label="Remove entry ${i + 1}" @click=${() => remove(i)}>Remove</button>
    </div>`)}
    <button type="button" class="small add" @click=${add}>Add one</button>`;
}

const SHAPES = { choice: 'one of a list', yesno: 'yes or no', number: 'number', text: 'text', long: 'text', scalar: 'single value', list: 'list', group: 'fields', map: 'names and values', json: 'JSON', either: 'several shapes' };

/** One of several shapes: which, and its field. */
function either({ form, schema, path, value, required, depth, told, title }, away) {
  const { branches, at } = form.branch(schema, value);
  const change = (event) => form.set(path, turned(value, branches[Number(event.currentTarget.value)], form));
  return html`<div class="field either">
    <div class="row"><label for="${told.id}-shape" class="unseen">Shape of ${title}</label>
      <select id="${told.id}-shape" @change=${change}>${branches.map((one, i) => html`<option value=${i} ?selected=${i === at}>${one.title || SHAPES[form.kind(one)]}</option>`)}</select>${away}</div>
    ${field(form, { description: schema.description, ...branches[at], title: branches[at].title || title }, path, value, { label: title, required, depth: depth + 1 })}
  </div>`;
}

/** A value in another shape, without losing it where both can have it. */
function turned(value, schema, form) {
  if ([schema.type ?? []].flat().includes('array') && value !== undefined && !Array.isArray(value)) return value === '' ? [] : [value];
  if (Array.isArray(value) && typeof value[0] !== 'object' && form.kind(schema) !== 'list') return scalar(String(value[0] ?? ''), schema);
  return blank(schema, form.schema);
}

/** The page is drawn at the end of this moment. */
function focusLater(selector) {
  setTimeout(() => {
    const place = document.querySelector(selector);
    place?.querySelector('input, select, textarea, button')?.focus();
  });
}
