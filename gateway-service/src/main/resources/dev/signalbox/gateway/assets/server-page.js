// One server: what it answers, how it does, and what it was asked.

import { html, nothing } from './lit/lit-html.js';
import { json } from './api.js';
import { bytes, count, ms, plural, since, when } from './format.js';
import { feed } from './live.js';
import { confirm, copyButton, empty, errorNote, head, toast } from './parts.js';
import { asked } from './routes-editor.js';
import { label, order } from './routes-match.js';
import { summary } from './routes-response.js';
import { importNotes, notesPanel } from './server-form.js';
import { Journal } from './server-journal.js';
import { left, nameOf, openLink, stop, urlOf } from './server-list.js';
import { requestList } from './server-requests.js';

const POLL_MS = 1000;
const SHOWN = 50;

export default function serverPage(page, id) {
  const path = `/api/v1/servers/${encodeURIComponent(id)}`;
  const journal = new Journal(path, page.signal);
  const requests = requestList(page);
  let server = null;
  let error = null;
  let trouble = null;
  let gone = false;
  let busy = false;
  let shown = SHOWN;

  async function load() {
    try {
      server = await json(path, { signal: page.signal, patience: 15000 });
      error = null;
      gone = false;
    } catch (failure) {
      if (failure.status === 404) gone = true;
      else if (failure.status !== 0 || !server) error = failure;
    }
    page.update();
  }

  async function poll() {
    if (gone) return;
    try {
      if (!server) await load();
      if (!server) return;
      await journal.read();
      trouble = null;
    } catch (failure) {
      if (failure.status === 404) gone = true;
      else if (failure.status !== 0) trouble = failure;
    }
    page.update();
  }

  feed.on('servers', ({ type, data }) => {
    if (type === 'reset' || data.server_id === server?.server_id) load();
  }, page.signal);
  page.every(POLL_MS, poll);

  /** One action at a time; what goes wrong is said. */
  async function act(what, action) {
    if (busy) return;
    busy = true;
    page.update();
    try {
      await action();
    } catch (failure) {
      if (!page.signal.aborted) toast(`${what}: ${failure.message}`, 'bad');
    } finally {
      busy = false;
      page.update();
    }
  }

  const end = () => act('The server is not stopped', async () => {
    if (await stop(server, page.signal)) page.go('/ui/servers');
  });
  const clear = () => act('The journal is not cleared', async () => {
    if (!await confirm('Clear the journal?', 'Its requests are deleted. The counters keep their values.', 'Clear the journal')) return;
    await journal.clear();
    requests.forget();
  });
  const reset = () => act('Nothing is reset', async () => {
    await json(`${path}/scenarios/reset`, { method: 'POST', signal: page.signal });
    toast('Scenarios and sequences start from the beginning.');
    await journal.read();
  });

  const facts = (stats) => {
    const statuses = Object.entries(stats.statuses).filter(([status]) => status !== '0');
    const faults = Object.entries(stats.faults);
    return html`<dl class="facts strip counters">
      <div><dt>Requests</dt><dd id="requests">${count(stats.requests)}</dd></div>
      <div><dt>Without a route</dt><dd class=${stats.requests - stats.in_flight > stats.matched ? 'bad' : ''}>${count(Math.max(0, stats.requests - stats.in_flight - stats.matched))}</dd></div>
      <div><dt>In flight</dt><dd>${count(stats.in_flight)}</dd></div>
      <div><dt>Connections</dt><dd>${count(stats.connections)}</dd></div>
      ${['p50', 'p99'].map((name) => html`<div><dt>${name}</dt><dd>${stats.requests > stats.in_flight ? ms(stats.latency_ms[name]) : '–'}</dd></div>`)}
      <div><dt>Received</dt><dd>${bytes(stats.received_bytes)}</dd></div>
      <div><dt>Sent</dt><dd>${bytes(stats.sent_bytes)}</dd></div>
    </dl>
    ${statuses.length || faults.length ? html`<p class="tags">${statuses.map(([status, times]) => html`<span class="tag ${status >= 500 ? 'bad' : status >= 400 ? 'busy' : 'done'}">${status} × ${count(times)}</span> `)}
      ${faults.map(([fault, times]) => html`<span class="tag bad">${fault.replaceAll('_', ' ')} × ${count(times)}</span> `)}</p>` : nothing}`;
  };

  function routesPanel(stats) {
    const routes = server.definition.routes ?? [];
    const byRoute = new Map((stats?.routes ?? []).map((one) => [one.route, one]));
    const scenarios = Object.entries(stats?.scenarios ?? {});
    const sequences = routes.some((one) => Array.isArray(one.responses));
    const rest = server.definition.proxy ? html`Other requests are forwarded to <bdi>${server.definition.proxy.url}</bdi>.`
      : server.page_uri ? html`The page is at <code>${server.page_uri}</code>.` : 'Other requests get 404 Not Found.';
    return html`<section class="panel" aria-labelledby="its-routes">
      <div class="headline"><h2 id="its-routes">${routes.length ? plural(routes.length, 'route') : 'No routes'}</h2>
        <a class="button" href=${urlOf(id, '&edit')}>Edit the routes</a></div>
      <ol class="routes plain">${order(routes).slice(0, shown).map(([number, route]) => {
        const { methods, path: wanted } = asked(route);
        const one = byRoute.get(label(route, number));
        return html`<li class="route"><span class="tag">${methods}</span> <bdi class="path">${wanted}</bdi>
          <span class="then">${summary(route)} · ${one ? `${count(one.requests)} asked${one.requests ? `, p99 ${ms(one.latency_ms.p99)}` : ''}` : '–'}</span></li>`;
      })}</ol>
      ${routes.length > shown ? html`<button type="button" @click=${() => { shown += 200; page.update(); }}>Show more of the ${plural(routes.length - shown, 'other route')}</button>` : nothing}
      <p class="note">${routes.length > 1 ? 'Routes are tried in this order. ' : ''}${rest}</p>
      ${scenarios.length || sequences ? html`<div class="headline"><p class="note">${scenarios.map(([name, state]) => `Scenario ${name} is in state ${state}. `)}</p>
        <button type="button" class="small" ?disabled=${busy} @click=${reset}>Restart sequences</button></div>` : nothing}
    </section>`;
  }

  const follow = (event) => {
    journal.follow(event.target.checked);
    page.update();
  };
  const only = (event) => {
    journal.only(event.target.checked);
    requests.forget();
    poll();
  };

  const journalPanel = () => html`<section class="panel" aria-labelledby="journal-title">
    <div class="headline"><h2 id="journal-title">Journal</h2><p class="pulse" data-state=${journal.following && !trouble ? 'live' : ''}>${journal.following ? 'live' : 'paused'}</p></div>
    <div class="actions"><label class="check"><input type="checkbox" id="follow" .checked=${journal.following} @change=${follow}> Follow</label>
      <label class="check"><input type="checkbox" id="unmatched" .checked=${journal.unmatched} @change=${only}> Only what no route matched</label>
      <button type="button" class="small" ?disabled=${busy} @click=${clear}>Clear</button>
      ${journal.waiting.length ? html`<button type="button" class="small" @click=${() => { journal.catchUp(); page.update(); }}>Show ${plural(journal.waiting.length, 'new request')}</button>` : nothing}</div>
    ${errorNote(trouble)}
    ${journal.entries.length ? requests.render(journal.entries, server)
      : html`<p class="empty">${journal.unmatched ? 'Every request that the journal has matched a route.' : 'No requests yet. Open the server, or call it from elsewhere.'}</p>`}
    ${journal.forgotten ? html`<p class="note">${plural(journal.forgotten, 'older request')} ${journal.forgotten === 1 ? 'is' : 'are'} no longer kept.</p>` : nothing}
  </section>`;

  const lede = () => html`<code class="cut" title=${server.url}>${server.url}</code> on ${server.host}, for <time datetime=${server.created_at} title=${when(server.created_at)}>${since(server.created_at)}</time>.
    ${server.expires_at ? `It ends ${left(server)}.` : ''}`;

  return {
    title: 'Server',
    render() {
      if (gone) return html`${head('Server', nothing)}${empty('This server no longer exists', 'It was stopped, or it expired.')}<p><a href="/ui/servers">All servers</a></p>`;
      if (!server) return html`${head('Server', error ? nothing : 'Loading …')}${errorNote(error)}`;
      const notes = importNotes.get(server.server_id);
      return html`
        ${head(html`<bdi>${nameOf(server)}</bdi>`, lede(), html`${openLink(server)}${copyButton('Copy the address', () => server.url)}
          <a class="button" href="/servers/${encodeURIComponent(server.server_id)}/" target="_blank" rel="noopener">Through the gateway ↗</a>
          <button type="button" ?disabled=${busy} @click=${end}>Stop</button>`)}
        ${errorNote(error)}
        ${notes ? notesPanel(notes, () => { importNotes.delete(server.server_id); page.update(); }) : nothing}
        ${journal.stats ? facts(journal.stats) : nothing}
        <div class="split"><div class="column">${routesPanel(journal.stats)}</div>${journalPanel()}</div>`;
    },
  };
}
