// Parts of the tasks view that keep nothing: the list to paste, and what was run before.

import { html, nothing } from './lit/lit-html.js';
import { live } from './lit/directives/live.js';
import { count, plural, readable, since } from './format.js';
import { confirm } from './parts.js';
import { MOST_LINES, label } from './task-stream.js';

const MOST_AT_ONCE = 2000;

/** Where a list is pasted, and what it was read as. */
export function listInput(state, { main, bad, over, made, written }, name, changed) {
  const counted = [made && `${plural(made, 'line')} of ${main}`, written && `${plural(written, 'task')} as written`].filter(Boolean).join(', ');
  const write = (event) => {
    state.list = event.currentTarget.value;
    changed();
  };
  const limit = (event) => {
    state.concurrency = Math.min(MOST_AT_ONCE, Math.max(1, Math.round(Number(event.currentTarget.value)) || 1));
    changed();
  };
  return html`<div class="field"><label for="list">Tasks, one per line</label>
      <span class="hint" id="list-hint">${main ? html`Each line is a <code>${main}</code> for ${name}, with the other parameters below. A line` : 'A line'}
        that begins with { is a whole task: {"task_name": …, "params": {…}}</span>
      <textarea id="list" rows="8" spellcheck="false" aria-describedby="list-hint list-count" .value=${live(state.list)} @input=${write}></textarea>
      <span class="hint" id="list-count">${counted || 'Nothing to run yet.'}</span>
      ${bad.length ? html`<span class="wrong">${plural(bad.length, 'line')} will be left out. ${bad[0]}.</span>` : nothing}
      ${over ? html`<span class="wrong">A list here takes ${count(MOST_LINES)} lines; the last ${count(over)} will be left out. <code>./signalbox run</code> takes any number.</span>` : nothing}</div>
    <div class="field narrow"><label for="concurrency">At the same time</label>
      <input id="concurrency" type="number" min="1" max=${MOST_AT_ONCE} .value=${live(String(state.concurrency))} @change=${limit}></div>`;
}

/** What this browser ran before. */
export function historyPanel(history, restore, forget) {
  if (!history.length) return nothing;
  const clear = async () => {
    if (await confirm('Clear the history?', 'The list of tasks that this browser ran is removed. Nothing else changes.', 'Clear')) forget();
  };
  return html`<details class="panel past"><summary>Earlier tasks <span class="count">${history.length}</span></summary>
    <p class="note">Kept in this browser only. Click one to fill in the form; nothing runs by itself. Tokens and passwords are not kept.</p>
    <ul>${history.map(({ at, task }) => html`<li><button type="button" class="quiet" @click=${() => restore(task)}>
      <strong>${readable(task.task_name)}</strong> <bdi>${readable(label(task).slice(0, 120), true)}</bdi> <span class="note">${since(at)} ago</span></button></li>`)}</ul>
    <p class="actions"><button type="button" class="small" @click=${clear}>Clear history</button></p></details>`;
}
