// Calls of the API, with the reader's token and with errors that can be shown.

const TOKEN = 'signalbox.token';
const PATIENCE_MS = 30000;

/** An error of the API: its problem document, or what kept the call from being answered. */
export class ApiError extends Error {
  constructor(status, problem) {
    super(problem.detail || problem.message || problem.title || `The gateway answered ${status}.`);
    this.status = status;
    this.code = problem.code || '';
    this.retryable = Boolean(problem.retryable);
    this.requestId = problem.request_id || '';
    this.problems = Array.isArray(problem.errors) ? problem.errors : [];
  }
}

/** What `act` returns for one of the stores of the browser, which may forbid them; null then. */
export function stored(store, act) {
  try {
    return act(window[store]);
  } catch {
    return null;
  }
}

/** A token that no store takes, for as long as the page is loaded. */
let unstored = '';

export const token = {
  get: () => stored('sessionStorage', (store) => store.getItem(TOKEN)) || stored('localStorage', (store) => store.getItem(TOKEN)) || unstored,
  set(value, keep) {
    token.forget();
    const kept = stored(keep ? 'localStorage' : 'sessionStorage', (store) => {
      store.setItem(TOKEN, value);
      return true;
    });
    if (!kept) unstored = value;
  },
  forget() {
    unstored = '';
    for (const one of ['sessionStorage', 'localStorage']) stored(one, (store) => store.removeItem(TOKEN));
  },
};

/** The headers of every call. */
export function headers(more = {}) {
  const known = token.get();
  return known ? { Authorization: `Bearer ${known}`, ...more } : { ...more };
}

/** Reports to the shell that a call was refused for want of a token or role. */
function refused(error) {
  window.dispatchEvent(new CustomEvent('signalbox:refused', { detail: error }));
}

/** The error of a response that is none of 2xx. */
export async function errorOf(response) {
  const text = await response.text().catch(() => '');
  let problem = {};
  try {
    problem = JSON.parse(text);
  } catch {
    problem = { detail: text.slice(0, 300) };
  }
  const error = new ApiError(response.status, problem || {});
  // A role is wanted; other reasons for 403 are for the view to show.
  error.challenged = response.headers.has('WWW-Authenticate');
  if (error.challenged) refused(error);
  return error;
}

/** A response with a status of 2xx; fails with an ApiError otherwise. */
export async function call(path, options = {}) {
  const { json, patience = PATIENCE_MS, signal, ...rest } = options;
  const init = { cache: 'no-store', ...rest, headers: headers(rest.headers) };
  if (json !== undefined) {
    init.method ??= 'POST';
    init.headers['Content-Type'] = 'application/json';
    init.body = JSON.stringify(json);
  }
  const limits = [signal, patience ? AbortSignal.timeout(patience) : null].filter(Boolean);
  if (limits.length) init.signal = AbortSignal.any(limits);
  let response;
  try {
    response = await fetch(path, init);
  } catch (failure) {
    if (signal?.aborted) throw failure;
    throw new ApiError(0, {
      detail: failure.name === 'TimeoutError'
        ? `No answer within ${Math.round(patience / 1000)} s.`
        : 'No connection to the gateway.',
      retryable: true,
    });
  }
  if (!response.ok) throw await errorOf(response);
  return response;
}

/** The JSON of a response. */
export async function json(path, options = {}) {
  const response = await call(path, {
    ...options,
    headers: { Accept: 'application/json', ...options.headers },
  });
  if (response.status !== 204) return response.json();
  // Nothing comes, but a response that nobody reads counts as cancelled.
  await response.text();
  return null;
}

/** Calls `line` with each line of a response, as it comes. */
export async function lines(response, line) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    const parts = (rest + (value ?? '')).split('\n');
    rest = done ? '' : parts.pop();
    for (const part of parts) if (part) line(part);
    if (done) return;
  }
}

/** The same in the shell: one call as a command that can be pasted. */
export function asCurl(path, { method, body, type = 'application/json' } = {}) {
  const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  const words = ['curl'];
  if (method && method !== 'GET' && !(method === 'POST' && body)) words.push('-X', method);
  words.push(quoted(location.origin + path));
  if (token.get()) words.push('-H', '"Authorization: Bearer $SIGNALBOX_TOKEN"');
  if (body !== undefined) words.push('-H', quoted(`Content-Type: ${type}`), '-d', quoted(body));
  return words.join(' ');
}
