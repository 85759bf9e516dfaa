'use strict';

// Keeps the figures of the page fresh from /get_progress, and from /api/v1/census/progress where the
// former does not tell. Values only ever become text or numbers, never markup.
(() => {
  const USUAL_MS = 5000;
  const LONGEST_MS = 60000;
  const MANY = 2000;
  const SHOWN = 24;
  const BLOCKS = 65536;

  const byId = (id) => document.getElementById(id);
  const numbers = new Intl.NumberFormat('en');
  let wait = USUAL_MS;
  let timer = 0;

  for (const place of document.querySelectorAll('[data-origin]')) {
    place.textContent = location.origin;
  }

  // On a narrow screen the line of views is longer than the screen.
  document.querySelector('#shell [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });

  const put = (id, text) => {
    const place = byId(id);
    if (place.textContent !== text) {
      place.textContent = text;
    }
  };

  const count = (value) => (Number.isFinite(value) ? numbers.format(value) : '–');

  const duration = (seconds) => {
    if (!Number.isFinite(seconds)) return '–';
    if (seconds <= 0) return 'done';
    const units = [['year', 31557600], ['day', 86400], ['hour', 3600], ['minute', 60]];
    for (const [name, size] of units) {
      if (seconds >= size) {
        const amount = Math.round(seconds / size);
        return `${numbers.format(amount)} ${name}${amount === 1 ? '' : 's'}`;
      }
    }
    return 'under a minute';
  };

  const network = (index) =>
    index < BLOCKS ? `${Math.floor(index / 256)}.${index % 256}.0.0/16` : `task ${index}`;

  // A share too small to be seen is still there.
  const share = (part, total) => (part > 0 && total > 0 ? Math.max(0.4, (part / total) * 100) : 0);

  function draw(progress, more) {
    const total = progress.total_tasks;
    const done = progress.done_tasks;
    const indices = Object.keys(progress.pending).map(Number).sort((a, b) => a - b);
    const busy = indices.length;
    const bad = more ? more.error_tasks : NaN;
    const percent = progress.progress.toFixed(4);

    put('percent', percent);
    put('done', count(done));
    put('busy', count(busy));
    put('pending', count(busy));
    put('total', count(total));
    put('errors', count(progress.errors.length));
    if (more) {
      put('bad', count(bad));
      put('idle', count(more.available_tasks));
      put('answered', count(more.answered_addresses));
      put('minute', count(more.done_last_minute));
      put('hour', count(more.done_last_hour));
      put('left', duration(total === 0 || more.eta_s === null ? NaN : more.eta_s));
    }

    const track = byId('track');
    track.setAttribute('aria-valuenow', percent);
    track.setAttribute(
      'aria-valuetext', `${percent} percent: ${count(done)} of ${count(total)} blocks done`);
    const widths = [['.done', share(done, total)], ['.busy', share(busy, total)]];
    if (more) widths.push(['.bad', share(bad, total)]);
    let x = 0;
    for (const [part, width] of widths) {
      const bar = track.querySelector(part);
      bar.setAttribute('x', `${x}%`);
      bar.setAttribute('width', `${width}%`);
      x += width;
    }

    byId('soon').hidden = total > 0;
    byId('nobody').hidden = busy > 0;
    const chips = indices.slice(0, SHOWN).map((index) => {
      const chip = document.createElement('li');
      chip.textContent = network(index);
      return chip;
    });
    if (busy > SHOWN) {
      const rest = document.createElement('li');
      rest.className = 'more';
      rest.textContent = `and ${count(busy - SHOWN)} more`;
      chips.push(rest);
    }
    byId('chips').replaceChildren(...chips);
  }

  async function json(path) {
    const answer = await fetch(path, {
      headers: { Accept: 'application/json' },
      cache: 'no-store',
      signal: AbortSignal.timeout(15000),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return answer.json();
  }

  function say(state, text) {
    const pulse = byId('pulse');
    pulse.dataset.state = state;
    pulse.textContent = text;
  }

  async function refresh() {
    clearTimeout(timer);
    try {
      const [progress, more] = await Promise.all([
        json('/get_progress'),
        json('/api/v1/census/progress').catch(() => null),
      ]);
      draw(progress, more);
      say('live', 'live');
      // With very many errors and pending tasks an answer is large: ask less often.
      const items = progress.errors.length + Object.keys(progress.pending).length;
      wait = items > MANY ? USUAL_MS * 3 : USUAL_MS;
    } catch {
      wait = Math.min(wait * 2, LONGEST_MS);
      say('lost', `no connection, trying again in ${Math.round(wait / 1000)} s`);
    }
    if (!document.hidden) timer = setTimeout(refresh, wait);
  }

  // A hidden page sends no requests.
  document.addEventListener('visibilitychange', () => {
    clearTimeout(timer);
    if (!document.hidden) refresh();
  });
  window.addEventListener('online', refresh);

  if (navigator.clipboard) {
    for (const block of document.querySelectorAll('.code')) {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = 'Copy';
      button.addEventListener('click', async () => {
        try {
          await navigator.clipboard.writeText(block.querySelector('code').textContent);
          button.textContent = 'Copied';
        } catch {
          button.textContent = 'Not allowed';
        }
        setTimeout(() => { button.textContent = 'Copy'; }, 1500);
      });
      block.append(button);
    }
  }

  refresh();
})();
