// Routes in a form, with their JSON beside it; either can be changed.

import { html, nothing } from './lit/lit-html.js';
import { live } from './lit/directives/live.js';
import { repeat } from './lit/directives/repeat.js';
import { plural } from './format.js';
import { matchFields, text } from './routes-fields.js';
import { label, order, pathKind } from './routes-match.js';
import { responseFields, summary } from './routes-response.js';

const SHOWN = 30;
const ordinal = new Intl.PluralRules('en', { type: 'ordinal' });
const ENDS = { one: 'st', two: 'nd', few: 'rd', other: 'th' };

/** Puts the focus on an element once what changed is drawn. */
const focusLater = (id) => setTimeout(() => document.getElementById(id)?.focus());

const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);

/** Which requests a route is for, in a line. */
export function asked(route) {
  const match = route?.match ?? {};
  const kind = pathKind(match);
  const methods = [match.method ?? []].flat().join(', ') || 'any';
  return { methods, path: kind ? (kind === 'path_prefix' ? `${match[kind]}…` : String(match[kind])) : 'any path' };
}

export function routesEditor(page, onChange = () => {}) {
  let routes = [];
  let json = '';
  let problem = '';
  let shown = SHOWN;
  let open = null;
  let problems = [];
  let keys = new WeakMap();
  let next = 0;
  const keyOf = (route) => {
    if (!keys.has(route)) keys.set(route, ++next);
    return keys.get(route);
  };

  function take(value) {
    routes = value;
    problem = '';
  }

  /** The form changed. */
  function changed() {
    json = JSON.stringify(routes, null, 2);
    problem = '';
    onChange();
    page.update();
  }

  function typed(event) {
    json = event.target.value;
    try {
      const value = JSON.parse(json);
      if (!Array.isArray(value) || !value.every(isObject)) throw new Error('it must be an array of routes, each an object');
      const odd = value.findIndex((one) => ![one.match ?? {}, one.response ?? {}, ...[one.responses ?? []].flat()].every(isObject));
      if (odd >= 0) throw new Error(`match and responses of route ${odd} must be objects`);
      const at = routes.indexOf(open);
      take(value);
      open = value[at] ?? null;
    } catch (failure) {
      problem = failure.message;
    }
    onChange();
    page.update();
  }

  const move = (i, by) => {
    const [one] = routes.splice(i, 1);
    routes.splice(i + by, 0, one);
    changed();
    // An element that is moved loses the focus, and so does a button that is disabled at the end.
    const wanted = i + by === 0 ? 'down' : i + by === routes.length - 1 ? 'up' : by < 0 ? 'up' : 'down';
    focusLater(`route-${keyOf(one)}-${wanted}`);
  };
  const remove = (i) => {
    routes.splice(i, 1);
    changed();
    focusLater('add-route');
  };
  const copy = (i) => {
    const one = structuredClone(routes[i]);
    delete one.name;
    routes.splice(i + 1, 0, one);
    open = one;
    changed();
  };
  const add = () => {
    const one = { match: { method: 'GET', path: '/' }, response: { status: 200, body: 'Hello' } };
    routes.push(one);
    open = one;
    shown = Math.max(shown, routes.length);
    changed();
  };

  function row(route, i, turn) {
    const { methods, path } = asked(route);
    const name = label(route, i);
    const wrong = problems.filter((one) => one.pointer?.startsWith(`/routes/${i}/`));
    const isOpen = open === route;
    const toggle = () => {
      open = isOpen ? null : route;
      page.update();
    };
    return html`<li class="route ${wrong.length ? 'bad' : ''}">
      <div class="bar">
        <button type="button" class="quiet what" aria-expanded=${isOpen} @click=${toggle}>
          <span class="tag">${methods}</span> <bdi class="path">${path}</bdi> <span class="then">${summary(route)}</span></button>
        <span class="turn" title="Routes are tried in the order of their priority, then the more specific path first">tried ${turn}${ENDS[ordinal.select(turn)]}</span>
        <span class="tools">
          <button type="button" class="small" id="route-${keyOf(route)}-up" aria-label="Move route ${name} up" ?disabled=${i === 0} @click=${() => move(i, -1)}>↑</button>
          <button type="button" class="small" id="route-${keyOf(route)}-down" aria-label="Move route ${name} down" ?disabled=${i === routes.length - 1} @click=${() => move(i, 1)}>↓</button>
          <button type="button" class="small" aria-label="Copy route ${name}" @click=${() => copy(i)}>Copy</button>
          <button type="button" class="small" aria-label="Remove route ${name}" @click=${() => remove(i)}>Remove</button></span>
      </div>
      ${wrong.length ? html`<ul class="wrong">${wrong.map((one) => html`<li><code>${one.pointer.slice(`/routes/${i}`.length)}</code> ${one.message}</li>`)}</ul>` : nothing}
      ${isOpen ? html`<div class="inside">${matchFields(route, changed)}${responseFields(route, changed)}
        <div class="fields">${text(route, 'name', 'Name', changed, { placeholder: String(i) })}
          ${text(route, 'priority', 'Priority', changed, { number: true, placeholder: '5', hint: 'lower comes first' })}</div>
        ${route.scenario ? html`<p class="note">Scenario in the JSON: ${JSON.stringify(route.scenario)}</p>` : nothing}</div>` : nothing}
    </li>`;
  }

  return {
    get routes() { return routes; },
    get problem() { return problem; },
    /** Other routes; the form and the JSON begin anew. */
    set(value) {
      take(structuredClone(value));
      keys = new WeakMap();
      shown = SHOWN;
      open = routes.length === 1 ? routes[0] : null;
      problems = [];
      changed();
    },
    /** Shows what the API says of fields where they are. */
    mark(found) {
      problems = found;
      const first = found.map((one) => /^\/routes\/(\d+)\//.exec(one.pointer ?? '')).find(Boolean);
      if (first) open = routes[Number(first[1])] ?? open;
      page.update();
    },
    render() {
      const turns = new Map(order(routes).map(([number], turn) => [number, turn + 1]));
      return html`<div class="editor">
        <section aria-labelledby="routes-title">
          <div class="headline"><h3 id="routes-title">${plural(routes.length, 'route')}</h3>
            <button type="button" id="add-route" ?disabled=${Boolean(problem)} @click=${add}>Add a route</button></div>
          <fieldset class="bare" ?disabled=${Boolean(problem)}><legend class="unseen">Routes</legend>
            ${routes.length ? html`<ol class="routes">${repeat(routes.slice(0, shown), keyOf, (route, i) => row(route, i, turns.get(i)))}</ol>`
              : html`<p class="note">No routes yet: every request gets 404 Not Found.</p>`}
            ${routes.length > shown ? html`<button type="button" @click=${() => { shown += 100; page.update(); }}>Show more of the ${plural(routes.length - shown, 'other route')}</button>` : nothing}
          </fieldset>
        </section>
        <section>
          <h3><label for="routes-json">The same as JSON</label></h3>
          <textarea id="routes-json" class="json" spellcheck="false" aria-describedby="routes-json-problem" .value=${live(json)} @input=${typed}></textarea>
          <p class="problem" id="routes-json-problem" role="status">${problem ? `Not used: ${problem}` : ''}</p>
        </section>
      </div>`;
    },
  };
}
