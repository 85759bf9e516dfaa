// Streams of server-sent events, read with fetch since an EventSource sends no token.

import { errorOf, headers } from './api.js';

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15000;

/** The gateway sends a heartbeat every 15 s; this much silence means that the connection is gone. */
const SILENCE_MS = 40000;

/** Reads one response until it ends; calls `event` with {id, type, data}. */
async function read(response, event, alive) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  let id = null;
  let type = '';
  let data = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    alive();
    const all = (rest + value).split('\n');
    rest = all.pop();
    for (const line of all) {
      if (line === '') {
        if (id !== null || data.length) event({ id, type: type || 'message', data: data.join('\n') });
        type = '';
        data = [];
        continue;
      }
      const colon = line.indexOf(':');
      if (colon === 0) continue;
      const field = colon < 0 ? line : line.slice(0, colon);
      const text = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
      if (field === 'id') id = text;
      else if (field === 'event') type = text;
      else if (field === 'data') data.push(text);
    }
  }
}

/**
 * Follows a stream until the signal aborts: reconnects, and goes on after the last event it had. A
 * hidden page keeps no stream, since a browser opens six connections to a site over HTTP/1.1.
 * @param {string} path
 * @param {{signal: AbortSignal, event: Function, state: Function}} options `event` gets {id, type, data};
 *     `state` gets 'live' with whether events before may be missing, or 'lost' with the time of the
 *     next attempt, or 'refused' with the error
 */
export async function follow(path, { signal, event, state = () => {} }) {
  let last = null;
  let wait = FIRST_WAIT_MS;
  for (;;) {
    await looked(signal);
    if (signal.aborted) return;
    const attempt = new AbortController();
    const stop = () => attempt.abort();
    const rest = () => document.hidden && stop();
    signal.addEventListener('abort', stop, { once: true });
    document.addEventListener('visibilitychange', rest);
    let silence = setTimeout(stop, SILENCE_MS);
    const alive = () => {
      clearTimeout(silence);
      silence = setTimeout(stop, SILENCE_MS);
    };
    try {
      const more = last === null ? {} : { 'Last-Event-ID': last };
      const response = await fetch(path, {
        cache: 'no-store',
        headers: headers({ Accept: 'text/event-stream', ...more }),
        signal: attempt.signal,
      });
      if (!response.ok) {
        const error = await errorOf(response);
        if (error.challenged) {
          state('refused', error);
          return;
        }
        throw error;
      }
      wait = FIRST_WAIT_MS;
      state('live', last === null);
      await read(response, (one) => {
        if (one.id !== null) last = one.id;
        try {
          if (one.data) event(one);
        } catch (failure) {
          // A fault of a view is no fault of the connection.
          console.error(failure);
        }
      }, alive);
    } catch {
      // The next attempt tells more.
    } finally {
      clearTimeout(silence);
      signal.removeEventListener('abort', stop);
      document.removeEventListener('visibilitychange', rest);
    }
    if (signal.aborted) return;
    if (document.hidden) continue;
    state('lost', Date.now() + wait);
    await pause(wait, signal);
    wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  }
}

/** Waits until the reader looks at the page. */
function looked(signal) {
  return new Promise((resolve) => {
    const seen = () => {
      if (document.hidden && !signal.aborted) return;
      document.removeEventListener('visibilitychange', seen);
      signal.removeEventListener('abort', seen);
      resolve();
    };
    document.addEventListener('visibilitychange', seen);
    signal.addEventListener('abort', seen);
    seen();
  });
}

/** Waits, but not once the browser says that there is a network, or the reader looks again. */
function pause(ms, signal) {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      window.removeEventListener('online', done);
      document.removeEventListener('visibilitychange', seen);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const seen = () => document.hidden || done();
    const timer = setTimeout(done, ms);
    window.addEventListener('online', done);
    document.addEventListener('visibilitychange', seen);
    signal.addEventListener('abort', done);
  });
}

/** The feed of this page: one connection for all views. */
class Feed {
  #listeners = new Set();
  #states = new Set();
  #stop = null;
  state = 'connecting';
  retryAt = 0;

  /** Connects, or connects anew with another token. */
  start() {
    this.#stop?.abort();
    this.#stop = new AbortController();
    follow('/api/v1/events', {
      signal: this.#stop.signal,
      event: (one) => this.#deliver(one),
      state: (state, detail) => {
        this.#become(state, detail);
        // What happened before this connection was there has no event.
        if (state === 'live' && detail) this.#tell('reset', null);
      },
    });
  }

  /**
   * Calls `listener` with {type, data} of each event of a topic, and with the type 'reset' when
   * events were lost, or may have been: whoever keeps state reads it again then.
   */
  on(topic, listener, signal) {
    const entry = { topic, listener };
    this.#listeners.add(entry);
    signal.addEventListener('abort', () => this.#listeners.delete(entry), { once: true });
  }

  /** Calls `listener` when the connection is lost or back. */
  onState(listener) {
    this.#states.add(listener);
  }

  #become(state, detail) {
    this.state = state;
    this.retryAt = state === 'lost' ? detail : 0;
    for (const listener of this.#states) listener(state);
  }

  #deliver({ type, data }) {
    let value;
    try {
      value = JSON.parse(data);
    } catch {
      return;
    }
    this.#tell(type, value);
  }

  #tell(type, data) {
    for (const { topic, listener } of [...this.#listeners]) {
      if (type !== 'reset' && !type.startsWith(`${topic}.`)) continue;
      try {
        listener({ type, data });
      } catch (failure) {
        // A fault of one is no fault of the others.
        console.error(failure);
      }
    }
  }
}

export const feed = new Feed();
