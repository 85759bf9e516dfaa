'use strict';

// Who has done how much, and where you stand. Text from the server only ever becomes text. A key
// never becomes a part of an address, which logs and histories keep.
(() => {
  const SHOWN = 10;
  const LOOK_MS = 30000;
  const STORED = 'census-me';
  const KEY = /^[A-Za-z0-9_-]{43}$/;
  const byId = (id) => document.getElementById(id);
  const numbers = new Intl.NumberFormat('en');
  let me = null;

  const remembered = () => {
    try {
      return localStorage.getItem(STORED) || '';
    } catch {
      return ''; // storage is switched off
    }
  };

  const remember = (text) => {
    try {
      if (text) localStorage.setItem(STORED, text);
      else localStorage.removeItem(STORED);
    } catch {
      // then it is asked for again
    }
    byId('forget').hidden = !text;
  };

  async function json(path, headers) {
    const answer = await fetch(path, {
      headers: { Accept: 'application/json', ...headers },
      cache: 'no-store',
      signal: AbortSignal.timeout(15000),
    });
    if (answer.status === 404) return null;
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return answer.json();
  }

  function row(leader) {
    const line = document.createElement('tr');
    const cells = [
      leader.rank === null ? '–' : String(leader.rank),
      leader.team ? `${leader.name} (${leader.team})` : leader.name,
      numbers.format(leader.tasks),
      numbers.format(leader.addresses),
      numbers.format(leader.streak_days),
    ];
    cells.forEach((text, i) => {
      const cell = document.createElement(i === 1 ? 'th' : 'td');
      if (i === 1) cell.scope = 'row';
      cell.textContent = text;
      line.append(cell);
    });
    if (me && leader.name === me.name) {
      line.className = 'me';
      line.setAttribute('aria-current', 'true');
    }
    return line;
  }

  function tell(name) {
    byId('me-told').textContent = me
      ? `${me.name}: ${me.rank === null ? 'not on the list' : `place ${numbers.format(me.rank)}`}, `
        + `${numbers.format(me.tasks)} blocks, ${numbers.format(me.addresses)} addresses; `
        + `${numbers.format(me.agreed)} results confirmed, ${numbers.format(me.disagreed)} refuted.`
      : name ? 'No contributor on the list has that name or key.' : '';
  }

  async function refresh() {
    try {
      const text = remembered();
      const path = KEY.test(text) ? 'me' : encodeURIComponent(text);
      const headers = KEY.test(text) ? { 'Contributor-Key': text } : {};
      const [leaders, self] = await Promise.all([
        json(`/api/v1/census/contributors?limit=${SHOWN}`),
        text ? json(`/api/v1/census/contributors/${path}`, headers) : null,
      ]);
      me = self;
      const rows = leaders.items.map(row);
      if (me && !leaders.items.some((leader) => leader.name === me.name)) rows.push(row(me));
      byId('leader-rows').replaceChildren(...rows);
      byId('leaders').hidden = false;
      byId('no-leaders').hidden = rows.length > 0;
      document.querySelector('#leaders .scroll').hidden = rows.length === 0;
      tell(text);
    } catch {
      // What is shown stays; the next look comes soon.
    }
  }

  byId('me-form').addEventListener('submit', (event) => {
    event.preventDefault();
    remember(byId('me').value.trim());
    byId('me').value = '';
    refresh();
  });
  byId('forget').addEventListener('click', () => {
    remember('');
    refresh();
  });
  byId('forget').hidden = !remembered();
  setInterval(() => { if (!document.hidden) refresh(); }, LOOK_MS);
  document.addEventListener('visibilitychange', () => { if (!document.hidden) refresh(); });
  refresh();
})();
