// One resumable upload by tus 1.0: creates it, or carries it on, and sends its bytes by pieces.

import { ApiError, call, errorOf, headers } from './api.js';

const UPLOADS = '/api/v1/uploads';
const VERSION = { 'Tus-Resumable': '1.0.0' };
const PIECE_BYTES = 8 * 1024 * 1024;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30000;
const SILENCE_MS = 60000;

/** What is tried again: no connection, and what the server says is for a moment only. */
const PASSING = new Set([0, 409, 423, 429, 500, 502, 503, 504]);

/** Failures of the server itself, one after the other without a byte stored, before it is given up. */
const PATIENCE = 6;
const COUNTED = new Set([409, 500, 502, 504]);

const base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

/** A PATCH with progress, which fetch does not tell. */
function patch(url, offset, piece, { signal, progress }) {
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    let silence = 0;
    const alive = () => {
      clearTimeout(silence);
      silence = setTimeout(() => xhr.abort(), SILENCE_MS);
    };
    const stop = () => xhr.abort();
    xhr.open('PATCH', url);
    const all = headers({ ...VERSION, 'Upload-Offset': String(offset), 'Content-Type': 'application/offset+octet-stream' });
    for (const [name, value] of Object.entries(all)) xhr.setRequestHeader(name, value);
    xhr.upload.addEventListener('progress', (event) => {
      alive();
      progress(offset + event.loaded);
    });
    xhr.addEventListener('loadend', async () => {
      clearTimeout(silence);
      signal.removeEventListener('abort', stop);
      if (xhr.status >= 200 && xhr.status < 300) {
        resolve(Number(xhr.getResponseHeader('Upload-Offset')));
      } else if (xhr.status === 0) {
        reject(new ApiError(0, { detail: 'No connection to the gateway.', retryable: true }));
      } else {
        const challenge = xhr.getResponseHeader('WWW-Authenticate');
        const error = await errorOf(new Response(xhr.responseText, { status: xhr.status, headers: challenge ? { 'WWW-Authenticate': challenge } : {} }));
        error.retryAfter = Number(xhr.getResponseHeader('Retry-After')) || 0;
        reject(error);
      }
    });
    signal.addEventListener('abort', stop);
    alive();
    xhr.send(piece);
  });
}

/** Waits; not on once there is a network again. */
function pause(ms, signal) {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      window.removeEventListener('online', done);
      window.removeEventListener('signalbox:live', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    window.addEventListener('online', done);
    window.addEventListener('signalbox:live', done);
    signal.addEventListener('abort', done);
  });
}

/** Whether a file is still there: a request with one that is not fails as if there were no connection. */
const isReadable = (file, offset) => file.slice(offset, offset + 1).arrayBuffer().then(() => true, () => false);

/** Makes an upload; its URL. Nothing is replaced unless that is wished. */
async function create(file, path, replace, signal) {
  const response = await call(UPLOADS, {
    method: 'POST',
    signal,
    headers: {
      ...VERSION,
      'Upload-Length': String(file.size),
      'Upload-Metadata': `path ${base64(path)}`,
      ...(replace ? {} : { 'If-None-Match': '*' }),
    },
  });
  // A browser cancels a request in the end whose body nobody reads, even an empty one.
  await response.text();
  return new URL(response.headers.get('Location'), location.href).pathname;
}

/** How far an upload is: {offset, placed}; null when there is none (any more). */
async function status(url, signal) {
  try {
    const response = await call(url, { method: 'HEAD', signal, headers: VERSION });
    return {
      offset: Number(response.headers.get('Upload-Offset')),
      placed: response.headers.has('Content-Location'),
    };
  } catch (failure) {
    if (failure.status === 404 || failure.status === 410) return null;
    // All bytes are there, but the file has no place: a PATCH of none says why.
    if (failure.status === 409) return { offset: Infinity, placed: false };
    throw failure;
  }
}

/**
 * Uploads a file to its end, through lost connections and restarts of the server.
 * @param {File} file
 * @param {{path: string, url: string|null, replace: boolean, signal: AbortSignal,
 *     created: Function, progress: Function, waiting: Function}} options
 *     path: text, where the file shall be; url: that of an upload begun before; created: gets the
 *     URL, or null when it is good no more; progress: gets the bytes sent; waiting: gets the
 *     error that is waited out and the time of the next attempt, and null when it is over
 */
export async function upload(file, { path, url, replace, signal, created, progress, waiting }) {
  let known = url;
  let asks = Boolean(url);
  let offset = 0;
  let failures = 0;
  let wait = FIRST_WAIT_MS;
  for (;;) {
    try {
      if (known && asks) {
        const found = await status(known, signal);
        if (!found) {
          known = null;
          created(null);
        } else if (found.placed) {
          return;
        } else {
          offset = Math.min(found.offset, file.size);
        }
        asks = false;
      }
      if (!known) {
        offset = 0;
        known = await create(file, path, replace, signal);
        created(known);
        if (file.size === 0) return;
      }
      signal.throwIfAborted();
      waiting(null);
      progress(offset);
      const stored = await patch(known, offset, file.slice(offset, offset + PIECE_BYTES), { signal, progress });
      if (!(stored > offset) && offset < file.size) throw new ApiError(502, { detail: 'The gateway did not say what it stored.' });
      offset = stored;
      failures = 0;
      wait = FIRST_WAIT_MS;
      if (offset >= file.size) return;
    } catch (failure) {
      if (signal.aborted) throw failure;
      if (failure.status === 404 && known) {
        // It expired meanwhile.
        asks = true;
        if (++failures < PATIENCE) continue;
      }
      if (failure.status === 0 && !await isReadable(file, offset)) {
        throw new ApiError(400, { detail: 'The file can no longer be read: it was changed, moved or deleted.' });
      }
      if (!PASSING.has(failure.status)) throw failure;
      if (COUNTED.has(failure.status) && ++failures >= PATIENCE) throw failure;
      const ms = Math.max(failure.retryAfter ? failure.retryAfter * 1000 : 0, wait);
      waiting(failure, Date.now() + ms);
      await pause(ms, signal);
      if (signal.aborted) throw failure;
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
      asks = true;
    }
  }
}

/** Removes an upload from the server, also while a request is still at work on it. */
export async function remove(url) {
  for (let attempt = 0; attempt < 5; attempt++) {
    try {
      await call(url, { method: 'DELETE', headers: VERSION });
      return;
    } catch (failure) {
      if (failure.status !== 423) return;
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
}
