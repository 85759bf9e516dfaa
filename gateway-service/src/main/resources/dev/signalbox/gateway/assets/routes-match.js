// Which route a request would match, worked out in the browser as a server does it. A condition that
// only the server can tell (a JSON Schema, a costly expression) is neither true nor false but null.

import { normalPath, pathTest } from './routes-path.js';

const USUAL_PRIORITY = 5;
const LOOKED_AT = 100;
const STEPS = 1e7;
const STARTED = 'started';

const RANKS = { path: 0, path_pattern: 1, path_prefix: 2, path_regex: 3 };
export const PATHS = Object.keys(RANKS);

const list = (value) => (value === undefined || value === null ? [] : Array.isArray(value) ? value : [value]);
const names = (value) => (value && typeof value === 'object' && !Array.isArray(value) ? Object.entries(value) : []);
const short = (text) => {
  const one = String(text).replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
  return one.length > 100 ? `${one.slice(0, 100)}…` : one;
};

export const pathKind = (match) => PATHS.find((kind) => match?.[kind]);

/** The name of a route, or its number. */
export const label = (route, number) => route?.name || String(number);

/** Routes in the order in which a server tries them, as [number, route]. */
export function order(routes) {
  const key = (route) => {
    const match = route?.match ?? {};
    const kind = pathKind(match);
    const conditions = (list(match.method).length ? 1 : 0) + bodyConditions(match).length + (route?.scenario?.state ? 1 : 0)
      + ['headers', 'query', 'cookies'].reduce((sum, field) => sum + names(match[field]).length, 0);
    return [route?.priority ?? USUAL_PRIORITY, kind ? RANKS[kind] : 4, kind === 'path_prefix' ? -match[kind].length : 0, -conditions];
  };
  const keyed = routes.map((route, number) => [number, route, [...key(route), number]]);
  keyed.sort(([, , a], [, , b]) => {
    const i = a.findIndex((value, at) => value !== b[at]);
    return i < 0 ? 0 : a[i] - b[i];
  });
  return keyed.map(([number, route]) => [number, route]);
}

/** Expressions of RE2 that mean the same here and end soon; null for others. */
export function expression(text, ignoreCase, length) {
  const unbounded = (String(text).match(/[*+]|\{\d*,\}/g) ?? []).length;
  // This engine goes back: an expression of somebody else could keep the browser busy for hours.
  if (/\)[*+?{]/.test(text) || Math.max(2, length) ** unbounded > STEPS) return null;
  try {
    return new RegExp(text, ignoreCase ? 'iu' : 'u');
  } catch {
    return null;
  }
}

const finds = (text, ignoreCase, value) => expression(text, ignoreCase, value.length)?.test(value) ?? null;

const any = (results) => (results.includes(true) ? true : results.includes(null) ? null : false);
const all = (results) => (results.includes(false) ? false : results.includes(null) ? null : true);
const not = (result) => (result === null ? null : !result);

const COMPARISONS = {
  equals: [(value, text) => value === text, ''],
  contains: [(value, text) => value.includes(text), 'containing '],
  starts_with: [(value, text) => value.startsWith(text), 'beginning with '],
  ends_with: [(value, text) => value.endsWith(text), 'ending with '],
};

/** Whether values fulfil a condition. */
export function test(matcher, values) {
  if (matcher === true) return values.length > 0;
  if (matcher === false) return values.length === 0;
  if (typeof matcher === 'string' || typeof matcher === 'number') return values.includes(String(matcher));
  if (Array.isArray(matcher)) return matcher.length === values.length && matcher.every((one, i) => one === values[i]);
  const entry = names(matcher).find(([name]) => name !== 'ignore_case');
  if (!entry) return null;
  const [kind, wanted] = entry;
  const fold = (text) => (matcher.ignore_case ? text.toLowerCase() : text);
  if (kind in COMPARISONS) return values.some((value) => COMPARISONS[kind][0](fold(value), fold(String(wanted))));
  switch (kind) {
    case 'regex': return any(values.map((value) => finds(wanted, matcher.ignore_case, value)));
    case 'not': return not(test(wanted, values));
    case 'any': return any(list(wanted).map((one) => test(one, values)));
    case 'all': return all(list(wanted).map((one) => test(one, values)));
    default: return null;
  }
}

