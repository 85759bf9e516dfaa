'use strict';

// Buttons act without leaving the page; without this file each is a plain form that shows the
// service's JSON. What the service says only ever becomes text.
(() => {
  const WORKING = 'The task is working';
  const STATUS = ['available', 'in progress', 'done', 'error'];
  const said = document.getElementById('said');
  const ask = document.getElementById('ask');

  function say(text, bad) {
    said.classList.toggle('bad', Boolean(bad));
    said.textContent = text;
  }

  function askFirst(title, text, yes) {
    document.getElementById('ask-title').textContent = title;
    document.getElementById('ask-text').textContent = text;
    document.getElementById('ask-yes').textContent = yes;
    ask.returnValue = 'no';
    ask.showModal();
    return new Promise((resolve) => {
      ask.addEventListener('close', () => resolve(ask.returnValue === 'yes'), { once: true });
    });
  }

  async function call(form, more) {
    const query = new URLSearchParams(new FormData(form));
    for (const [name, value] of Object.entries(more)) query.set(name, value);
    const answer = await fetch(`${form.getAttribute('action')}?${query}`, {
      headers: { Accept: 'application/json' },
      cache: 'no-store',
      signal: AbortSignal.timeout(15000),
    });
    const body = await answer.json().catch(() => ({}));
    if (answer.ok && body.success === true) return null;
    if (answer.status === 401 || answer.status === 403) return 'You need the role admin for this.';
    return typeof body.error === 'string' ? body.error : `The service answered ${answer.status}.`;
  }

  function rowsOf(task) {
    return document.querySelectorAll(`tr[data-task="${Number(task)}"]`);
  }

  function show(task, code) {
    for (const row of rowsOf(task)) {
      const status = row.querySelector('.status');
      status.className = `status s${code}`;
      status.textContent = STATUS[code];
    }
  }

  function remove(rows) {
    for (const row of rows) row.remove();
    if (!document.querySelector('tbody tr')) {
      document.getElementById('list').hidden = true;
      document.getElementById('none').hidden = false;
      const clear = document.querySelector('[data-act="clear-all"]');
      clear.hidden = true;
    }
  }

  async function revise(form, task, code) {
    let error = await call(form, {});
    if (error === WORKING) {
      const sure = await askFirst(
        `Task ${task} is being worked on`,
        'The worker that holds it can then no longer submit a result.',
        'Do it anyway');
      if (!sure) return;
      error = await call(form, { force: '1' });
    }
    if (error) {
      say(`Task ${task}: ${error}`, true);
      return;
    }
    show(task, code);
    say(code === 0 ? `Task ${task} is available again.` : `Task ${task} is marked done.`);
  }

  async function act(form) {
    const task = form.elements.id.value;
    switch (form.dataset.act) {
      case 'retry':
        return revise(form, task, 0);
      case 'done':
        return revise(form, task, 2);
      case 'clear': {
        const error = await call(form, {});
        if (error) return say(`Task ${task}: ${error}`, true);
        remove(rowsOf(task));
        return say(`The errors of task ${task} are cleared. Its status is as it was.`);
      }
      default: {
        const sure = await askFirst(
          'Clear the whole list?', 'Tasks keep their status; only the list is emptied.', 'Clear it');
        if (!sure) return undefined;
        const error = await call(form, {});
        if (error) return say(error, true);
        remove(document.querySelectorAll('tbody tr'));
        return say('The list is cleared.');
      }
    }
  }

  document.addEventListener('submit', async (event) => {
    const form = event.target;
    if (!form.dataset.act) return;
    event.preventDefault();
    const buttons = form.closest('tr')?.querySelectorAll('button') ?? form.querySelectorAll('button');
    for (const button of buttons) button.disabled = true;
    try {
      await act(form);
    } catch {
      say('No answer from the service. Please try again.', true);
    } finally {
      for (const button of buttons) button.disabled = false;
    }
  });
})();
