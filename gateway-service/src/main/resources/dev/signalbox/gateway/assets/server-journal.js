// The journal of a server, as it goes on: the newest requests, and the counters.

import { json } from './api.js';

const KEPT = 300;
const PAGE = 300;
const PAGES_A_TURN = 40;

export class Journal {
  entries = [];
  /** Those that came while the reader did not follow. */
  waiting = [];
  stats = null;
  forgotten = 0;
  following = true;
  unmatched = false;
  #path;
  #signal;
  #after = null;
  #turn = 0;

  constructor(path, signal) {
    this.#path = path;
    this.#signal = signal;
  }

  /** Reads on; begins anew when the server got another owner, whose numbers begin anew. */
  async read() {
    const options = { signal: this.#signal, patience: 10000 };
    const turn = this.#turn;
    const stats = await json(`${this.#path}/stats`, options);
    if (turn !== this.#turn) return;
    if (this.stats && stats.since !== this.stats.since) this.restart();
    this.stats = stats;
    // Numbers count all requests, so the newest can be asked for; of a kind, all have to be looked at.
    this.#after ??= this.unmatched ? 0 : Math.max(0, stats.requests - stats.in_flight - KEPT);
    const began = this.#turn;
    for (let i = 0; i < PAGES_A_TURN; i++) {
      const query = new URLSearchParams({ after: this.#after, limit: PAGE, ...(this.unmatched ? { unmatched: true } : {}) });
      const { items, next, forgotten } = await json(`${this.#path}/requests?${query}`, options);
      if (began !== this.#turn) return;
      this.forgotten = forgotten;
      if (items.length) this.#add(items);
      if (next === null) return;
    }
  }

  #add(items) {
    // Two who read at once get the same.
    const more = items.filter(({ number }) => number > this.#after);
    if (!more.length) return;
    this.#after = more.at(-1).number;
    const to = this.following || !this.entries.length ? 'entries' : 'waiting';
    this[to] = [...this[to], ...more].slice(-KEPT);
  }

  restart() {
    this.#turn++;
    this.#after = null;
    this.entries = [];
    this.waiting = [];
  }

  only(unmatched) {
    this.unmatched = unmatched;
    this.restart();
  }

  follow(on) {
    this.following = on;
    if (on) this.catchUp();
  }

  catchUp() {
    this.entries = [...this.entries, ...this.waiting].slice(-KEPT);
    this.waiting = [];
  }

  async clear() {
    await json(`${this.#path}/requests`, { method: 'DELETE', signal: this.#signal });
    // What is being read is of before. Numbers go on: what comes after the clearing is not read twice.
    this.#turn++;
    this.entries = [];
    this.waiting = [];
    this.forgotten = 0;
  }
}

const NOT_SENT = new Set(['host', 'content-length', 'connection', 'transfer-encoding', 'keep-alive', 'accept-encoding', 'expect', 'upgrade', 'http2-settings']);
const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/** A request of the journal as a command that repeats it at the server itself. */
export function curlOf(entry, server) {
  const { origin } = new URL(server.url);
  const words = ['curl', '-g', '--path-as-is', '-X', quoted(entry.method)];
  if (server.tls) words.push('-k');
  if (entry.method === 'HEAD') words.splice(3, 2, '-I');
  if (entry.target.startsWith('/')) words.push(quoted(origin + entry.target));
  else words.push('--request-target', quoted(entry.target), quoted(`${origin}/`));
  let type = false;
  for (const { name, value } of entry.headers) {
    const lower = name.toLowerCase();
    if (NOT_SENT.has(lower) || lower.startsWith('x-forwarded-') || lower.startsWith(':')) continue;
    type ||= lower === 'content-type';
    // With a colon alone the header would be left out.
    words.push('-H', quoted(value ? `${name}: ${value}` : `${name};`));
  }
  const binary = entry.body_base64 ?? (/[\u0000-\u0008\u000b-\u001f\u007f]/.test(entry.body ?? '') ? base64(entry.body) : '');
  if ((binary || entry.body) && !type) words.push('-H', quoted('Content-Type:'));
  if (binary) return `printf %s ${quoted(binary)} | base64 -d | ${words.join(' ')} --data-binary @-`;
  if (entry.body) words.push('--data-raw', quoted(entry.body));
  return words.join(' ');
}

function base64(text) {
  let octets = '';
  for (const octet of new TextEncoder().encode(text)) octets += String.fromCharCode(octet);
  return btoa(octets);
}
