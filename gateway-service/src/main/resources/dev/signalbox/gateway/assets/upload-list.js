// The list of uploads: how far each is, and what can be done about it.

import { html, nothing } from './lit/lit-html.js';
import { repeat } from './lit/directives/repeat.js';
import { encode, folderOf, nameOf, shown, viewOf } from './file-paths.js';
import { bytes, plural, span } from './format.js';
import { uploads } from './uploads.js';

const SHOWN = 50;
const ORDER = ['sending', 'held', 'exists', 'failed', 'lost', 'paused', 'waiting', 'done'];
const LAMPS = { sending: 'done', held: 'busy', exists: 'busy', failed: 'bad', lost: 'busy', done: 'done' };
const TITLES = { 403: 'Not allowed', 413: 'Too large', 507: 'No room for it' };

const percent = (item) => (item.size ? Math.floor((item.sent / item.size) * 100) : 0);

/** How it is, in words. */
function say(item) {
  switch (item.state) {
    case 'sending': {
      const left = item.rate > 0 ? ` · ${bytes(Math.round(item.rate))} a second · ${span((item.size - item.sent) / item.rate)} left` : '';
      return `${percent(item)} % of ${bytes(item.size)}${left}`;
    }
    case 'held': {
      const seconds = Math.max(0, Math.ceil((item.retryAt - Date.now()) / 1000));
      return `${item.error.message} ${seconds ? `Retrying in ${seconds} s` : 'Trying again …'}`;
    }
    case 'exists': return 'There is already a file of this name.';
    case 'failed': {
      const title = TITLES[item.error.status];
      return `${title ? `${title}: ` : ''}${item.error.message}`;
    }
    case 'lost': return `Interrupted. Choose the file again to resume the upload (${bytes(item.size)}).`;
    case 'paused': return `Paused at ${percent(item)} % of ${bytes(item.size)}`;
    case 'waiting': return `Waiting · ${bytes(item.size)}`;
    default: return `Done · ${bytes(item.size)}`;
  }
}

/** The buttons of an upload; `choose` asks for the file of one that was interrupted. */
function buttons(item, choose) {
  const name = item.name;
  const one = (text, act, kind = '') => html`<button type="button" class="small ${kind}" aria-label="${text}: ${name}" @click=${act}>${text}</button>`;
  switch (item.state) {
    case 'sending': case 'held': case 'waiting':
      return html`${one('Pause', () => uploads.pause(item))}${one('Cancel', () => uploads.cancel(item))}`;
    case 'paused': return html`${one('Resume', () => uploads.resume(item))}${one('Cancel', () => uploads.cancel(item))}`;
    case 'exists': return html`${one('Replace', () => uploads.resume(item, true))}${one('Keep the old one', () => uploads.cancel(item))}`;
    case 'failed': return html`${item.error.status === 413 ? nothing : one('Try again', () => uploads.resume(item))}${one('Dismiss', () => uploads.cancel(item))}`;
    case 'lost': return html`${one('Choose the file', () => choose(item))}${one('Give up', () => uploads.cancel(item))}`;
    default: return nothing;
  }
}

function row(item, choose) {
  const path = encode(item.path);
  const bar = ['sending', 'held', 'paused'].includes(item.state);
  return html`<li class="upload ${item.state}">
    <div class="named"><i class="lamp ${LAMPS[item.state] ?? 'idle'}"></i><bdi>${shown(nameOf(path))}</bdi>
      <a class="note" href=${viewOf(folderOf(path))}><bdi>${shown(folderOf(path))}</bdi></a></div>
    <div class="actions">${item.state === 'done' ? html`<span class="note">${say(item)}</span>` : buttons(item, choose)}</div>
    ${bar ? html`<svg class="track" role="progressbar" aria-label="Upload of ${item.name}" aria-valuemin="0" aria-valuemax="100" aria-valuenow=${percent(item)} width="100%" height="8"><rect class=${item.state === 'sending' ? 'done' : 'busy'} width="${percent(item)}%" height="100%"></rect></svg>` : nothing}
    ${item.state === 'done' ? nothing : html`<p class="note ${item.state === 'failed' ? 'bad' : ''}">${say(item)}</p>`}
  </li>`;
}

/** The panel of uploads; nothing while there are none. */
export function uploadList(choose) {
  const { items } = uploads;
  if (!items.length) return nothing;
  const number = (...states) => items.filter((item) => states.includes(item.state)).length;
  const done = number('done');
  const active = number('sending', 'held', 'waiting');
  const trouble = number('failed', 'exists', 'lost');
  const seen = [...items].sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || a.id - b.id).slice(0, SHOWN);
  return html`<section class="panel uploads" aria-labelledby="uploads-title">
    <div class="headline"><h2 id="uploads-title">Uploads</h2>
      <div class="actions">
        ${active > 1 ? html`<button type="button" class="small" @click=${() => uploads.pauseAll()}>Pause all</button>` : nothing}
        ${number('paused') > 1 ? html`<button type="button" class="small" @click=${() => uploads.resumeAll()}>Resume all</button>` : nothing}
        ${done ? html`<button type="button" class="small" @click=${() => uploads.clearDone()}>Clear finished</button>` : nothing}
      </div></div>
    <p class="note" role="status">${done} of ${plural(items.length, 'file')} done${trouble ? `, ${trouble} ${trouble === 1 ? 'needs' : 'need'} you` : ''}.</p>
    <ul class="queue" tabindex="0" aria-label="Uploads, those under way first">${repeat(seen, (item) => item.id, (item) => row(item, choose))}</ul>
    ${items.length > SHOWN ? html`<p class="note">And ${plural(items.length - SHOWN, 'more file')}.</p>` : nothing}
  </section>`;
}
