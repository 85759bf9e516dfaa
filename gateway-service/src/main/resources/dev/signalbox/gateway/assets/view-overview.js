// The cluster: who is there, how busy each is, and what to do about what is wrong.

import { html, nothing } from './lit/lit-html.js';
import { repeat } from './lit/directives/repeat.js';
import { json } from './api.js';
import { sparkline } from './chart.js';
import { count, ms, plural, rate, since } from './format.js';
import { feed } from './live.js';
import { errorNote, head } from './parts.js';

const POLL_MS = 2000;
const KEPT = 60;
const REMEMBERED_MS = 60000;
const MANY_FAILURES = 0.05;
const FEW_REQUESTS = 10;
const SLOW_MS = 1000;
const GATEWAY = 'gateway-service';

/** Services that wait for others: how long they take says nothing of them. */
const WAITING = new Set([GATEWAY, 'dns-service', 'http-probe-service', 'server-factory-service']);

/** Every service there is, what is gone without it, and how it is started. */
const KNOWN = {
  'gateway-service': 'Nothing answers HTTP calls',
  'dns-service': 'DNS lookups are refused',
  'http-probe-service': 'HTTP probes are refused',
  'server-factory-service': 'Servers on demand cannot be created or reached',
  'file-service': 'Files cannot be read or stored',
  'code-service': 'Codes and messages are refused',
  'ping-coordinator': 'The census hands out no work',
};

/** What an instance did over the last minutes, from counters that only grow. */
class Instance {
  rates = [];
  failures = [];
  goneAt = 0;
  #before = null;

  constructor(info) {
    this.key = `${info.service} ${info.node}`;
    this.saw(info, performance.now());
  }

  saw(info, now) {
    const before = this.#before;
    if (before && now > before.now) {
      const seconds = (now - before.now) / 1000;
      this.rates.push(Math.max(0, info.handled - before.handled) / seconds);
      this.failures.push(Math.max(0, info.failed - before.failed) / seconds);
      if (this.rates.length > KEPT) {
        this.rates.shift();
        this.failures.shift();
      }
    }
    this.#before = { now, handled: info.handled, failed: info.failed };
    this.info = info;
    this.goneAt = 0;
  }

  gone(now) {
    this.goneAt ||= now;
  }

  get state() {
    return this.goneAt ? 'gone' : this.info.state;
  }

  get rate() {
    return this.goneAt ? 0 : this.rates.at(-1) ?? NaN;
  }

  /** The share of failures over what is kept; 0 while there is too little to say. */
  get failing() {
    const all = sum(this.rates) * (POLL_MS / 1000);
    return all < FEW_REQUESTS ? 0 : sum(this.failures) / sum(this.rates);
  }
}

const sum = (values) => values.reduce((total, value) => total + value, 0);

const LAMPS = { ready: 'done', starting: 'busy', draining: 'busy', gone: 'idle', stopped: 'idle' };