export function describe(matcher) {
  if (matcher === true) return 'present';
  if (matcher === false) return 'absent';
  if (typeof matcher === 'string' || typeof matcher === 'number') return String(matcher);
  if (Array.isArray(matcher)) return `exactly ${JSON.stringify(matcher)}`;
  const [kind, wanted] = names(matcher).find(([name]) => name !== 'ignore_case') ?? ['', ''];
  if (kind in COMPARISONS) return COMPARISONS[kind][1] + (matcher.ignore_case ? `${String(wanted).toLowerCase()} (in any case)` : wanted);
  switch (kind) {
    case 'regex': return `matching ${wanted}`;
    case 'not': return `anything but ${describe(wanted)}`;
    case 'any': return list(wanted).map(describe).join(' or ');
    case 'all': return list(wanted).map(describe).join(' and ');
    default: return JSON.stringify(matcher) ?? '';
  }
}

/** Values at a simple path such as $.items[0].id; null for a path that takes more. */
function atPath(json, path) {
  const steps = [];
  const rest = path.replace(/\.([\p{L}\p{N}_-]+)|\['([^'\\]*)'\]|\[(\d+)\]|\[(\*)\]|\.(\*)/gu, (_, name, quoted, index, star, dotStar) => {
    steps.push(star || dotStar ? '*' : index !== undefined ? Number(index) : { name: name ?? quoted });
    return '';
  });
  if (rest !== '$') return null;
  let nodes = [json];
  for (const step of steps) {
    nodes = nodes.flatMap((node) => {
      if (!node || typeof node !== 'object') return [];
      if (step === '*') return Object.values(node);
      if (typeof step === 'number') return Array.isArray(node) && step < node.length ? [node[step]] : [];
      return !Array.isArray(node) && Object.hasOwn(node, step.name) ? [node[step.name]] : [];
    });
  }
  return nodes.map((node) => (typeof node === 'string' ? node : JSON.stringify(node)));
}

function sameJson(a, b) {
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return a === b;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key], b[key]));
}

/** Whether this engine would write the numbers of a text as they stand in it: a server compares them as written. */
const numbersKept = (text) => !/\d{16}|\d\.\d*0(?!\d)|\d[eE]|-0/.test(text);

function parsed(text) {
  try {
    return { json: JSON.parse(text) };
  } catch {
    return null;
  }
}

