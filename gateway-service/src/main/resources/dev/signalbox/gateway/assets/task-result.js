// What a task found, to be read: by its kind where there is a view for it, and as JSON.

import { html, nothing } from './lit/lit-html.js';
import { bytes, ms, plural, readable } from './format.js';
import { pairs } from './parts.js';
import { JsonTree } from './json-tree.js';
import { dns, isDns } from './task-dns.js';
import { http, isHttp } from './task-http.js';

const SHORT = 160;

const cut = (text) => (text.length > SHORT ? `${text.slice(0, SHORT)} …` : text);

/** The one thing to know of an answer, in a line. */
export function fact({ error, result }) {
  if (error) return cut(`${error.code}: ${error.message}`);
  if (isDns(result)) return cut(dnsFact(result));
  if (isHttp(result)) return cut(httpFact(result));
  if (result === null || result === undefined) return '';
  return cut(typeof result === 'string' ? result : JSON.stringify(result));
}

function dnsFact(result) {
  const all = Array.isArray(result.queries) ? result.queries : [result];
  const data = all.flatMap((one) => (one.answers ?? []).map((record) => record.data));
  if (data.length) return data.length > 4 ? `${data.slice(0, 4).join(', ')} and ${data.length - 4} more` : data.join(', ');
  const codes = [...new Set(all.map((one) => one.rcode ?? one.error?.code ?? one.error).filter(Boolean))].join(', ');
  return codes === 'NOERROR' ? 'no records' : codes;
}

function httpFact(result) {
  const parts = [String(result.status_code)];
  const failed = (result.assertions ?? []).filter((one) => !one.passed).length;
  if (failed) parts.push(`${plural(failed, 'assertion')} failed`);
  if (result.http_version) parts.push(result.http_version);
  if (Number.isFinite(result.body_bytes)) parts.push(bytes(result.body_bytes));
  if (Number.isFinite(result.tls?.days_left) && result.tls.days_left < 21) parts.push(`certificate ends in ${plural(result.tls.days_left, 'day')}`);
  return parts.join(' · ');
}

/** How an answer went, for a tag: a task that ran but did not succeed is neither good nor bad. */
export function verdict({ status, result }) {
  if (status !== 'finished') return ['bad', status];
  const not = result && (result.success === false || result.status === 'error');
  return not ? ['busy', 'finished, not successful'] : ['done', 'finished'];
}

/** One answer of the gateway, drawn. */
export class TaskResult {
  #tree;
  #answer;

  constructor(answer, update) {
    this.#answer = answer;
    this.#tree = new JsonTree(answer, update);
  }

  render(title = 'Result') {
    const answer = this.#answer;
    const [kind, text] = verdict(answer);
    return html`
      <div class="headline"><h2 tabindex="-1" id="result">${title}</h2>
        <p class="pulse"><span class="tag ${kind}">${text}</span> in ${ms(answer.duration_ms)}${answer.task_name ? html` · <bdi>${readable(answer.task_name)}</bdi>` : nothing}</p></div>
      <div class="reading">
        <div class="read">${this.#read(answer)}</div>
        <details class="raw" open><summary>As JSON</summary>${this.#tree.render()}</details>
      </div>`;
  }

  #read({ error, result }) {
    return html`
      ${error ? failure(error) : nothing}
      ${isDns(result) ? dns(result) : isHttp(result) ? http(result) : isHttp(error?.details) ? http(error.details) : isDns(error?.details) ? dns(error.details)
        : result === null || result === undefined ? nothing : plain(result)}`;
  }
}

function failure(error) {
  const where = [error.phase && `while: ${String(error.phase).replaceAll('_', ' ')}`, error.source && `caused by the ${error.source}`].filter(Boolean).join(' · ');
  return html`<div class="said bad"><strong><bdi>${readable(error.message)}</bdi></strong>
    <p class="note"><code>${error.code}</code>${where ? ` · ${where}` : ''}${error.retryable ? ' · a retry may succeed' : ''}</p></div>`;
}

/** Results that have no view of their own: their first level as facts or rows. */
function plain(result) {
  if (typeof result !== 'object') return html`<p><bdi>${readable(result)}</bdi></p>`;
  const list = Object.entries(result).find(([, value]) => Array.isArray(value) && value.length && value.every((one) => one && typeof one === 'object' && !Array.isArray(one)));
  const facts = Object.entries(result).filter(([key, value]) => key !== list?.[0] && (value === null || typeof value !== 'object')).slice(0, 40);
  return html`
    ${facts.length ? pairs(facts.map(([key, value]) => [key.replaceAll('_', ' '), short(value)])) : nothing}
    ${list ? rows(list) : nothing}`;
}

function rows([name, list]) {
  const keys = [...new Set(list.slice(0, 100).flatMap(Object.keys))].slice(0, 8);
  return html`<h3>${name.replaceAll('_', ' ')}</h3>
    <div class="scroll" tabindex="0" role="region" aria-label=${name}><table><thead><tr>${keys.map((key) => html`<th scope="col">${key.replaceAll('_', ' ')}</th>`)}</tr></thead>
    <tbody>${list.slice(0, 100).map((one) => html`<tr>${keys.map((key) => html`<td><bdi>${one[key] === undefined ? '' : short(one[key])}</bdi></td>`)}</tr>`)}</tbody></table></div>
    ${list.length > 100 ? html`<p class="note">The first 100 of ${list.length}; all are in the JSON.</p>` : nothing}`;
}

const short = (value) => {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return readable(text.length > 1000 ? `${text.slice(0, 1000)} …` : text);
};