export default function overview(page) {
  const instances = new Map();
  const tasks = { started: [], failed: [] };
  let second = { started: 0, failed: 0 };
  let loaded = false;
  let error = null;

  async function poll() {
    try {
      const { items } = await json('/api/v1/services', { signal: page.signal, patience: 10000 });
      take(items);
      error = null;
    } catch (failure) {
      if (failure.status !== 0) error = failure;
    }
    page.update();
  }

  function take(items) {
    const now = performance.now();
    const live = new Set();
    for (const info of items) {
      const key = `${info.service} ${info.node}`;
      live.add(key);
      const known = instances.get(key);
      known ? known.saw(info, now) : instances.set(key, new Instance(info));
    }
    for (const [key, instance] of instances) {
      if (live.has(key)) continue;
      instance.gone(now);
      if (now - instance.goneAt > REMEMBERED_MS) instances.delete(key);
    }
    loaded = true;
  }

  /** Between two polls: an instance that appears is asked about, one that leaves is grey at once. */
  feed.on('services', ({ type, data }) => {
    if (type === 'services.left') {
      instances.get(`${data.service} ${data.node}`)?.gone(performance.now());
      page.update();
    } else {
      poll();
    }
  }, page.signal);

  feed.on('tasks', ({ type, data }) => {
    if (type === 'reset') return;
    for (const one of data.tasks) {
      second.started += one.started;
      second.failed += one.failed;
    }
  }, page.signal);

  page.every(POLL_MS, poll);
  let counted = performance.now();
  const clock = setInterval(() => {
    // A page that nobody looks at is called less often, and then hears of many seconds at once.
    const seconds = Math.max(1, Math.round((performance.now() - counted) / 1000));
    counted = performance.now();
    for (let i = 0; i < Math.min(seconds, KEPT); i++) {
      tasks.started.push(second.started / seconds);
      tasks.failed.push(second.failed / seconds);
    }
    tasks.started.splice(0, tasks.started.length - KEPT);
    tasks.failed.splice(0, tasks.failed.length - KEPT);
    second = { started: 0, failed: 0 };
    if (!document.hidden) page.update();
  }, 1000);
  page.signal.addEventListener('abort', () => clearInterval(clock));

  function byService() {
    const groups = new Map(Object.keys(KNOWN).map((name) => [name, []]));
    for (const instance of instances.values()) {
      const { service } = instance.info;
      if (!groups.has(service)) groups.set(service, []);
      groups.get(service).push(instance);
    }
    for (const group of groups.values()) group.sort((a, b) => a.info.since.localeCompare(b.info.since));
    return groups;
  }

  function problems(groups) {
    const found = [];
    for (const [service, group] of groups) {
      const ready = group.filter((one) => one.state === 'ready');
      const gone = group.filter((one) => one.state === 'gone');
      if (ready.length === 0) {
        const starting = group.some((one) => one.state === 'starting');
        found.push(starting
          ? { kind: 'busy', text: `${service} is starting. It will take work in a moment.` }
          : {
              kind: 'bad',
              text: `${KNOWN[service] ?? `What ${service} does is refused`}: no instance of ${service} is running.`,
              command: `./signalbox ${service} --cluster`,
            });
      } else if (gone.length) {
        found.push({
          kind: 'busy',
          text: `${plural(gone.length, 'instance')} of ${service} stopped. ${plural(ready.length, 'other')} `
            + `${ready.length === 1 ? 'takes' : 'take'} over the work.`,
        });
      }
      for (const one of ready) {
        if (one.failing > MANY_FAILURES) {
          found.push({
            kind: 'bad',
            text: `${service} fails ${Math.round(one.failing * 100)} % of its calls on ${one.info.host}. `
              + 'Its log says why: look for lines with ERROR or WARN.',
          });
        }
        if (one.info.p99_ms > SLOW_MS && !WAITING.has(service)) {
          found.push({
            kind: 'busy',
            text: `${service} is slow on ${one.info.host}: one call in a hundred takes more than ${ms(one.info.p99_ms)}. `
              + 'If this continues, start another replica.',
          });
        }
      }
    }
    return found;
  }

  function instanceRow(instance) {
    const { info, state } = instance;
    return html`<li class="instance ${state}">
      <div class="who"><i class="lamp ${LAMPS[state] ?? 'busy'}"></i><span class="node" title="Node ${info.node}">${info.host}</span>
        <span class="state">${state === 'gone' ? 'stopped' : state === 'ready' ? `for ${since(info.since)}` : state}</span></div>
      ${sparkline(instance.rates, { label: `${rate(instance.rate)} calls per second`, kind: instance.failing > MANY_FAILURES ? 'bad' : '' })}
      <dl class="figures">
        <div><dt>per second</dt><dd>${rate(instance.rate)}</dd></div>
        <div><dt>errors</dt><dd class=${instance.failing > MANY_FAILURES ? 'bad' : ''}>${count(info.failed)}</dd></div>
        <div><dt>p50</dt><dd>${ms(info.p50_ms)}</dd></div>
        <div><dt>p99</dt><dd>${ms(info.p99_ms)}</dd></div>
        <div><dt>in flight</dt><dd>${count(info.in_flight)}</dd></div>
      </dl>
    </li>`;
  }

  function card([service, group]) {
    const ready = group.filter((one) => one.state === 'ready').length;
    const lamp = ready === 0 ? (group.some((one) => one.state === 'starting') ? 'busy' : 'bad') : ready < group.length ? 'busy' : 'done';
    return html`<li class="station ${lamp}" data-service=${service}>
      <h3><i class="lamp ${lamp}"></i>${service}<span class="replicas">${ready === 1 ? '' : ready === 0 ? 'none' : `× ${ready}`}</span></h3>
      ${group.length
        ? html`<ul class="instances">${repeat(group, (one) => one.key, instanceRow)}</ul>`
        : html`<p class="note">Not running.</p>`}
    </li>`;
  }

  function summary(groups, found) {
    if (!loaded) return 'Loading …';
    const live = [...instances.values()].filter((one) => one.state === 'ready').length;
    const services = [...groups].filter(([, group]) => group.some((one) => one.state === 'ready')).length;
    const trouble = found.filter((one) => one.kind === 'bad').length;
    return `${plural(services, 'service')} in ${plural(live, 'instance')}. `
      + (trouble ? `${plural(trouble, 'problem')}.` : found.length ? 'Something is changing.' : 'Everything is fine.');
  }

  const strip = (values) => {
    const gateways = values.filter((one) => one.info.service === GATEWAY && one.state !== 'gone');
    const perSecond = sum(gateways.map((one) => one.rate || 0));
    const slowest = Math.max(...values.map((one) => one.info.p99_ms ?? -1));
    const inFlight = sum(values.filter((one) => one.state !== 'gone').map((one) => one.info.in_flight));
    const started = tasks.started.at(-1) ?? 0;
    const failed = Math.round(sum(tasks.failed));
    return html`<dl class="facts strip">
      <div><dt>Tasks per second</dt><dd>${rate(started)}</dd><dd>${sparkline(tasks.started, { label: 'Tasks of the last minute' })}</dd></div>
      <div><dt>Failed in the last minute</dt><dd class=${failed ? 'bad' : ''}>${count(failed)}</dd><dd>${sparkline(tasks.failed, { label: 'Failed tasks of the last minute', kind: 'bad' })}</dd></div>
      <div><dt>Calls in flight</dt><dd>${count(inFlight)}</dd></div>
      <div><dt>Slowest p99</dt><dd>${slowest < 0 ? '–' : ms(slowest)}</dd></div>
      ${perSecond > 0 ? html`<div><dt>Gateway calls per second</dt><dd>${rate(perSecond)}</dd></div>` : nothing}
    </dl>`;
  };

  return {
    title: 'Overview',
    render() {
      const groups = byService();
      const found = loaded ? problems(groups) : [];
      const gateways = [...groups].filter(([name]) => name === GATEWAY);
      const services = [...groups].filter(([name]) => name !== GATEWAY);
      return html`
        ${head('Overview', html`<span role="status">${summary(groups, found)}</span>`)}
        ${errorNote(error)}
        ${found.length ? html`<ul class="problems" aria-label="What to do">${found.map((one) => html`
          <li class=${one.kind}><i class="lamp ${one.kind}"></i><span>${one.text}
            ${one.command ? html`<code>${one.command}</code>` : nothing}</span></li>`)}</ul>` : nothing}
        ${strip([...instances.values()])}
        ${loaded ? html`<section class="network" aria-label="The cluster">
          <ul class="stations above">${repeat(gateways, ([name]) => name, card)}</ul>
          <div class="line" role="presentation"><span>event bus</span></div>
          <ul class="stations below">${repeat(services, ([name]) => name, card)}</ul>
        </section>` : nothing}`;
    },
  };
}
