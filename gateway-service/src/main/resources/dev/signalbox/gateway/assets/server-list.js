// All servers on demand of the cluster.

import { html, nothing } from './lit/lit-html.js';
import { repeat } from './lit/directives/repeat.js';
import { json } from './api.js';
import { count, plural, since, span, when } from './format.js';
import { feed } from './live.js';
import { confirm, empty, errorNote, head, toast } from './parts.js';

const SERVERS = '/api/v1/servers';
const PAGE = 1000;
const MOST = 20000;
const SHOWN = 100;
const COUNTED = 40;
const POLL_MS = 5000;

export const urlOf = (id, more = '') => `/ui/servers?id=${encodeURIComponent(id)}${more}`;
export const nameOf = (server) => server.name ?? server.server_id;

/** How long a server has left, in words. */
export const left = (server) => {
  if (!server.expires_at) return 'never';
  const seconds = (new Date(server.expires_at) - Date.now()) / 1000;
  return seconds > 0 ? `in ${span(seconds)}` : 'now';
};

/** A link to the server itself; none when its address is not one of HTTP. */
export const openLink = (server) => (/^https?:\/\//.test(server.url)
  ? html`<a class="button" href=${server.url} target="_blank" rel="noopener noreferrer" aria-label="Open ${nameOf(server)} in a new tab">Open ↗</a>` : nothing);

/** Stops a server when the reader means it. */
export async function stop(server, signal) {
  const sure = await confirm(`Stop ${nameOf(server)}?`, `${server.url} stops answering, and its routes and journal are deleted.`, 'Stop the server');
  if (!sure) return false;
  try {
    await json(`${SERVERS}/${encodeURIComponent(server.server_id)}`, { method: 'DELETE', signal });
  } catch (failure) {
    if (failure.status !== 404) throw failure;
  }
  toast(`${nameOf(server)} is stopped.`);
  return true;
}

export default function serverList(page) {
  let servers = null;
  let error = null;
  let shown = SHOWN;
  let again = false;
  let reading = null;
  const stats = new Map();
  const stopping = new Set();

  async function read() {
    try {
      const all = [];
      let next = '';
      // The oldest come first, and the newest are shown first.
      do {
        const query = new URLSearchParams({ limit: PAGE, ...(next ? { after: next } : {}) });
        const some = await json(`${SERVERS}?${query}`, { signal: page.signal, patience: 15000 });
        all.push(...some.items);
        next = some.next;
      } while (next && all.length < MOST);
      servers = all.reverse();
      error = null;
    } catch (failure) {
      if (page.signal.aborted) return;
      if (failure.status !== 0 || !servers) error = failure;
    }
    page.update();
  }

  /** Reads the list; changes that are announced meanwhile lead to one more turn. */
  function reload() {
    again = true;
    reading ??= (async () => {
      while (again) {
        again = false;
        await read();
      }
      reading = null;
    })();
    return reading;
  }

  async function counters() {
    const now = new Set((servers ?? []).map((one) => one.server_id));
    for (const id of stats.keys()) if (!now.has(id)) stats.delete(id);
    const some = (servers ?? []).slice(0, COUNTED);
    await Promise.all(some.map(async (one) => {
      try {
        stats.set(one.server_id, await json(`${SERVERS}/${one.server_id}/stats`, { signal: page.signal, patience: 4000 }));
      } catch {
        stats.delete(one.server_id);
      }
    }));
    page.update();
  }

  feed.on('servers', reload, page.signal);
  page.every(POLL_MS, async () => {
    await reload();
    await counters();
  });

  async function press(server) {
    if (stopping.has(server.server_id)) return;
    stopping.add(server.server_id);
    page.update();
    try {
      if (await stop(server, page.signal)) await reload();
    } catch (failure) {
      toast(`${nameOf(server)} is not stopped: ${failure.message}`, 'bad');
    } finally {
      stopping.delete(server.server_id);
      page.update();
    }
  }

  const row = (server) => html`<tr role="row">
    <th role="rowheader" scope="row"><a href=${urlOf(server.server_id)}><bdi>${nameOf(server)}</bdi></a></th>
    <td role="cell" data-label="Address"><code class="cut" title=${server.url}>${server.url}</code></td>
    <td role="cell" data-label="Answers">${server.routes ? plural(server.routes, 'route') : ''}${server.routes && server.page_uri ? ', ' : ''}${server.page_uri ? html`page <code class="cut" title=${server.page_uri}>${server.page_uri}</code>` : server.routes ? '' : 'forwards'}</td>
    <td role="cell" data-label="Requests">${count(stats.get(server.server_id)?.requests)}</td>
    <td role="cell" data-label="On"><span title="Node ${server.node}">${server.host}</span></td>
    <td role="cell" data-label="Age"><time datetime=${server.created_at} title=${when(server.created_at)}>${since(server.created_at)}</time></td>
    <td role="cell" data-label="Ends"><span class="f">${left(server)}</span></td>
    <td role="cell" class="act">${openLink(server)}
      <button type="button" aria-label="Stop ${nameOf(server)}" ?disabled=${stopping.has(server.server_id)} @click=${() => press(server)}>Stop</button></td>
  </tr>`;

  const table = () => html`<div class="panel flush"><table role="table" class="servers">
    <caption class="unseen">Servers, the newest first</caption>
    <thead role="rowgroup"><tr role="row">${['Name', 'Address', 'Answers', 'Requests', 'On', 'Age', 'Ends'].map((one) => html`<th role="columnheader" scope="col">${one}</th>`)}
      <th role="columnheader" scope="col"><span class="unseen">What to do</span></th></tr></thead>
    <tbody role="rowgroup">${repeat(servers.slice(0, shown), (one) => one.server_id, row)}</tbody></table></div>
    ${servers.length > shown ? html`<p class="actions"><button type="button" @click=${() => { shown += SHOWN; page.update(); }}>Show more of the ${plural(servers.length - shown, 'other server')}</button></p>` : nothing}`;

  return {
    title: 'Servers',
    render: () => html`
      ${head('Servers', html`<span role="status">${servers ? (servers.length ? `${plural(servers.length, 'server')} on demand.` : 'HTTP servers that answer as you describe.') : 'Loading …'}</span>`,
        html`<a class="button" href="/ui/servers?new=import">Import</a><a class="button primary" href="/ui/servers?new=routes">New server</a>`)}
      ${errorNote(error)}
      ${servers?.length ? table() : servers ? empty('No servers', 'Create one: it listens on its own port within a second.') : nothing}`,
  };
}
