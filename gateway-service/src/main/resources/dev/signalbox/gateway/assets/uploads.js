// The uploads of this browser: which are under way, and which a reload or a closed tab interrupted.

import { feed } from './live.js';
import { remove, upload } from './tus.js';

const KEPT = 'signalbox.uploads';
const MAX_KEPT = 200;
const KEPT_MS = 7 * 86400000;
const MAX_FILES = 10000;
const AT_ONCE = 3;
const RATE_WEIGHT = 0.2;

/** States in which nothing more happens by itself. */
const OVER = new Set(['done', 'failed', 'exists', 'lost', 'paused']);

let ids = 0;

/** What was begun and is not a file yet, kept over reloads. */
const kept = {
  all() {
    try {
      const all = JSON.parse(localStorage.getItem(KEPT) ?? '[]');
      return Array.isArray(all) ? all.filter((one) => one?.url && Date.now() - one.at < KEPT_MS) : [];
    } catch {
      return [];
    }
  },
  write(all) {
    try {
      localStorage.setItem(KEPT, JSON.stringify(all.slice(-MAX_KEPT)));
    } catch {
      // Without storage an upload goes on until the page is left.
    }
  },
  find: (item) => kept.all().find((one) => one.path === item.path && same(one, item)),
  put(item) {
    const { path, name, size, modified, url, replace } = item;
    kept.write([...kept.all().filter((one) => one.path !== path), { path, name, size, modified, url, replace, at: Date.now() }]);
  },
  drop: (item) => kept.write(kept.all().filter((one) => one.path !== item.path)),
};

/** Whether two are the same file, as far as a browser can tell without reading it. */
const same = (one, other) => one.size === other.size && one.modified === other.modified && one.name === other.name;

/** Held while a tab is at an upload. */
const lockOf = (one) => `signalbox.upload ${one.path}`;

/** One file on its way. */
class Item {
  id = ++ids;
  state = 'waiting';
  sent = 0;
  rate = 0;
  error = null;
  retryAt = 0;
  stop = null;
  #measured = null;

  constructor(file, known) {
    this.file = file;
    Object.assign(this, known);
  }

  progress(bytes) {
    const now = performance.now();
    const before = this.#measured;
    if (before && now > before.now && bytes >= before.bytes) {
      const rate = ((bytes - before.bytes) * 1000) / (now - before.now);
      this.rate = this.rate ? this.rate + RATE_WEIGHT * (rate - this.rate) : rate;
    }
    this.#measured = { now, bytes };
    this.sent = bytes;
  }

  halt() {
    this.stop?.abort();
    this.rate = 0;
    this.#measured = null;
  }
}

class Uploads {
  #listeners = new Set();
  items = [];

  constructor() {
    this.#recall();
    window.addEventListener('beforeunload', (event) => {
      if (this.items.some((item) => item.file && !OVER.has(item.state))) event.preventDefault();
    });
    feed.onState((state) => state === 'live' && window.dispatchEvent(new Event('signalbox:live')));
  }

