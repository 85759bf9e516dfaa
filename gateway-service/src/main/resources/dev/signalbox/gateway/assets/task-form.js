// The values of a form that is made from a JSON Schema, and what is wrong with them.

import { alternatives, blank, escape, fits, kindOf, problems, resolved, scalar } from './task-schema.js';

export const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/** A copy of a value with one member set, or removed when it is undefined. */
function put(value, [key, ...rest], member) {
  if (Array.isArray(value)) {
    const copy = [...value];
    copy[key] = rest.length ? put(copy[key], rest, member) : member;
    return copy.filter((one) => one !== undefined);
  }
  const { [key]: before, ...others } = value ?? {};
  const inner = rest.length ? put(before, rest, member) : member;
  // An object whose last member was cleared goes with it.
  const after = rest.length && member === undefined && Object.keys(inner).length === 0 ? undefined : inner;
  if (after === undefined) return others;
  // The order of what was there stays; a computed key is never a prototype.
  return Object.hasOwn(value ?? {}, key) ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, name === key ? after : one])) : { ...others, [key]: after };
}

export class TaskForm {
  #changed;
  /** Texts as they were typed, while they stand for the value or for none. */
  #drafts = new Map();
  #touched = new Set();
  #attempted = false;
  #remote = new Map();
  #found = null;
  schema = {};
  params = {};
  /** Whether the reader looks at the fields that few need. */
  moreOpen = false;

  /** @param {Function} changed is called after each change by the reader */
  constructor(changed) {
    this.#changed = changed;
  }

  /** Shows values of a task type; what was typed before is forgotten. */
  open(schema, params) {
    this.schema = schema;
    this.params = params;
    this.#drafts.clear();
    this.#touched.clear();
    this.#remote.clear();
    this.#attempted = false;
    this.#found = null;
    this.moreOpen = false;
  }

  /** The values are others now, by the JSON beside the form. */
  replace(params) {
    this.params = params;
    this.#remote.clear();
    this.#found = null;
  }

  set(path, value) {
    this.params = put(this.params, path, value);
    this.#remote.clear();
    this.#found = null;
    this.#changed();
  }

  touch(path) {
    this.#touched.add(pointer(path));
    this.#changed();
  }

  /** A text that was typed for a value that is no text. */
  type(path, text, value) {
    this.#drafts.set(pointer(path), { text, value });
    this.set(path, value);
  }

  /** What a field shows: the text that was typed if it still stands for the value. */
  text(path, value, write) {
    const draft = this.#drafts.get(pointer(path));
    return draft && same(draft.value, value) ? draft.text : value === undefined ? '' : write(value);
  }

  /** A scalar field's text; an empty one is no value, or `none`. */
  typeScalar(path, text, schema, none) {
    this.type(path, text, text === '' ? none : scalar(text, schema));
  }

  /** JSON that was typed; as long as it is none, the value stays and the draft is a problem. */
  typeJson(path, text, schema, before) {
    let value;
    let wrong = false;
    try {
      value = text.trim() === '' ? undefined : JSON.parse(text);
    } catch {
      const takesText = [schema.type ?? []].flat().includes('string');
      wrong = !takesText;
      value = takesText ? text : before;
    }
    this.#drafts.set(pointer(path), { text, value, wrong });
    this.set(path, value);
  }

  /** The rows of a map, which a draft keeps while two have the same name. */
  rows(path, value) {
    const draft = this.#drafts.get(pointer(path));
    return draft?.rows && same(draft.value, value) ? draft.rows : Object.entries(value ?? {});
  }

  setRows(path, rows) {
    const value = rows.length ? Object.fromEntries(rows.filter(([name]) => name !== '')) : undefined;
    this.#drafts.set(pointer(path), { rows, value });
    this.set(path, value);
  }

  branch(schema, value) {
    const branches = alternatives(schema).map((one) => resolved(one, this.schema));
    const at = branches.findIndex((one) => fits(one, value));
    return { branches, at: Math.max(0, at) };
  }

  add(path, items, value) {
    const list = Array.isArray(value) ? value : [];
    this.set(path, [...list, blank(items, this.schema)]);
  }

  kind(schema, depth) {
    return kindOf(schema, depth);
  }

  /** What is wrong, by JSON Pointer. */
  get found() {
    if (!this.#found) {
      this.#found = problems(this.schema, this.params, this.schema);
      for (const [at, draft] of this.#drafts) if (draft.wrong) this.#found.set(at, 'is not JSON');
      for (const [at, draft] of this.#drafts) {
        if (draft.rows && new Set(draft.rows.map(([name]) => name)).size < draft.rows.length) this.#found.set(at, 'has the same name twice');
      }
    }
    return this.#found;
  }

  /** What to say below a field: only once it was left, or running was tried. */
  said(path) {
    const at = pointer(path);
    const wrong = this.#attempted || this.#touched.has(at) ? this.found.get(at) : '';
    return this.#remote.get(at) ?? wrong ?? '';
  }

  /** Says everything that is wrong from now on; true if nothing is. `without` is a parameter that lines give. */
  check(without = '') {
    this.#attempted = true;
    return [...this.found.keys()].every((at) => without && at === `/${escape(without)}`);
  }

  /** What the gateway says is wrong; pointers into the request begin at `/params`. */
  refused(list) {
    for (const { pointer: at, message } of list) {
      if (at?.startsWith('/params/')) this.#remote.set(at.slice('/params'.length), message);
    }
  }
}

export const pointer = (path) => path.map((key) => `/${escape(key)}`).join('');
