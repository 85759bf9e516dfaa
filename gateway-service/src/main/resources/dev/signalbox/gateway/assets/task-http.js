// The result of an HTTP request, as a person reads it.

import { html, nothing } from './lit/lit-html.js';
import { phases } from './chart.js';
import { bytes, count, ms, plural, readable } from './format.js';
import { copyButton, pairs } from './parts.js';

const MOST_BODY = 20000;
const MOST_ROWS = 200;
const FEW_DAYS = 21;
const PHASES = [['dns', 'DNS'], ['connect', 'Connect'], ['tls', 'TLS'], ['first_byte', 'First byte'], ['download', 'Download']];

export const isHttp = (result) => Boolean(result && typeof result === 'object'
  && typeof result.url === 'string' && ('status_code' in result || 'timings_ms' in result));

export function http(result) {
  return html`
    ${summary(result)}
    ${assertions(result.assertions)}
    ${timings(result)}
    ${certificate(result.tls ?? result.hops?.at(-1)?.tls)}
    ${headers(result.headers_all ?? result.headers)}
    ${body(result)}`;
}

/** Only what is a link that a browser may follow. */
const linked = (url) => (/^https?:\/\//i.test(url)
  ? html`<a href=${url} rel="noreferrer noopener" target="_blank"><bdi>${readable(url)}</bdi></a>` : html`<bdi>${readable(url)}</bdi>`);

function summary(result) {
  const status = result.status_code;
  const kind = !status ? '' : status < 300 ? 'done' : status < 400 ? 'busy' : 'bad';
  const list = [
    ['Address', result.remote_ip],
    ['Protocol', result.http_version],
    ['Body', Number.isFinite(result.body_bytes) ? `${bytes(result.body_bytes)}${result.truncated ? ', cut' : ''}` : null],
    ['SHA-256 of the body', result.body_sha256],
  ].filter(([, value]) => value);
  const to = result.final_url ?? result.url;
  return html`<p class="status-line">${status ? html`<span class="tag big-tag ${kind}">${status}</span> ` : nothing}${linked(to)}
      ${to === result.url ? nothing : html`<span class="note"> from <bdi>${readable(result.url)}</bdi></span>`}</p>
    ${list.length ? pairs(list) : nothing}`;
}

function assertions(list) {
  if (!Array.isArray(list) || !list.length) return nothing;
  const failed = list.filter((one) => !one.passed).length;
  return html`<h3>Assertions <span class="tag ${failed ? 'bad' : 'done'}">${failed ? `${count(failed)} of ${count(list.length)} failed` : 'all passed'}</span></h3>
    <ul class="checks">${list.slice(0, MOST_ROWS).map((one) => html`<li><span class="tag ${one.passed ? 'done' : 'bad'}">${one.passed ? 'pass' : 'fail'}</span>
      <span><bdi>${readable([one.source, one.property, String(one.comparison).replaceAll('_', ' '), one.target].filter((part) => part !== null && part !== undefined).join(' '))}</bdi>
      ${one.passed ? nothing : html`<span class="note"> was <bdi>${readable(text(one.actual))}</bdi></span>`}</span></li>`)}</ul>`;
}

const text = (value) => (value === null || value === undefined ? 'absent' : typeof value === 'string' ? value.slice(0, 500) : JSON.stringify(value).slice(0, 500));

function timings(result) {
  const hops = Array.isArray(result.hops) && result.hops.length ? result.hops : [result];
  const known = hops.filter((hop) => hop.timings_ms).slice(0, 31);
  if (!known.length) return nothing;
  // One scale for all, so that bars of one hop can be compared with those of another.
  const spans = known.map((hop) => PHASES.reduce((sum, [key]) => sum + (hop.timings_ms[key] ?? 0), 0));
  const longest = Math.max(0.001, ...spans);
  return html`<h3>Time <span class="note">${ms(result.timings_ms?.total)} in total</span></h3>
    ${known.map((hop) => html`
      ${known.length > 1 ? html`<p class="hop"><span class="tag">${hop.status_code ?? 'no answer'}</span> <bdi>${readable(hop.url)}</bdi> <span class="note">${hop.remote_ip ?? ''} · ${ms(hop.timings_ms.total)}</span></p>` : nothing}
      ${phases(PHASES.map(([key, name]) => ({ name, value: hop.timings_ms[key] })), longest, ms)}
      ${hop.connection_reused ? html`<p class="note">On a reused connection.</p>` : nothing}`)}`;
}

function certificate(tls) {
  if (!tls) return nothing;
  const days = tls.days_left;
  const kind = !Number.isFinite(days) ? '' : days < 0 ? 'bad' : days < FEW_DAYS ? 'busy' : 'done';
  const left = !Number.isFinite(days) ? '' : days < 0 ? `ended ${plural(-days, 'day')} ago` : `${plural(days, 'day')} left`;
  const list = [
    ['Subject', tls.subject], ['Issuer', tls.issuer], ['Valid until', tls.not_after],
    ['Names', Array.isArray(tls.san) ? `${tls.san.slice(0, 30).join(', ')}${tls.san.length > 30 ? ` and ${tls.san.length - 30} more` : ''}` : null],
    ['Protocol', [tls.protocol, tls.cipher].filter(Boolean).join(', ')], ['SHA-256', tls.fingerprint_sha256],
  ].filter(([, value]) => value);
  return html`<h3>Certificate ${left ? html`<span class="tag ${kind}">${left}</span>` : nothing}
      <span class="tag ${tls.verified ? 'done' : 'bad'}">${tls.verified ? 'verified' : 'not verified'}</span></h3>
    ${tls.error ? html`<p class="wrong"><bdi>${readable(tls.error)}</bdi></p>` : nothing}
    ${pairs(list)}`;
}

function headers(all) {
  const list = Object.entries(all ?? {}).flatMap(([name, value]) => [value].flat().map((one) => [name, one]));
  if (!list.length) return nothing;
  return html`<details class="part"><summary>Headers <span class="count">${list.length}</span></summary>
    <dl class="term-list wide-terms">${list.slice(0, MOST_ROWS).map(([name, value]) => html`<div><dt><bdi>${readable(name)}</bdi></dt><dd><bdi>${readable(String(value).slice(0, 8192), true)}</bdi></dd></div>`)}</dl>
    ${list.length > MOST_ROWS ? html`<p class="note">The first ${MOST_ROWS} of ${count(list.length)}.</p>` : nothing}</details>`;
}

function body({ data, data_encoding: encoding }) {
  if (typeof data !== 'string' || data === '') return nothing;
  const as = encoding && encoding !== 'text' ? ` as ${encoding}` : '';
  return html`<details class="part" open><summary>Body${as}</summary>
    <div class="actions">${copyButton('Copy body', () => data)}</div>
    <pre class="body" tabindex="0" role="region" aria-label="Body of the response" dir="auto">${readable(data.slice(0, MOST_BODY))}</pre>
    ${data.length > MOST_BODY ? html`<p class="note">The first ${count(MOST_BODY)} of ${count(data.length)} characters; Copy body copies all.</p>` : nothing}</details>`;
}
