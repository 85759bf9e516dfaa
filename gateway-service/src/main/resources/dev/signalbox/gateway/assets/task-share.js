// A task outside of its form: as commands, as a link, and in the history of this browser.

import { asCurl } from './api.js';

const quoted = (text) => (/^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
const plain = (word) => typeof word === 'string' && /^[^\s@+-]\S*$/.test(word);
const asParam = (name, value) => `--param ${quoted(`${name}=${JSON.stringify(value)}`)}`;
const command = (words) => `./signalbox ${words.filter(Boolean).join(' ')}`;

/** The task as one line of a list. */
export const asLine = (task) => JSON.stringify(task);

export const curl = (task) => asCurl('/api/v1/tasks', { method: 'POST', body: asLine(task) });

/** The same by the program: a command of its own where the task has one. */
export function signalbox(task) {
  const { task_name: name, params, ...more } = task;
  const own = Object.keys(more).length ? null : { dns_query: dns, http_probe: probe }[name]?.(params);
  return own ?? `printf '%s\\n' ${quoted(asLine(task))} | ./signalbox run - --server ${quoted(location.origin)}`;
}

const DNS_FLAGS = { dnssec_ok: ['--dnssec'], checking_disabled: ['--cd'], recursion_desired: [null, '--norecurse'], trace: ['--trace'], follow: ['--follow'] };

function dns(params) {
  const { domain, name = domain, type, types, resolver, resolvers, protocol, ...rest } = params;
  const all = types ?? (type === undefined ? [] : [type]);
  const servers = resolvers ?? (resolver === undefined ? [] : [resolver]);
  if (!plain(name) || ![all, servers].every(Array.isArray) || !all.every((one) => plain(one) && !one.includes('.')) || !servers.every(plain)) return null;
  const words = ['dns', quoted(name), ...all, ...servers.map((one) => quoted(`@${one}`))];
  if (typeof protocol === 'string' && /^(udp|tcp|tls|https)$/i.test(protocol)) words.push(`--${protocol.toLowerCase()}`);
  else if (protocol !== undefined) return null;
  return command(withFlags(words, rest, DNS_FLAGS));
}

function withFlags(words, rest, flags) {
  for (const [key, value] of Object.entries(rest)) {
    const flag = typeof value === 'boolean' ? flags[key]?.[value ? 0 : 1] : undefined;
    words.push(flag ?? asParam(key, value));
  }
  return words;
}

const SIGNS = { equals: '==', not_equals: '!=', less_than: '<', greater_than: '>' };

function probe(params) {
  const { url, method, headers = {}, body, follow_redirects: follow = true, max_redirects: most, assertions = [], ip_family: family, ...rest } = params;
  if (typeof url !== 'string' || !/^[a-z][a-z0-9+.-]*:\/\/\S+$/i.test(url) || typeof follow !== 'boolean' || !Array.isArray(assertions)) return null;
  const words = ['probe', quoted(url)];
  // The command takes POST for a request with a body, the task does not.
  if (method !== undefined || body !== undefined) words.push(`--method ${quoted(String(method ?? 'GET'))}`);
  for (const [name, value] of Object.entries(headers)) {
    for (const one of [value].flat()) words.push(`-H ${quoted(`${name}: ${one}`)}`);
  }
  if (body !== undefined) words.push(`--data ${quoted(String(body))}`);
  if (follow) words.push(most === undefined ? '--follow' : `--max-redirects ${Number(most)}`);
  if (family === 'ipv4' || family === 'ipv6') words.push(`--${family}`);
  else if (family !== undefined && family !== 'any') return null;
  const spoken = assertions.map(asAssertion);
  if (spoken.every(Boolean)) spoken.forEach((one) => words.push(`--assert ${quoted(one)}`));
  else words.push(asParam('assertions', assertions));
  return command(withFlags(words, rest, { verify_tls: [null, '--insecure'] }));
}

function asAssertion({ source, property, comparison, target, ...other }) {
  const named = source === 'header' || source === 'json';
  if (Object.keys(other).length || named !== (property !== undefined) || (named && !/^\S+$/.test(property)) || !source || !comparison) return null;
  return [source, property, SIGNS[comparison] ?? comparison, target].filter((one) => one !== undefined).join(' ');
}

/** Stands where a token or a password was. */
const MASK = '•••';
const SECRET = 'authorization|cookie|token|secret|passw|passphrase|credential|session|signature|api[-_.]?key|access[-_.]?key|private[-_.]?key';
const SECRET_NAME = new RegExp(`${SECRET}|(^|[-_.])(auth|key|pass|pwd|sig|unique)$`, 'i');
const USER = /^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i;
const NAMED = new RegExp(`([?&#;\\s{,"]|^)([\\w.-]{0,40}(?:${SECRET})[\\w.-]{0,40}|auth|key|pass|pwd|sig)("?\\s*[=:]\\s*)("(?:[^"\\\\]|\\\\.)*"|[^\\s&#;,}"]+)`, 'gi');

/** A text without what lets somebody in: the user of a URL, and values of names such as token. */
const withoutSecrets = (text) => text.replace(USER, `$1${MASK}@`)
  .replace(NAMED, (_, before, name, sign, value) => `${before}${name}${sign}${value.startsWith('"') ? `"${MASK}"` : MASK}`);

/** A value without what lets somebody in; of a member with such a name nothing is left but its shape. */
function masked(value, secret = false) {
  if (Array.isArray(value)) return value.map((one) => masked(one, secret));
  if (value !== null && typeof value === 'object') {
    // Names are values too: of a header in a list, of what an assertion looks at.
    const named = secret || [value.name, value.property].some((one) => typeof one === 'string' && SECRET_NAME.test(one));
    return Object.fromEntries(Object.entries(value).map(([key, one]) =>
      [key, masked(one, secret || SECRET_NAME.test(key) || (named && (key === 'value' || key === 'target')))]));
  }
  if (secret) return value === null || value === '' || typeof value === 'boolean' ? value : MASK;
  return typeof value === 'string' ? withoutSecrets(value) : value;
}

/** A task as it may be kept or passed on. */
const withoutSecretsOf = (task) => ({ ...task, params: masked(task.params) });

/** What to say of a task whose secrets are missing; '' when none is. */
export const missing = (task) => (asLine(task).includes(MASK) ? `Tokens and passwords are not kept. Enter each value shown as ${MASK} again.` : '');

/** Where the task can be looked at again; a link runs nothing, and has no secrets: addresses are logged. */
export function link(task) {
  const query = new URLSearchParams({ task: task.task_name });
  if (Object.keys(task.params).length) query.set('params', JSON.stringify(masked(task.params)));
  return `${location.origin}/ui/tasks?${query}`;
}

/** The task that the address of this page has; null if it has none. */
export function linked() {
  const query = new URLSearchParams(location.search);
  const name = query.get('task');
  if (!name) return null;
  const text = query.get('params') ?? '{}';
  try {
    const params = JSON.parse(text);
    if (params === null || typeof params !== 'object' || Array.isArray(params)) throw new TypeError();
    return { task_name: name, params, bad: '' };
  } catch {
    return { task_name: name, params: {}, bad: 'The parameters in the address of this page are not a JSON object; they were left out.' };
  }
}

const KEY = 'signalbox.tasks';
const MOST = 50;
const MOST_TEXT = 200000;
const MOST_ONE = 20000;

/** Tasks that were run, newest first, without their secrets. Bounded by number and size; without storage it is empty. */
export const past = {
  read() {
    try {
      const all = JSON.parse(localStorage.getItem(KEY) ?? '[]');
      return all.filter((one) => typeof one?.task?.task_name === 'string' && one.task.params && typeof one.task.params === 'object').slice(0, MOST);
    } catch {
      return [];
    }
  },
  add(whole) {
    if (asLine(whole).length > MOST_ONE) return;
    const task = withoutSecretsOf(whole);
    const line = asLine(task);
    const all = [{ at: new Date().toISOString(), task }, ...past.read().filter((one) => asLine(one.task) !== line)].slice(0, MOST);
    while (JSON.stringify(all).length > MOST_TEXT) all.pop();
    try {
      localStorage.setItem(KEY, JSON.stringify(all));
    } catch {
      // A full or forbidden store keeps no history.
    }
  },
  clear() {
    try {
      localStorage.removeItem(KEY);
    } catch {
      // Nothing was kept there.
    }
  },
};
