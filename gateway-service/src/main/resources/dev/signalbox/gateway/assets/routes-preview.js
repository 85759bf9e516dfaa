// What would answer a request, while the routes are being written.

import { html, nothing } from './lit/lit-html.js';
import { live } from './lit/directives/live.js';
import { asked } from './routes-editor.js';
import { answer, label, request } from './routes-match.js';
import { responsesOf } from './routes-response.js';

const LONGEST = 2000;

export function routesPreview(page) {
  const tried = { method: 'GET', target: '/', headers: '', body: '' };
  const set = (name) => (event) => {
    tried[name] = event.target.value;
    page.update();
  };

  const named = (routes, number) => {
    const { methods, path } = asked(routes[number]);
    return html`<strong>route ${label(routes[number], number)}</strong> (${methods} <bdi>${path}</bdi>)`;
  };

  function shown(response) {
    const body = String(response.body ?? (response.json !== undefined ? JSON.stringify(response.json, null, 2) : ''));
    const headers = Object.entries(response.headers ?? {}).flatMap(([name, value]) => [value].flat().map((one) => `${name}: ${one}`));
    const notes = [
      response.template ? 'Values in double braces are filled in by the server.' : '',
      response.delay || response.delay_ms ? 'It is delayed.' : '',
      response.fault ? `${response.fault_percent ?? 100} % of requests get the fault ${String(response.fault).replaceAll('_', ' ')} instead.` : '',
      response.error ? `${response.error.percent ?? 100} % of requests get status ${response.error.status ?? 500} instead.` : '',
      response.proxy ? 'The response is that of another server.' : '',
      response.file ? `The body is the file ${response.file}.` : '',
      response.body_base64 ? 'The body is binary.' : '',
    ].filter(Boolean);
    return html`<pre tabindex="0" aria-label="The response">${[`${response.status ?? 200}`, ...headers, '', body.slice(0, LONGEST) + (body.length > LONGEST ? '…' : '')].join('\n')}</pre>
      ${notes.length ? html`<p class="note">${notes.join(' ')}</p>` : nothing}`;
  }

  function result(routes, rest) {
    const { match, maybe, nearest } = answer(routes, request(tried), rest.scenarios);
    const unsure = maybe.map((one) => html`<p class="verdict"><i class="lamp busy"></i><span>${named(routes, one.number)} may match first. Only the server can decide: ${one.open.join('; ')}.</span></p>`);
    if (match >= 0) {
      const all = responsesOf(routes[match]);
      return html`${unsure}<p class="verdict"><i class="lamp done"></i><span>${maybe.length ? 'Else ' : ''}${named(routes, match)} answers${all.length > 1 ? `, first with 1 of ${all.length} responses` : ''}.</span></p>
        ${shown(all[0] ?? {})}`;
    }
    return html`${unsure}<p class="verdict"><i class="lamp bad"></i><span>${maybe.length ? 'Else no' : 'No'} route matches: ${rest.otherwise ?? 'the answer is 404 Not Found'}.</span></p>
      ${nearest ? html`<p>The closest is ${named(routes, nearest.number)}, but:</p><ul class="reasons">${nearest.reasons.slice(0, 8).map((one) => html`<li>${one}</li>`)}</ul>` : nothing}`;
  }

  return {
    /** @param rest {otherwise, scenarios}: what answers after all routes, and the states of a server's scenarios */
    render: (routes, rest = {}) => html`<section class="panel preview" aria-labelledby="preview-title">
      <h2 id="preview-title">What would answer?</h2>
      <p class="note">Worked out in this browser; nothing is sent.</p>
      <div class="fields">
        <div class="field"><label for="try-method">Method</label><input id="try-method" autocomplete="off" spellcheck="false" .value=${live(tried.method)} @input=${set('method')}></div>
        <div class="field wide-field"><label for="try-target">Path and query</label><input id="try-target" autocomplete="off" spellcheck="false" .value=${live(tried.target)} @input=${set('target')}></div>
      </div>
      <details><summary>Headers and body</summary><div class="fields">
        <div class="field wide-field"><label for="try-headers">Headers <span class="hint">one per line, such as Accept: text/html</span></label><textarea id="try-headers" spellcheck="false" .value=${live(tried.headers)} @input=${set('headers')}></textarea></div>
        <div class="field wide-field"><label for="try-body">Body</label><textarea id="try-body" spellcheck="false" .value=${live(tried.body)} @input=${set('body')}></textarea></div>
      </div></details>
      <div role="status" class="outcome">${result(routes, rest)}</div>
    </section>`,
  };
}