  /** Those that were interrupted, but not what another tab is at. */
  async #recall() {
    const locks = navigator.locks ? (await navigator.locks.query()).held.map((lock) => lock.name) : [];
    for (const one of kept.all()) {
      if (locks.includes(lockOf(one)) || this.items.some((item) => item.path === one.path)) continue;
      this.items.push(new Item(null, { ...one, state: 'lost' }));
    }
    this.#changed();
  }

  /** Calls `listener` after each change, with the item that has become a file, if one has. */
  on(listener, signal) {
    this.#listeners.add(listener);
    signal.addEventListener('abort', () => this.#listeners.delete(listener), { once: true });
  }

  #changed(done = null) {
    for (const listener of [...this.#listeners]) listener(done);
  }

  /**
   * Uploads files; one that was begun before goes on where it was.
   * @param {{file: File, path: string}[]} files paths as text
   * @returns {number} how many were taken
   */
  add(files) {
    const room = MAX_FILES - this.items.filter((item) => item.state !== 'done').length;
    const taken = files.slice(0, Math.max(0, room));
    for (const { file, path } of taken) {
      const item = new Item(file, {
        path, name: file.name, size: file.size, modified: file.lastModified, url: null, replace: false,
      });
      const before = this.items.find((one) => one.path === path);
      if (before && !['done', 'failed', 'exists', 'lost'].includes(before.state)) continue;
      const begun = kept.find(item);
      if (begun) Object.assign(item, { url: begun.url, replace: begun.replace });
      this.items = this.items.filter((one) => one !== before);
      this.items.push(item);
    }
    this.#next();
    return taken.length;
  }

  /** Gives an interrupted upload its file again; false when it is another one. */
  choose(item, file) {
    if (!same(item, { name: file.name, size: file.size, modified: file.lastModified })) return false;
    item.file = file;
    this.resume(item);
    return true;
  }

  pause(item) {
    item.state = 'paused';
    item.halt();
    this.#next();
  }

  resume(item, replace = item.replace) {
    // An upload that was begun without leave to replace is good for nothing else.
    if (replace !== item.replace) this.#forget(item);
    Object.assign(item, { replace, state: 'waiting', error: null });
    this.#next();
  }

  pauseAll() {
    for (const item of this.items) if (!OVER.has(item.state)) this.pause(item);
  }

  resumeAll() {
    for (const item of this.items) if (item.state === 'paused' && item.file) this.resume(item);
  }

  /** Ends an upload; what came of it is removed. */
  cancel(item) {
    item.halt();
    this.#forget(item);
    this.items = this.items.filter((one) => one !== item);
    this.#next();
  }

  #forget(item) {
    kept.drop(item);
    if (item.url) remove(item.url);
    item.url = null;
    item.sent = 0;
  }

  clearDone() {
    this.items = this.items.filter((item) => item.state !== 'done');
    this.#changed();
  }

  #next() {
    let free = AT_ONCE - this.items.filter((item) => item.state === 'sending' || item.state === 'held').length;
    for (const item of this.items) {
      if (free <= 0) break;
      if (item.state !== 'waiting') continue;
      free--;
      this.#run(item);
    }
    this.#changed();
  }

  async #run(item) {
    const stop = new AbortController();
    Object.assign(item, { state: 'sending', stop });
    const live = () => !stop.signal.aborted;
    const work = () => upload(item.file, {
      path: item.path,
      url: item.url,
      replace: item.replace,
      signal: stop.signal,
      created: (url) => {
        if (!live() && url) remove(url);
        if (!live()) return;
        item.url = url;
        url ? kept.put(item) : kept.drop(item);
      },
      progress: (bytes) => {
        if (!live()) return;
        item.progress(bytes);
        this.#changed();
      },
      waiting: (error, retryAt = 0) => {
        if (!live()) return;
        Object.assign(item, { state: error ? 'held' : 'sending', error, retryAt, rate: error ? 0 : item.rate });
        this.#changed();
      },
    });
    try {
      await (navigator.locks ? navigator.locks.request(lockOf(item), { signal: stop.signal }, work) : work());
      if (!live()) return;
      Object.assign(item, { state: 'done', sent: item.size, error: null, file: null });
      kept.drop(item);
      this.#changed(item);
    } catch (failure) {
      if (!live()) return;
      Object.assign(item, { state: failure.status === 412 ? 'exists' : 'failed', error: failure });
      if (failure.status === 412) this.#forget(item);
    }
    this.#next();
  }
}

export const uploads = new Uploads();

/** The files of a drop or of a field, with paths below the folder that takes them. */
export async function filesOf(source) {
  const found = [];
  if (source instanceof FileList) {
    for (const file of source) found.push({ file, path: file.webkitRelativePath || file.name });
    return found;
  }
  // The entries are gone once this turn is over.
  const entries = [...source.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const walk = async (entry, path) => {
    if (found.length > MAX_FILES) return;
    if (entry.isFile) {
      found.push({ file: await new Promise((resolve, reject) => entry.file(resolve, reject)), path: path + entry.name });
      return;
    }
    const reader = entry.createReader();
    for (;;) {
      const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
      if (!some.length) return;
      for (const one of some) await walk(one, `${path}${entry.name}/`);
    }
  };
  for (const entry of entries) await walk(entry, '');
  return found;
}
