// Form fields of what a route answers: one response, or several in a row.

import { html, nothing } from './lit/lit-html.js';
import { area, choice, draft, field, jsonArea, pairs, put, text } from './routes-fields.js';

const CONTENTS = [['none', 'nothing'], ['body', 'text'], ['json', 'JSON'], ['body_base64', 'bytes in base64'], ['file', 'a file of this Signalbox']];
const DELAYS = [['none', 'at once'], ['fixed', 'after a fixed time'], ['uniform', 'after a random time'], ['lognormal', 'after a time like that of real servers'], ['dribble', 'drop by drop']];
const FAULTS = [['none', 'none'], ['empty_response', 'close without an answer'], ['connection_reset', 'reset the connection'],
  ['garbage', 'send garbage'], ['malformed_chunk', 'send a malformed chunk'], ['close_mid_body', 'close in the middle of the body']];

/** The responses of a route as a list, whichever way they are written. */
export const responsesOf = (route) => (Array.isArray(route.responses) ? route.responses : route.response ? [route.response] : []);

function setResponses(route, all) {
  delete route.response;
  delete route.responses;
  if (all.length > 1 || route.cycle || all.some((one) => 'times' in one)) route.responses = all;
  else route.response = all[0] ?? {};
}

function delayKind(response) {
  if (response.delay && typeof response.delay === 'object') return Object.keys(response.delay)[0] ?? 'none';
  return 'delay_ms' in response || 'delay' in response ? 'fixed' : 'none';
}

function delayFields(response, changed) {
  const kind = delayKind(response);
  const change = (to) => {
    delete response.delay;
    delete response.delay_ms;
    const made = { uniform: [100, 500], lognormal: { median: 100, sigma: 0.5 }, dribble: { chunks: 10, over_ms: 2000 } };
    if (to === 'fixed') response.delay_ms = 100;
    else if (to in made) response.delay = { [to]: made[to] };
    changed();
  };
  const options = { number: true, min: 0 };
  const bounds = response.delay?.uniform;
  return html`${field(response, 'delay kind', 'When', (id) => choice(id, kind, DELAYS, change))}
    ${kind === 'fixed' ? text(response, 'delay' in response ? 'delay' : 'delay_ms', 'Milliseconds', changed, options) : nothing}
    ${kind === 'uniform' && bounds ? html`${text(bounds, 0, 'At least, ms', changed, options)}${text(bounds, 1, 'At most, ms', changed, options)}` : nothing}
    ${kind === 'lognormal' ? html`${text(response.delay.lognormal, 'median', 'Median, ms', changed, options)}${text(response.delay.lognormal, 'sigma', 'Sigma', changed, options)}` : nothing}
    ${kind === 'dribble' ? html`${text(response.delay.dribble, 'chunks', 'Pieces', changed, options)}${text(response.delay.dribble, 'over_ms', 'Over ms', changed, options)}` : nothing}`;
}

function contentFields(response, changed) {
  const kind = CONTENTS.map(([one]) => one).find((one) => one in response) ?? 'none';
  const change = (to) => {
    const before = kind === 'json' ? JSON.stringify(response.json, null, 2) : response[kind];
    for (const [one] of CONTENTS) delete response[one];
    if (to === 'json') {
      try {
        response.json = JSON.parse(before);
      } catch {
        response.json = {};
      }
      Object.assign(draft(response, 'json json', () => ({})), { text: JSON.stringify(response.json, null, 2), problem: '' });
    } else if (to !== 'none') {
      response[to] = typeof before === 'string' && to === 'body' ? before : '';
    }
    changed();
  };
  const template = (event) => {
    put(response, 'template', event.target.checked || undefined);
    changed();
  };
  return html`${field(response, 'content', 'Body', (id) => choice(id, kind, CONTENTS, change))}
    ${kind === 'json' ? jsonArea(response, 'json', 'JSON', changed)
      : kind === 'file' ? text(response, 'file', 'Path of the file', changed, { placeholder: '/pages/hello.html' })
        : kind !== 'none' ? area(response, kind, kind === 'body' ? 'Text' : 'Base64', changed) : nothing}
    <label class="check"><input type="checkbox" .checked=${Boolean(response.template)} @change=${template}>
      <span>Fill in values such as <code>{{path.id}}</code>, <code>{{request.query.name}}</code>, <code>{{uuid}}</code></span></label>`;
}

function oneResponse(route, response, i, all, changed) {
  const move = () => {
    setResponses(route, all.filter((one) => one !== response));
    changed();
  };
  const fault = (to) => {
    put(response, 'fault', to === 'none' ? undefined : to);
    if (to === 'none') delete response.fault_percent;
    changed();
  };
  const other = ['error', 'proxy'].filter((one) => one in response);
  return html`<fieldset class="response"><legend>${all.length > 1 ? `Then answer, ${i + 1} of ${all.length}` : 'Then answer'}</legend>
    <div class="fields">
      ${text(response, 'status', 'Status', changed, { number: true, min: 103, max: 599, placeholder: '200' })}
      ${delayFields(response, changed)}
      ${field(response, 'fault', 'Fault', (id) => choice(id, response.fault ?? 'none', FAULTS, fault))}
      ${response.fault ? text(response, 'fault_percent', 'Percent of requests', changed, { number: true, min: 0, max: 100, placeholder: '100' }) : nothing}
      ${all.length > 1 ? text(response, 'times', 'How many times', changed, { number: true, min: 1, placeholder: '1' }) : nothing}
    </div>
    ${pairs(response, 'headers', 'Headers of the response', changed, false)}
    ${contentFields(response, changed)}
    ${other.length ? html`<p class="note">Also in the JSON: ${other.join(' and ')}.</p>` : nothing}
    ${all.length > 1 ? html`<p class="actions"><button type="button" class="small" @click=${move}>Remove this response</button></p>` : nothing}
  </fieldset>`;
}

export function responseFields(route, changed) {
  if (!responsesOf(route).length) setResponses(route, [{}]);
  const all = responsesOf(route);
  const add = () => {
    setResponses(route, [...all, { status: 200 }]);
    changed();
  };
  const cycle = (event) => {
    put(route, 'cycle', event.target.checked || undefined);
    setResponses(route, all);
    changed();
  };
  return html`${all.map((response, i) => oneResponse(route, response, i, all, changed))}
    <p class="actions"><button type="button" class="small" @click=${add}>Add a response after it</button>
      ${all.length > 1 ? html`<label class="check"><input type="checkbox" .checked=${Boolean(route.cycle)} @change=${cycle}> Start again after the last one</label>` : nothing}</p>`;
}

/** What a route answers, in a line. */
export function summary(route) {
  const all = responsesOf(route ?? {});
  const one = all[0] ?? {};
  const words = one.fault && (one.fault_percent ?? 100) === 100 ? String(one.fault).replaceAll('_', ' ') : one.proxy ? 'forwarded' : String(one.status ?? 200);
  return all.length > 1 ? `${words}, then ${all.length - 1} more` : words;
}
