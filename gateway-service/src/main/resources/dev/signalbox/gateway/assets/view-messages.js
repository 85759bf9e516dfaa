// Codes and messages: get a code, send a message, follow the log, and check that nobody changed it.

import { html, nothing } from './lit/lit-html.js';
import { live } from './lit/directives/live.js';
import { repeat } from './lit/directives/repeat.js';
import { json, stored } from './api.js';
import { count, plural, when } from './format.js';
import { follow } from './live.js';
import { chain } from './message-chain.js';
import { copyButton, errorNote, head, toast } from './parts.js';

const MESSAGES = '/api/v1/messages';
const SHOWN = 50;
const KEPT = 500;
const AGAIN_MS = 5000;
const SENDER = 'signalbox.messages.sender';
const SEEN = 'signalbox.messages.seen';

const hexOf = (bytes) => [...bytes].map((one) => one.toString(16).padStart(2, '0')).join('');
const randomHex = () => hexOf(crypto.getRandomValues(new Uint8Array(16)));

const known = (place, key) => stored(place, (store) => JSON.parse(store.getItem(key))) ?? {};
const remember = (place, key, value) => stored(place, (store) => store.setItem(key, JSON.stringify(value)));

/** The log: the newest messages as they are stored, and older ones on request. */
function log(page) {
  const state = { messages: [], oldest: 0, following: null, live: false, filter: null, next: null, busy: false, error: null };
  /** Counts what was asked to be shown: a response to something earlier is not. */
  let turn = 0;

  const add = (more) => {
    state.messages.push(...more);
    if (state.messages.length > KEPT) state.messages.splice(0, state.messages.length - KEPT);
    state.oldest = state.messages[0]?.id ?? 0;
  };

  async function start() {
    turn++;
    state.following?.abort();
    const stop = new AbortController();
    state.following = stop;
    Object.assign(state, { messages: [], oldest: 0, live: false, filter: null, next: null, busy: false, error: null });
    try {
      const { size } = await json(`${MESSAGES}/checkpoint`, { signal: stop.signal });
      const after = Math.max(0, size - SHOWN);
      state.oldest = after + 1;
      follow(`${MESSAGES}?after=${after}`, {
        signal: AbortSignal.any([stop.signal, page.signal]),
        event: ({ data }) => {
          add([JSON.parse(data)]);
          page.update();
        },
        state: (now) => {
          state.live = now === 'live';
          page.update();
        },
      });
    } catch (failure) {
      if (stop.signal.aborted) return;
      state.error = failure;
      setTimeout(() => stop.signal.aborted || page.signal.aborted || start(), AGAIN_MS);
    }
    page.update();
  }

  /** Gives a page of messages to `take`, unless something else is shown by then. */
  async function read(query, take) {
    const mine = turn;
    state.busy = true;
    state.error = null;
    page.update();
    try {
      const answer = await json(`${MESSAGES}?${new URLSearchParams(query)}`, { signal: page.signal });
      if (mine === turn) take(answer);
    } catch (failure) {
      if (mine === turn) state.error = failure;
    } finally {
      if (mine === turn) state.busy = false;
      page.update();
    }
  }

  return {
    state,
    start,
    /** Messages before those shown. */
    async older() {
      const before = state.oldest;
      const after = Math.max(0, before - 1 - SHOWN);
      await read({ after, limit: SHOWN }, ({ items }) => {
        const more = items.filter((one) => one.id < before);
        // The newest stay: others follow them.
        state.messages = [...more, ...state.messages].slice(-KEPT);
        state.oldest = after + 1;
      });
    },
    async search(filter) {
      turn++;
      state.following?.abort();
      Object.assign(state, { messages: [], filter, next: null });
      await this.more();
    },
    /** More of what was searched for. */
    async more() {
      await read({ limit: SHOWN, ...state.filter, ...(state.next ? { after: state.next } : {}) }, ({ items, next }) => {
        state.messages = [...state.messages, ...items].slice(-KEPT);
        state.next = next;
      });
    },
  };
}

