// The result of a DNS query, as a person reads it.

import { html, nothing } from './lit/lit-html.js';
import { count, ms, plural, readable } from './format.js';
import { pairs } from './parts.js';

const MOST_RECORDS = 200;
const MOST_QUERIES = 64;
const SECTIONS = [['answers', 'Answer'], ['authority', 'Authority'], ['additional', 'Additional']];
const FLAGS = {
  aa: 'authoritative answer', tc: 'truncated', rd: 'recursion desired', ra: 'recursion available',
  ad: 'authenticated data', cd: 'checking disabled',
};

export const isDns = (result) => Boolean(result && typeof result === 'object'
  && (Array.isArray(result.queries) || Array.isArray(result.trace) || (typeof result.rcode === 'string' && Array.isArray(result.answers))));

export function dns(result) {
  const all = Array.isArray(result.queries) ? result.queries : [result];
  return html`${all.slice(0, MOST_QUERIES).map(query)}
    ${all.length > MOST_QUERIES ? html`<p class="note">The first ${MOST_QUERIES} of ${plural(all.length, 'query', 'queries')}; all are in the JSON.</p>` : nothing}`;
}

function query(one) {
  const asked = one.question?.[0];
  const name = asked ? `${asked.name} ${asked.type}` : one.domain ?? '';
  const error = typeof one.error === 'string' ? one.error : one.error?.message;
  const sections = SECTIONS.filter(([key]) => one[key]?.length);
  return html`<section class="query">
    <h3><bdi>${readable(name)}</bdi> ${one.rcode ? html`<span class="tag ${one.rcode === 'NOERROR' ? 'done' : 'busy'}">${readable(one.rcode)}</span>` : nothing}
      ${Object.entries(FLAGS).filter(([flag]) => one.flags?.[flag]).map(([flag, meaning]) => html`<abbr class="tag" title=${meaning}>${flag.toUpperCase()}</abbr> `)}</h3>
    ${error ? html`<p class="wrong"><bdi>${readable(error)}</bdi></p>` : nothing}
    ${facts(one)}
    ${sections.map(([key, title]) => records(title, one[key]))}
    ${one.rcode && !sections.length ? html`<p class="note">${one.rcode === 'NXDOMAIN' ? 'This name does not exist.' : 'The response has no records.'}</p>` : nothing}
    ${Array.isArray(one.trace) ? steps(one.trace) : nothing}
    ${Array.isArray(one.followed) && one.followed.length ? followed(one.followed) : nothing}
  </section>`;
}

function facts(one) {
  const list = [];
  if (one.resolver) list.push(['Resolver', one.resolver]);
  if (one.protocol) list.push(['Over', one.protocol + (one.tcp_fallback ? ', TCP after a truncated response' : '')]);
  const times = one.timings_ms ?? {};
  const parts = [['connect', times.connect], ['TLS', times.tls], ['query', times.query]].filter(([, value]) => Number.isFinite(value));
  if (parts.length) list.push(['Time', parts.map(([name, value]) => (parts.length > 1 ? `${name} ${ms(value)}` : ms(value))).join(', ')]);
  if (one.attempts > 1) list.push(['Attempts', count(one.attempts)]);
  if (one.cached) list.push(['From', 'the cache']);
  if (one.dnssec) list.push(['DNSSEC', typeof one.dnssec === 'string' ? one.dnssec : one.dnssec.status ?? one.dnssec.result ?? JSON.stringify(one.dnssec)]);
  for (const extended of one.edns?.extended_errors ?? []) {
    list.push(['Because', typeof extended === 'string' ? extended : [extended.name ?? extended.code, extended.text].filter((text) => text !== undefined && text !== null && text !== '').join(': ')]);
  }
  return list.length ? pairs(list) : nothing;
}

function records(title, list) {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${title} section"><table class="records"><caption>${title}</caption>
    <thead><tr><th scope="col">Name</th><th scope="col" class="number">TTL</th><th scope="col">Type</th><th scope="col">Data</th></tr></thead>
    <tbody>${list.slice(0, MOST_RECORDS).map((record) => html`<tr><td><bdi>${readable(record.name)}</bdi></td><td class="number" title="seconds">${count(record.ttl)}</td>
      <td>${readable(record.type)}</td><td class="data"><bdi>${readable(record.data, true)}</bdi></td></tr>`)}</tbody></table></div>
    ${list.length > MOST_RECORDS ? html`<p class="note">The first ${MOST_RECORDS} of ${count(list.length)} records; all are in the JSON.</p>` : nothing}`;
}

function steps(trace) {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Steps of the trace"><table class="records"><caption>From the root</caption>
    <thead><tr><th scope="col">Zone</th><th scope="col">Asked for</th><th scope="col">Outcome</th><th scope="col">Servers</th></tr></thead>
    <tbody>${trace.slice(0, MOST_RECORDS).map((step) => html`<tr><td><bdi>${readable(step.zone ?? '')}</bdi></td>
      <td><bdi>${readable(`${step.question?.name ?? ''} ${step.question?.type ?? ''}`)}</bdi></td><td>${readable(step.outcome ?? '')}</td>
      <td class="data">${(step.servers ?? []).slice(0, 20).map((server) => html`<div><bdi>${readable(server.name ?? '')}</bdi> ${server.address && server.address !== server.name ? html`<bdi class="note">${readable(server.address)}</bdi>` : nothing}
        ${readable(server.rcode ?? server.error ?? '')} ${Number.isFinite(server.elapsed_ms) ? ms(server.elapsed_ms) : ''}</div>`)}</td></tr>`)}</tbody></table></div>`;
}

function followed(list) {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Addresses of the targets"><table class="records"><caption>Addresses of the targets</caption>
    <thead><tr><th scope="col">Name</th><th scope="col">Addresses</th></tr></thead>
    <tbody>${list.slice(0, MOST_RECORDS).map((one) => html`<tr><td><bdi>${readable(one.name ?? one.domain ?? '')}</bdi></td>
      <td class="data"><bdi>${readable((one.addresses ?? one.answers?.map((record) => record.data) ?? [one.error?.message ?? one.error ?? '']).join(', '))}</bdi></td></tr>`)}</tbody></table></div>`;
}
