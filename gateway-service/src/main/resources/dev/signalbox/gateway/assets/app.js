// The shell: which view is shown, and whether what it shows is live.

import { html, nothing, render } from './lit/lit-html.js';
import { feed } from './live.js';

const VIEWS = {
  '/ui/': () => import('./view-overview.js'),
  '/ui/tasks': () => import('./view-tasks.js'),
  '/ui/files': () => import('./view-files.js'),
  '/ui/messages': () => import('./view-messages.js'),
  '/ui/servers': () => import('./view-servers.js'),
  '/ui/settings': () => import('./view-settings.js'),
};

const main = document.getElementById('main');
const banner = document.getElementById('banner');
let current = null;

let refusal = null;
let ticking = 0;

/** What a view may use of the shell; ends when another view is shown. */
class Page {
  #leave = new AbortController();
  #scheduled = false;
  view = null;

  /** Aborts when the view is left. */
  get signal() {
    return this.#leave.signal;
  }

  /** Draws the view, once for all changes of this moment. */
  update() {
    if (this.#scheduled || this.signal.aborted) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      if (!this.signal.aborted && this.view) render(this.view.render(), main);
    });
  }

  /** Calls `task` now and every so many milliseconds while the reader looks; never twice at once. */
  every(ms, task) {
    let timer = 0;
    let busy = false;
    const turn = async () => {
      clearTimeout(timer);
      if (busy) return;
      busy = true;
      await task().catch(() => {});
      busy = false;
      if (!document.hidden && !this.signal.aborted) timer = setTimeout(turn, ms);
    };
    document.addEventListener('visibilitychange', () => document.hidden || turn(), { signal: this.signal });
    this.signal.addEventListener('abort', () => clearTimeout(timer));
    turn();
  }

  /** Shows another view. */
  go(path) {
    if (this.signal.aborted) return;
    history.pushState(null, '', path);
    show(true);
  }

  leave() {
    this.#leave.abort();
  }
}

async function show(focus) {
  const load = VIEWS[location.pathname] ?? VIEWS['/ui/'];
  const page = new Page();
  current?.leave();
  current = page;
  // What a role did not allow in one view says nothing of another.
  if (refusal?.status === 403) refusal = null;
  say();
  for (const link of document.querySelectorAll('#shell a')) {
    const here = link.getAttribute('href') === location.pathname;
    here ? link.setAttribute('aria-current', 'page') : link.removeAttribute('aria-current');
    if (here) link.scrollIntoView({ block: 'nearest', inline: 'center' });
  }
  try {
    const module = await load();
    if (page.signal.aborted) return;
    render(nothing, main);
    page.view = module.default(page);
  } catch (failure) {
    if (page.signal.aborted) return;
    console.error(failure);
    render(html`<div class="panel none"><p><strong>This view did not load</strong></p>
      <p>The gateway may have been replaced by a newer one. <a href=${location.href}>Reload the page</a>.</p></div>`, main);
    return;
  }
  document.title = `${page.view.title} · Signalbox`;
  page.update();
  if (focus) {
    scrollTo(0, 0);
    queueMicrotask(() => main.querySelector('h1')?.focus({ preventScroll: true }));
  }
}

/** Links between views load no page. */
document.addEventListener('click', (event) => {
  const link = event.target.closest?.('a[href]');
  if (!link || event.defaultPrevented || event.button !== 0 || link.target || link.hasAttribute('download')
      || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const url = new URL(link.href);
  if (url.origin !== location.origin || !VIEWS[url.pathname]) return;
  if (url.hash) {
    // Followed, a link to a part of the page would be a move in the history, and show the view anew.
    if (url.pathname + url.search !== location.pathname + location.search) return;
    event.preventDefault();
    document.getElementById(url.hash.slice(1))?.focus();
    return;
  }
  event.preventDefault();
  if (url.href !== location.href) history.pushState(null, '', url);
  show(true);
});
window.addEventListener('popstate', () => show(true));

/** The banner says what keeps the page from being true. */
function say() {
  clearTimeout(ticking);
  const lost = feed.state === 'lost';
  banner.hidden = !lost && !refusal;
  banner.className = `banner ${lost ? 'bad' : 'busy'}`;
  if (lost) {
    const seconds = Math.ceil((feed.retryAt - Date.now()) / 1000);
    const next = seconds > 1 ? `Next attempt in ${seconds} s.` : 'Trying again …';
    render(html`<div class="wide"><strong>No connection to the gateway.</strong> This page may be out of date. <span aria-hidden="true">${next}</span></div>`, banner);
    ticking = setTimeout(say, 1000);
  } else if (refusal) {
    const text = refusal.status === 401
      ? 'This Signalbox asks for a token.' : `Your token does not allow this: ${refusal.message}.`;
    render(html`<div class="wide"><strong>${text}</strong> <a href="/ui/settings">Enter a token</a></div>`, banner);
  } else {
    render(nothing, banner);
  }
}
feed.onState(() => {
  if (feed.state === 'live' && refusal?.status === 401) refusal = null;
  say();
});
window.addEventListener('signalbox:refused', (event) => {
  refusal = event.detail;
  say();
});
window.addEventListener('signalbox:token', () => {
  refusal = null;
  feed.start();
  say();
});

feed.start();
show(false);