export default function messages(page) {
  const sender = { uuid: '', unique: '', text: '', error: null, busy: false, ...known('sessionStorage', SENDER) };
  const proof = { result: null, around: [], checkpoint: null, seen: null, error: null, busy: false };
  const tail = log(page);
  tail.start();

  const keep = () => remember('sessionStorage', SENDER, { uuid: sender.uuid, unique: sender.unique });

  /** One action at a time, its error beside it. */
  async function act(place, action) {
    if (place.busy) return;
    place.busy = true;
    place.error = null;
    page.update();
    try {
      await action();
    } catch (failure) {
      place.error = failure;
    }
    place.busy = false;
    page.update();
  }

  const issue = () => act(sender, async () => {
    const answer = await json('/api/v1/codes', { json: { uuid: sender.uuid }, signal: page.signal });
    sender.unique = answer.unique;
    keep();
    toast(answer.created ? 'A new code was issued.' : 'This UUID already had this code.');
  });

  const attempt = { body: '', key: '' };
  const send = (event) => {
    event.preventDefault();
    const form = event.currentTarget;
    act(sender, async () => {
      const message = { uuid: sender.uuid, unique: sender.unique, text: sender.text };
      const body = JSON.stringify(message);
      // The same again gets the first answer: a lost response makes no second message.
      if (attempt.body !== body) Object.assign(attempt, { body, key: randomHex() });
      const { id } = await json(MESSAGES, { json: message, headers: { 'Idempotency-Key': attempt.key }, signal: page.signal });
      attempt.body = '';
      sender.text = '';
      form.reset(); // An empty field is no mistake now.
      toast(`Message ${id} is stored.`);
      form.elements.text.focus();
    });
  };

  const verify = () => act(proof, async () => {
    proof.checkpoint = await json(`${MESSAGES}/checkpoint`, { signal: page.signal });
    // Also one that is longer than the log now: then the log was cut.
    const seen = known('localStorage', SEEN);
    const earlier = seen.head_hash ? seen : null;
    const query = earlier ? `?${new URLSearchParams({ size: earlier.size, head_hash: earlier.head_hash })}` : '';
    proof.result = await json(`${MESSAGES}/verify${query}`, { signal: page.signal, patience: 120000 });
    proof.seen = earlier;
    const at = proof.result.first_break ?? proof.checkpoint.size;
    const { items } = await json(`${MESSAGES}?after=${Math.max(0, at - 6)}&limit=7`, { signal: page.signal });
    proof.around = items;
    if (proof.result.intact && proof.result.consistent !== false) {
      const { size, head_hash } = proof.checkpoint;
      remember('localStorage', SEEN, { size, head_hash, at: new Date().toISOString() });
    }
  });

  const input = (name) => (event) => {
    sender[name] = event.target.value;
    if (name === 'uuid') sender.unique = '';
    if (name !== 'text') keep();
    page.update();
  };

  const random = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64; // RFC 9562: version 4
    bytes[8] = (bytes[8] & 63) | 128;
    const hex = hexOf(bytes);
    sender.uuid = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
    sender.unique = '';
    keep();
    page.update();
  };

  const form = () => html`<section class="panel" aria-labelledby="send-title">
    <h2 id="send-title">Send a message</h2>
    <form class="stack" @submit=${send}>
      <label for="uuid">UUID <span class="hint">Identifies the sender. A UUID always gets the same code.</span></label>
      <div class="row"><input id="uuid" name="uuid" autocomplete="off" spellcheck="false" required maxlength="256" .value=${live(sender.uuid)} @input=${input('uuid')}>
        <button type="button" @click=${random}>Random</button></div>
      <label for="unique">Code <span class="hint">Without the right code a message is refused.</span></label>
      <div class="row"><input id="unique" name="unique" autocomplete="off" spellcheck="false" required maxlength="4096" .value=${live(sender.unique)} @input=${input('unique')}>
        <button type="button" ?disabled=${sender.busy || !sender.uuid} @click=${issue}>Get the code</button></div>
      <label for="text">Text</label>
      <textarea id="text" name="text" required .value=${live(sender.text)} @input=${input('text')}></textarea>
      <p class="actions"><button class="primary" ?disabled=${sender.busy}>Send</button></p>
    </form>
    ${errorNote(sender.error)}
  </section>`;

  const said = () => {
    const { result, seen } = proof;
    if (!result) return html`<p class="note">Each message contains the hash of the one before it, so a change anywhere breaks the chain from there on.</p>`;
    const file = result.file;
    return html`
      <p class="verdict ${result.intact ? 'done' : 'bad'}"><i class="lamp ${result.intact ? 'done' : 'bad'}"></i>
        ${result.intact ? `The chain of ${plural(result.messages, 'message')} is intact.` : `The chain is broken at message ${count(result.first_break)}: it, or one before it, was changed.`}</p>
      ${seen ? html`<p class="verdict ${result.consistent ? 'done' : 'bad'}"><i class="lamp ${result.consistent ? 'done' : 'bad'}"></i>
        ${result.consistent ? `It still begins with the ${plural(seen.size, 'message')} that this browser saw on ${when(seen.at)}.` : `It does not begin with the ${plural(seen.size, 'message')} that this browser saw on ${when(seen.at)}: the log was cut or rewritten.`}</p>` : nothing}
      ${file ? html`<p class="verdict ${file.intact ? 'done' : 'bad'}"><i class="lamp ${file.intact ? 'done' : 'bad'}"></i>
        ${file.intact ? `messages.log has the same ${plural(file.lines, 'line')}.` : `messages.log differs at line ${count(file.first_difference_line)}${file.first_difference_file ? ` of ${file.first_difference_file}` : ''}.`}</p>` : nothing}
      ${chain(proof.around, result)}
      <dl class="facts"><div><dt>Head</dt><dd><code>${result.head_hash.slice(0, 16)}…</code></dd></div>
        <div><dt>Signed</dt><dd>${when(proof.checkpoint.signed_at)}</dd></div></dl>
      <p class="actions">${copyButton('Copy the head hash', () => result.head_hash)}
        ${copyButton('Copy the signed checkpoint', () => proof.checkpoint.note)}</p>
      <p class="note">Keep the checkpoint somewhere else: with it you can check later whether the log was cut.</p>`;
  };

  const picture = () => html`<section class="panel" aria-labelledby="verify-title">
    <div class="headline"><h2 id="verify-title">Is the log unchanged?</h2>
      <button type="button" ?disabled=${proof.busy} @click=${verify}>${proof.busy ? 'Checking …' : 'Check the chain'}</button></div>
    <div role="status">${said()}</div>
    ${errorNote(proof.error)}
  </section>`;

  const search = (event) => {
    event.preventDefault();
    const fields = event.currentTarget.elements;
    const filter = {};
    for (const name of ['uuid', 'contains']) if (fields[name].value) filter[name] = fields[name].value;
    Object.keys(filter).length ? tail.search(filter) : tail.start();
  };

  const row = (one) => html`<li><div class="meta"><span class="number">${one.id}</span><time datetime=${one.stored_at}>${when(one.stored_at)}</time><code title=${one.uuid}>${one.uuid}</code></div>
    <p><bdi>${one.text}</bdi></p></li>`;

  const list = () => {
    const { state } = tail;
    const newestFirst = [...state.messages].reverse();
    return html`<section class="panel" aria-labelledby="log-title">
      <div class="headline"><h2 id="log-title">The log</h2>
        <p class="pulse" data-state=${state.filter ? '' : state.live ? 'live' : 'lost'}>${state.filter ? 'search' : state.live ? 'live' : 'not connected'}</p></div>
      <form class="find" @submit=${search} @reset=${() => tail.start()}>
        <input name="uuid" aria-label="UUID" placeholder="uuid" autocomplete="off" spellcheck="false" maxlength="256">
        <input name="contains" aria-label="Text that the message contains" placeholder="contains" autocomplete="off" maxlength="256">
        <button>Search</button> ${state.filter ? html`<button type="reset">Show all</button>` : nothing}
      </form>
      ${errorNote(state.error)}
      ${newestFirst.length ? html`<ol class="messages">${repeat(newestFirst, (one) => one.id, row)}</ol>`
        : html`<p class="empty">${state.busy ? 'Searching …' : state.filter ? 'No message matches.' : 'No messages yet. Send the first one.'}</p>`}
      <p class="actions">
        ${!state.filter && state.oldest > 1 && state.messages.length < KEPT ? html`<button type="button" ?disabled=${state.busy} @click=${() => tail.older()}>Older messages</button>` : nothing}
        ${state.filter && state.next ? html`<button type="button" ?disabled=${state.busy} @click=${() => tail.more()}>More</button>` : nothing}
        ${state.messages.length >= KEPT ? html`<span class="note">This page shows up to ${count(KEPT)} messages; <a href="/api/v1/messages">the API has all of them</a>.</span>` : nothing}
      </p>
    </section>`;
  };

  return {
    title: 'Messages',
    render: () => html`
      ${head('Messages', 'A code for each sender, a log that keeps what they say, and proof that nobody changed it.')}
      <div class="split"><div class="column">${form()}${picture()}</div>${list()}</div>`,
  };
}
