// Who the reader is, and the limits in force.

import { html, nothing } from './lit/lit-html.js';
import { json, token } from './api.js';
import { bytes, count } from './format.js';
import { errorNote, head, toast } from './parts.js';

const ROLES = {
  reader: 'reads everything',
  worker: 'takes census work and sends results',
  operator: 'runs tasks and changes servers, files, codes and messages',
  admin: 'does everything, including corrections of the census',
};

/** Values by the unit at the end of their name. */
function say(name, value) {
  if (name.endsWith('_bytes')) return bytes(value);
  if (name.endsWith('_ms')) return `${count(value / 1000)} s`;
  return count(value);
}

const LIMITS = {
  max_body_bytes: 'Largest request body',
  max_header_bytes: 'Largest request headers',
  max_batch_tasks: 'Tasks in one batch',
  max_batch_concurrency: 'Concurrent tasks of a batch',
  max_task_timeout_ms: 'Longest task timeout',
  max_requests_in_flight: 'Concurrent requests, all clients',
  max_requests_in_flight_per_client: 'Concurrent requests per client address',
  max_connections_per_client: 'Connections per client address',
};

export default function settings(page) {
  let who = null;
  let error = null;

  async function load() {
    try {
      who = await json('/api/v1/whoami', { signal: page.signal });
      error = null;
    } catch (failure) {
      error = failure;
    }
    page.update();
    return error === null;
  }

  async function enter(event) {
    event.preventDefault();
    const form = event.currentTarget;
    token.set(form.elements.token.value.trim(), form.elements.keep.checked);
    form.reset();
    const answered = await load();
    if (!answered) toast('The gateway did not answer, so the token is not checked yet.', 'bad');
    else if (who.role) toast(`You now have the role ${who.role}.`);
    else toast('The gateway does not know this token.', 'bad');
    window.dispatchEvent(new Event('signalbox:token'));
  }

  function forget() {
    token.forget();
    window.dispatchEvent(new Event('signalbox:token'));
    load();
  }

  const identity = () => html`
    <section class="panel" aria-labelledby="who">
      <h2 id="who">Who you are</h2>
      ${who.authentication === 'off'
        ? html`<p>This Signalbox asks nobody for a token: anyone who can reach it may do everything. That is fine on your
            own machine. To require tokens, create one with
            <code>./signalbox token --role operator</code> and start with the setting it prints.</p>`
        : html`<p>${who.role
            ? html`Your ${who.credential} has the role <strong>${who.role}</strong>: it ${ROLES[who.role]}.`
            : token.get() ? 'The gateway does not know your token.' : 'You have not entered a token.'}</p>`}
      ${who.authentication === 'off' ? nothing : html`
        <form class="stack" @submit=${enter}>
          <label for="token">Token</label>
          <input id="token" name="token" type="password" autocomplete="off" spellcheck="false" required minlength="16">
          <label class="check"><input type="checkbox" name="keep"> Keep it in this browser after the tab is closed</label>
          <p class="actions"><button class="primary">Use this token</button>
            ${token.get() ? html`<button type="button" @click=${forget}>Forget the token</button>` : nothing}</p>
        </form>`}
      <table class="roles"><caption class="unseen">Roles and what they may do</caption>
        <thead><tr><th scope="col">Role</th><th scope="col">What it may do</th><th scope="col">You</th></tr></thead>
        <tbody>${Object.entries(ROLES).map(([role, text]) => html`<tr><th scope="row">${role}</th><td>${text}</td>
          <td>${who.may.includes(role) ? 'yes' : 'no'}</td></tr>`)}</tbody></table>
    </section>`;

  const limits = () => html`
    <section class="panel" aria-labelledby="limits">
      <h2 id="limits">Limits</h2>
      <p class="note">The limits of this gateway. It refuses a call that exceeds one of them, with a status that says so.</p>
      <dl class="limits">${Object.entries(who.limits).map(([name, value]) => html`
        <div><dt>${LIMITS[name] ?? name}</dt><dd>${say(name, value)}</dd></div>`)}</dl>
    </section>`;

  load();
  return {
    title: 'Settings',
    render: () => html`
      ${head('Settings', 'What you may do here, and the limits of this gateway.')}
      ${errorNote(error)}
      ${who ? html`${identity()}${limits()}` : nothing}`,
  };
}
