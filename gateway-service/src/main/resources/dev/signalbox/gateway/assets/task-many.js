// The table of a list of tasks: a page of it is drawn at a time, so that 10,000 rows cost no more than 100.

import { html, nothing, render } from './lit/lit-html.js';
import { repeat } from './lit/directives/repeat.js';
import { count, ms, plural, readable } from './format.js';
import { copyButton, errorNote } from './parts.js';
import { TaskResult } from './task-result.js';

const ROWS = 100;

/** Of a name in a row; its result shows all of it. */
const LONGEST = 90;
const FILTERS = [['', 'All'], ['finished', 'Finished'], ['failed', 'Failed'], ['waiting', 'Without result']];

export class TaskTable {
  #stream;
  #update;
  #filter = '';
  #find = '';
  #page = 0;

  constructor(stream, update) {
    this.#stream = stream;
    this.#update = update;
  }

  #change(change) {
    change();
    this.#page = 0;
    this.#update();
  }

  #rows() {
    const find = this.#find.toLowerCase();
    const is = (row) => (this.#filter === 'waiting' ? row.status !== 'finished' && row.status !== 'failed' : !this.#filter || row.status === this.#filter);
    if (!find && !this.#filter) return this.#stream.rows;
    return this.#stream.rows.filter((row) => is(row) && (!find || row.name.toLowerCase().includes(find) || row.fact.toLowerCase().includes(find)));
  }

  render(again) {
    const stream = this.#stream;
    const rows = this.#rows();
    const pages = Math.max(1, Math.ceil(rows.length / ROWS));
    const page = Math.min(this.#page, pages - 1);
    const first = page * ROWS;
    return html`<section class="panel many" aria-labelledby="many">
      <div class="headline"><h2 id="many" tabindex="-1">Results</h2>${this.#progress()}</div>
      ${errorNote(stream.error)}
      ${stream.state === 'broken' ? html`<p class="note">A task without a result may have run anyway.</p>` : nothing}
      <div class="actions">
        ${stream.running ? html`<button type="button" class="danger" @click=${() => stream.cancel()}>Cancel</button>`
          : stream.counts.waiting ? html`<button type="button" class="primary" @click=${again}>Run the remaining ${count(stream.counts.waiting)}</button>` : nothing}
        <span class="switch" role="group" aria-label="Which rows">${FILTERS.map(([key, name]) => html`
          <button type="button" class="small" aria-pressed=${this.#filter === key ? 'true' : 'false'} @click=${() => this.#change(() => { this.#filter = key; })}>${name}</button>`)}</span>
        <input type="search" class="search" aria-label="Find in the results" placeholder="Find" .value=${this.#find} @input=${(event) => this.#change(() => { this.#find = event.target.value; })}>
        ${copyButton('Copy results', () => stream.text())}
        <button type="button" class="small" @click=${() => save(stream.text())}>Save as NDJSON</button>
      </div>
      <div class="scroll"><table class="answers"><thead><tr><th scope="col">Task</th><th scope="col">Status</th><th scope="col">Result</th><th scope="col" class="number">Duration</th></tr></thead>
        <tbody>${repeat(rows.slice(first, first + ROWS), (row) => row, (row) => this.#row(row))}</tbody></table></div>
      ${rows.length ? nothing : html`<p class="note">No rows match.</p>`}
      ${pages > 1 ? html`<div class="actions turn"><button type="button" ?disabled=${page === 0} @click=${() => this.#turn(page - 1)}>Back</button>
        <span>${count(first + 1)} to ${count(Math.min(rows.length, first + ROWS))} of ${count(rows.length)}</span>
        <button type="button" ?disabled=${page + 1 >= pages} @click=${() => this.#turn(page + 1)}>Next</button></div>` : nothing}
    </section>`;
  }

  #turn(page) {
    this.#page = page;
    this.#update();
    setTimeout(() => document.getElementById('many')?.scrollIntoView({ block: 'start' }));
  }

  #progress() {
    const { counts, rows, state } = this.#stream;
    const share = (amount) => (rows.length ? (amount / rows.length) * 100 : 0);
    const ends = { done: 'Done', cancelled: 'Cancelled', broken: 'Interrupted' }[state];
    const left = counts.waiting ? `, ${count(counts.waiting)} ${state === 'running' ? 'to come' : 'without result'}` : '';
    const text = `${count(counts.finished)} finished, ${count(counts.failed)} failed${left}`;
    return html`<p class="pulse"><span>${text} · ${ms(this.#stream.elapsed)}</span></p>
      <p class="unseen" role="status">${ends ? `${ends}: ${text}.` : `Running ${plural(rows.length, 'task')} …`}</p>
      <svg class="track" aria-hidden="true" width="100%" height="8"><rect class="done" height="8" width="${share(counts.finished)}%"></rect>
        <rect class="bad" height="8" x="${share(counts.finished)}%" width="${share(counts.failed)}%"></rect></svg>`;
  }

  #row(row) {
    return html`<tr><td><button type="button" class="open" ?disabled=${!row.answer} @click=${(event) => open(row, event.currentTarget)}><bdi>${readable(row.name.length > LONGEST ? `${row.name.slice(0, LONGEST)} …` : row.name, true)}</bdi></button></td>
      <td><span class="tag ${row.kind}">${row.said ?? row.status}</span></td>
      <td class="fact"><bdi>${readable(row.fact, true)}</bdi>${row.cut ? html`<span class="note"> The full result was too large to keep.</span>` : nothing}</td>
      <td class="number">${ms(row.ms)}</td></tr>`;
  }
}

/** The whole result of a row, above the page; closing it leads back to the row. */
function open(row, button) {
  const dialog = document.createElement('dialog');
  dialog.className = 'whole';
  dialog.setAttribute('aria-labelledby', 'result');
  const draw = () => render(html`<form method="dialog"><button class="small close">Close</button></form>${result.render(readable(row.name.slice(0, 2000), true))}`, dialog);
  const result = new TaskResult(row.answer, draw);
  draw();
  const leave = () => dialog.close();
  window.addEventListener('popstate', leave);
  dialog.addEventListener('click', (event) => event.target === dialog && leave());
  dialog.addEventListener('close', () => {
    window.removeEventListener('popstate', leave);
    dialog.remove();
    button.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
}

function save(text) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([`${text}\n`], { type: 'application/x-ndjson' }));
  link.download = 'results.ndjson';
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