/** Conditions on the body, each a function to [result, reason]. */
function bodyConditions(match) {
  const body = match.body ?? {};
  const contains = (text) => (got) => [got.includes(text), `body does not contain ${short(text)}`];
  const asJson = (condition) => (got) => {
    const one = parsed(got);
    return one ? condition(one.json, got) : [false, 'body is not JSON'];
  };
  const conditions = list(match.body_contains).map((text) => contains(String(text)));
  if (body.equals !== undefined) conditions.push((got) => [got === body.equals, `body is not ${short(body.equals)}`]);
  if ('equals_json' in body) conditions.push(asJson((json, got) => [/\d{16}/.test(got) ? null : sameJson(body.equals_json, json), `body is not the JSON ${short(JSON.stringify(body.equals_json))}`]));
  if (body.contains !== undefined) conditions.push(contains(String(body.contains)));
  if (body.regex) conditions.push((got) => [finds(body.regex, false, got), `body does not match ${short(body.regex)}`]);
  for (const [path, matcher] of names(body.json_path)) {
    conditions.push((got) => {
      const one = parsed(got);
      const values = one ? atPath(one.json, path) : [];
      if (values === null || (!numbersKept(got) && values.some((value) => /^[-\d[{]/.test(value)))) return [null, `body at ${short(path)}`];
      return [test(matcher, values), one ? missed(`body at ${short(path)}`, values, matcher) : 'body is not JSON'];
    });
  }
  if ('json_schema' in body) conditions.push(asJson(() => [null, 'body fits the JSON Schema']));
  return conditions;
}

const missed = (what, values, matcher) => (values.length
  ? `${what} is ${short(values.join(', '))}, not ${short(describe(matcher))}`
  : `${what} is missing, not ${short(describe(matcher))}`);

/** Reads what is tried: {method, target, headers, body} with headers as lines. */
export function request({ method, target, headers, body }) {
  const [path, query = ''] = target.split(/\?(.*)/s);
  const byName = (pairs) => (name) => pairs.filter(([one]) => one === name).map(([, value]) => value);
  const lines = headers.split('\n').filter((line) => line.includes(':')).map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
  });
  const cookies = byName(lines)('cookie').flatMap((line) => line.split(';')).filter((pair) => pair.indexOf('=') > 0).map((pair) => {
    const equals = pair.indexOf('=');
    return [pair.slice(0, equals).trim(), pair.slice(equals + 1).trim().replace(/^"(.*)"$/, '$1')];
  });
  return {
    method: method.trim(),
    path: normalPath(path.startsWith('/') ? path : `/${path}`),
    body,
    headers: byName(lines),
    query: byName([...new URLSearchParams(query)]),
    cookies: byName(cookies),
  };
}

/** Each condition of a route: {ok, why, far} with the reason against it, and how much that counts. */
function conditions(route, asked, scenarios) {
  const match = route?.match ?? {};
  const found = [];
  const add = (ok, why, far = 1) => found.push({ ok, why, far });
  const methods = list(match.method);
  const kind = pathKind(match);
  if (kind) {
    const { ok, words } = pathTest(kind, match[kind], asked.path);
    // As at the server, a wrong path is as much as three others, beside its reason.
    add(ok, `path is ${short(asked.path)}, not ${short(words)}`, 4);
  }
  if (methods.length) {
    add(methods.includes(asked.method) || (asked.method === 'HEAD' && methods.includes('GET')), `method is ${short(asked.method)}, not ${methods.join(' or ')}`);
  }
  if (route?.scenario?.state) {
    const { name, state } = route.scenario;
    const now = scenarios[name] ?? STARTED;
    add(state === now, `scenario ${name} is in state ${now}, not ${state}`);
  }
  for (const [field, word] of [['headers', 'header'], ['query', 'query'], ['cookies', 'cookie']]) {
    for (const [name, matcher] of names(match[field])) {
      const values = asked[field](field === 'headers' ? name.toLowerCase() : name);
      add(test(matcher, values), missed(`${word} ${short(name)}`, values, matcher));
    }
  }
  for (const condition of bodyConditions(match)) add(...condition(asked.body));
  return found;
}

/**
 * What would answer: `match` is the number of a route or -1, `maybe` the routes before it of which only
 * the server can tell with what it has to tell, `nearest` a route that does not match and why.
 */
export function answer(routes, asked, scenarios = {}) {
  const maybe = [];
  for (const [number, route] of order(routes)) {
    const found = conditions(route, asked, scenarios);
    const result = all(found.map(({ ok }) => ok));
    if (result === true) return { match: number, maybe, nearest: null };
    if (result === null) maybe.push({ number, open: found.filter(({ ok }) => ok === null).map(({ why }) => why) });
  }
  let nearest = null;
  routes.slice(0, LOOKED_AT).forEach((route, number) => {
    const against = conditions(route, asked, scenarios).filter(({ ok }) => ok === false);
    const distance = against.reduce((sum, one) => sum + one.far, 0);
    if (against.length && (!nearest || distance < nearest.distance)) nearest = { number, distance, reasons: against.map(({ why }) => why) };
  });
  return { match: -1, maybe, nearest };
}
