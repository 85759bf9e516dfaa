// A list of tasks on its way: lines in, results as they come.

import { ApiError, call, lines } from './api.js';
import { asLine } from './task-share.js';
import { lead } from './task-schema.js';
import { fact, verdict } from './task-result.js';

/** More in a browser helps nobody: the program takes any number. */
export const MOST_LINES = 10000;

/** Whole results are kept up to this many characters; beyond, only what the table shows. */
const MOST_KEPT = 64 * 1024 * 1024;

/**
 * Reads a pasted list. A line that begins with a brace is a task as it is; any other is the main
 * parameter of the chosen type, with the other parameters of the form.
 */
export function parse(text, type, params) {
  const main = type ? lead(type.params_schema) : '';
  const found = { rows: [], written: 0, made: 0, bad: [], over: 0, main };
  text.split('\n').forEach((raw, i) => {
    const line = raw.trim();
    if (!line) return;
    if (found.rows.length >= MOST_LINES) {
      found.over++;
    } else if (line.startsWith('{')) {
      let task = null;
      try {
        task = JSON.parse(line);
      } catch {
        found.bad.push(`Line ${i + 1} is not JSON`);
        return;
      }
      found.written++;
      found.rows.push({ name: label(task), line: asLine(task) });
    } else if (main) {
      found.made++;
      found.rows.push({ name: line, line: asLine({ task_name: type.name, params: { ...params, [main]: line } }) });
    } else {
      found.bad.push(`Line ${i + 1} is not a task`);
    }
  });
  return found;
}

/** What a task is about, in a word or two. */
export function label({ task_name: name, params }) {
  const values = Object.values(params ?? {}).filter((one) => typeof one === 'string' || typeof one === 'number');
  return values.length ? String(values[0]) : String(name ?? 'a task');
}

/** One run of a list. Its rows stay in the order of the list; each has a status. */
export class TaskStream {
  #stop = new AbortController();
  #kept = 0;
  #began = performance.now();
  rows;
  /** Is called when something came. */
  changed;
  state = 'running';
  error = null;
  counts = { finished: 0, failed: 0, waiting: 0 };
  took = NaN;

  constructor(rows, changed) {
    this.rows = rows.map(({ name, line }) => ({ name, line, status: 'waiting', kind: '', fact: '', ms: NaN, answer: null, cut: false }));
    this.counts.waiting = rows.length;
    this.changed = changed;
  }

  get running() {
    return this.state === 'running';
  }

  /** Seconds since it began; what is shown while it runs. */
  get elapsed() {
    return this.running ? performance.now() - this.#began : this.took;
  }

  cancel() {
    this.#stop.abort();
  }

  /** Runs what has no result yet. */
  async run(concurrency) {
    const open = this.rows.filter((row) => row.answer === null && row.status !== 'finished' && row.status !== 'failed');
    this.#stop = new AbortController();
    this.#began = performance.now();
    this.state = 'running';
    this.error = null;
    for (const row of open) row.status = 'waiting';
    this.counts.waiting = open.length;
    this.changed();
    let summary = null;
    try {
      const response = await call(`/api/v1/tasks/stream?concurrency=${concurrency}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/x-ndjson', Accept: 'application/x-ndjson' },
        body: open.map((row) => row.line).join('\n'),
        patience: 0,
        signal: this.#stop.signal,
      });
      await lines(response, (line) => {
        const answer = JSON.parse(line);
        if (answer.summary) summary = answer.summary;
        else this.#take(open[answer.index], answer, line.length);
        this.changed();
      });
      if (!summary) throw new TypeError('cut');
      this.state = 'done';
    } catch (failure) {
      this.#broke(failure);
    }
    this.took = performance.now() - this.#began;
    this.changed();
  }

  #broke(failure) {
    const cancelled = this.#stop.signal.aborted;
    this.state = cancelled ? 'cancelled' : 'broken';
    this.error = cancelled ? null : failure instanceof ApiError ? failure
      : new ApiError(0, { detail: 'The connection to the gateway broke before all results were here.', retryable: true });
    for (const row of this.rows) if (row.status === 'waiting') row.status = cancelled ? 'cancelled' : 'no result';
  }

  #take(row, answer, size) {
    if (!row || row.status !== 'waiting') return;
    row.status = answer.status;
    [row.kind, row.said] = verdict(answer);
    row.fact = fact(answer);
    row.ms = answer.duration_ms;
    this.counts[answer.status === 'finished' ? 'finished' : 'failed']++;
    this.counts.waiting--;
    if (this.#kept + size > MOST_KEPT) {
      row.cut = true;
      return;
    }
    this.#kept += size;
    row.answer = answer;
  }

  /** What is kept, as NDJSON. */
  text() {
    return this.rows.filter((row) => row.answer).map((row) => JSON.stringify(row.answer)).join('\n');
  }
}
