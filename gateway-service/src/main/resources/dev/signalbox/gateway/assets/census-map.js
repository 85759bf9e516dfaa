'use strict';

// The map of the census: tiles along a Hilbert curve, with a cell cursor for pointer and keyboard.
// Without this script the page shows no map. Text from the server only ever becomes text.
(() => {
  const SIDE = 256; // units of the map along a side: a pixel at zoom 0, a /16
  const NATIVE = 8;
  const POLL_MS = 5000;
  const SETTLE_MS = 1200;
  const AGAIN_MS = 30000;
  const ALL = -1;
  const SELDOM_MS = 20000;
  const TELL_MS = 150;
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const byId = (id) => document.getElementById(id);
  const told = byId('told');

  // The same curve as in ping-coordinator: place of a cell, and cell of a place.
  function place(order, column, row) {
    let x = column;
    let y = row;
    let result = 0;
    for (let bit = order - 1; bit >= 0; bit--) {
      const right = (x >> bit) & 1;
      const down = (y >> bit) & 1;
      result = result * 4 + ((3 * right) ^ down);
      if (!down) [x, y] = right ? [~y, ~x] : [y, x];
    }
    return result;
  }

  function cell(order, at) {
    let x = 0;
    let y = 0;
    let rest = at;
    for (let bit = 0; bit < order; bit++) {
      const digit = rest % 4;
      rest = Math.floor(rest / 4);
      const right = digit >> 1;
      const down = (digit ^ right) & 1;
      const last = 2 ** bit - 1;
      if (!down) [x, y] = right ? [last - y, last - x] : [y, x];
      x += right * 2 ** bit;
      y += down * 2 ** bit;
    }
    return [x, y];
  }

  const dotted = (address) =>
    [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');

  function parse(text) {
    const parts = text.trim().split('.');
    if (parts.length !== 4 || parts.some((part) => !/^\d{1,3}$/.test(part) || part > 255)) return null;
    return parts.reduce((sum, part) => sum * 256 + Number(part), 0);
  }

  byId('map-panel').hidden = false;
  const crs = L.extend({}, L.CRS.Simple, { transformation: new L.Transformation(1, 0, 1, 0) });
  const bounds = L.latLngBounds([0, 0], [SIDE, SIDE]);
  const map = L.map('map', {
    crs, minZoom: 0, maxZoom: 12, zoomSnap: 0.25, maxBounds: bounds.pad(0.25), keyboard: false,
    zoomControl: false, zoomAnimation: !calm, fadeAnimation: !calm, markerZoomAnimation: !calm, inertia: !calm,
  });

  map.attributionControl.setPrefix('Leaflet');
  L.control.zoom({ position: 'topright' }).addTo(map); // over multicast, of which there is nothing to see

  async function load(canvas) {
    const { z, x, y } = canvas.tile;
    const theme = dark.matches ? 'dark' : 'light';
    const answer = await fetch(`/api/v1/census/map/${z}/${x}/${y}.png?theme=${theme}`, {
      cache: 'no-cache', // asks with the ETag of the tile that the browser has
      signal: AbortSignal.timeout(15000),
    });
    if (!answer.ok) throw new Error(`tile: ${answer.status}`);
    const etag = theme + answer.headers.get('ETag');
    if (etag === canvas.dataset.etag) return;
    const image = await createImageBitmap(await answer.blob());
    canvas.getContext('2d').drawImage(image, 0, 0);
    canvas.dataset.etag = etag;
    canvas.classList.add('leaflet-tile-loaded'); // Leaflet hides a tile whose first load failed
  }

  const Tiles = L.GridLayer.extend({
    createTile(coords, done) {
      const canvas = document.createElement('canvas');
      canvas.width = SIDE;
      canvas.height = SIDE;
      canvas.tile = coords;
      load(canvas).then(() => done(null, canvas), (e) => done(e, canvas));
      return canvas;
    },
  });
  const tiles = new Tiles({ tileSize: SIDE, maxNativeZoom: NATIVE, bounds, noWrap: true });
  tiles.addTo(map);

  /** Loads the tiles that show one of the blocks, of which some may be as they were; all without. */
  function refresh(blocks) {
    for (const { el } of Object.values(tiles._tiles)) {
      const { z, x, y } = el.tile;
      const size = 4 ** (8 - z);
      const at = place(z, x, y);
      if (!blocks || blocks.some((block) => Math.floor(block / size) === at)) {
        load(el).catch(() => {}); // the next look comes soon
      }
    }
  }

  // The grid of the /8s, and names as text over the tiles: as many as there is room for.
  const names = L.layerGroup().addTo(map);
  const grid = L.layerGroup().addTo(map);
  const line = { color: dark.matches ? '#e9ebea' : '#1c2126', weight: 1, opacity: 0.25, interactive: false };
  for (let i = 1; i < 16; i++) {
    const at = (i * SIDE) / 16;
    L.polyline([[at, 0], [at, SIDE]], line).addTo(grid);
    L.polyline([[0, at], [SIDE, at]], line).addTo(grid);
  }
  const OCTET = 16; // units of the map along the side of a /8
  const LETTER = 6.3; // pixels of a letter of a name, about
  const UNITS = 16; // /24s of a label's rectangle in a unit of the map
  let labels = [];

  function writeName(label, lines, width, height) {
    const text = document.createElement('span');
    for (const [className, words] of lines) {
      const part = document.createElement('span');
      part.className = className;
      part.textContent = words;
      text.append(part);
    }
    const icon = L.divIcon({ className: 'name', html: text, iconSize: [width, height] });
    const at = [(label.y + label.height / 2) / UNITS, (label.x + label.width / 2) / UNITS];
    L.marker(at, { icon, interactive: false, keyboard: false }).addTo(names);
  }

  function showNames() {
    names.clearLayers();
    const scale = 2 ** map.getZoom();
    const side = OCTET * scale;
    const large = labels.filter(({ special, width }) => special && width > OCTET * UNITS);
    const within = (inner, outer) => inner.x >= outer.x && inner.x < outer.x + outer.width
      && inner.y >= outer.y && inner.y < outer.y + outer.height;
    const together = side < 130;
    for (const label of labels) {
      const width = (label.width / UNITS) * scale;
      const height = (label.height / UNITS) * scale;
      const octet = label.network.split('.', 1)[0];
      if (label.width > OCTET * UNITS) {
        const lines = [['holder', label.name], ['number', label.network]];
        if (together && width >= 90) writeName(label, lines, width, height);
      } else if (label.width === OCTET * UNITS) {
        // A /8 that is special-purpose is in the list twice.
        if (label.seen || (together && large.some((one) => within(label, one)))) continue;
        if (side >= 46 && side < 700) {
          const lines = [['number', octet], ['holder', label.name]];
          const fits = label.name.split(' ').every((word) => word.length * LETTER <= side);
          writeName(label, lines.slice(0, fits ? 2 : 1), width, height);
        } else if (side >= 27 ? side < 46 : Number(octet) % 4 === 0) {
          writeName(label, [['number', octet]], Math.max(27, width), height);
        }
      } else if (width >= 64 && height >= 24 && width < 1500) {
        writeName(label, [['holder', label.name], ['number', label.network]], width, height);
      }
    }
  }

  async function loadNames() {
    const answer = await fetch('/api/v1/census/map/labels', { cache: 'no-cache', signal: AbortSignal.timeout(15000) });
    if (!answer.ok) return;
    const octets = new Set();
    labels = (await answer.json()).items;
    for (const label of labels) {
      label.seen = octets.has(label.network);
      octets.add(label.network);
    }
    showNames();
  }

  map.on('zoomend', showNames);
  loadNames().catch(() => {}); // the map is of use without names

  // The cell under the pointer or the cursor: a /10 when far away, an address when near. What is
  // known of it is said beside the pointer, and in the status line for the keyboard.
  let cursor = null;
  let frame = null;
  let timer = 0;
  let pointer = null;
  const known = new Map();
  const tip = byId('tip');
  const order = () => Math.min(16, 5 + Math.max(0, Math.round(map.getZoom())));
  const count = (value) => value.toLocaleString('en');

  function select(column, row, cells) {
    const last = 2 ** cells - 1;
    cursor = {
      order: cells,
      column: Math.min(last, Math.max(0, column)),
      row: Math.min(last, Math.max(0, row)),
    };
    const size = SIDE / 2 ** cells;
    const box = [[cursor.row * size, cursor.column * size], [(cursor.row + 1) * size, (cursor.column + 1) * size]];
    if (frame) frame.setBounds(box);
    else frame = L.rectangle(box, { color: dark.matches ? '#86b3ff' : '#1d5fd1', weight: 2, fill: false, interactive: false }).addTo(map);
    clearTimeout(timer);
    timer = setTimeout(tell, TELL_MS);
  }

  async function lookUp(first, bits) {
    const path = `/api/v1/census/addresses/${dotted(first)}/${bits}`;
    if (!known.has(path)) {
      const answer = await fetch(path, { signal: AbortSignal.timeout(15000) });
      if (!answer.ok) throw new Error(String(answer.status));
      known.set(path, await answer.json());
      setTimeout(() => known.delete(path), POLL_MS);
    }
    return known.get(path);
  }

  function state({ tasks, task, exclusion, done_tasks: done }) {
    if (exclusion === 'opt-out') return 'left out because its owner asked';
    if (task) {
      const share = task.status === 'in_progress' && task.share ? `, ${Math.round(task.share * 100)} % pinged` : '';
      return { available: 'waiting', in_progress: 'in progress', done: 'done', error: 'failed' }[task.status] + share;
    }
    return tasks > 0 ? `${count(done)} of ${count(tasks)} blocks done` : 'not in the census';
  }

  /** What is known of a network, a line each. */
  function lines(found, bits) {
    const text = [state(found)];
    const latest = found.rounds[0];
    if (latest && latest.pinged > 0 && found.done_tasks > 0) {
      text.push(bits === 32
        ? (latest.answered ? `answered${latest.rtt_ms === null ? '' : ` after ${latest.rtt_ms} ms`}` : 'did not answer')
        : `${count(latest.answered)} of ${count(latest.pinged)} answered (${((latest.answered / latest.pinged) * 100).toFixed(2)}\u00a0%)`);
      text.push(new Date(latest.pinged_at).toLocaleString('en', { dateStyle: 'medium', timeStyle: 'short' }));
    }
    if (found.task && found.task.contributor) text.push(`by ${found.task.contributor}`);
    return text;
  }

  function say(network, name, text) {
    if (!pointer) {
      told.textContent = `${network}${name ? `, ${name}` : ''}: ${text.join(', ')}`;
      return;
    }
    const head = document.createElement('strong');
    head.textContent = network;
    const rows = [name, ...text].filter(Boolean).map((words) => {
      const row = document.createElement('span');
      row.textContent = words;
      return row;
    });
    tip.replaceChildren(head, ...rows);
    tip.hidden = false;
    placeTip();
  }

  /** Beside the pointer, on the side where there is room. */
  function placeTip() {
    if (!pointer || tip.hidden) return;
    const { x, y } = pointer;
    const { clientWidth: width, clientHeight: height } = byId('map');
    const left = x + 16 + tip.offsetWidth > width ? x - 16 - tip.offsetWidth : x + 16;
    const top = y + 16 + tip.offsetHeight > height ? y - 16 - tip.offsetHeight : y + 16;
    tip.style.left = `${Math.max(4, Math.min(left, width - tip.offsetWidth - 4))}px`;
    tip.style.top = `${Math.max(4, top)}px`;
  }

  async function tell() {
    const mine = cursor;
    const bits = 2 * mine.order;
    const first = place(mine.order, mine.column, mine.row) * 2 ** (32 - bits);
    const network = bits === 32 ? dotted(first) : `${dotted(first)}/${bits}`;
    try {
      const found = await lookUp(first, bits);
      if (mine === cursor) say(network, found.name, lines(found, bits));
    } catch {
      if (mine === cursor) say(network, '', ['no connection']);
    }
  }

  function point({ latlng, containerPoint }) {
    pointer = containerPoint;
    if (!bounds.contains(latlng)) {
      tip.hidden = true;
      return;
    }
    const cells = order();
    const scale = 2 ** cells / SIDE;
    const column = Math.floor(latlng.lng * scale);
    const row = Math.floor(latlng.lat * scale);
    if (!cursor || cursor.order !== cells || cursor.column !== column || cursor.row !== row) {
      tip.hidden = true;
      select(column, row, cells);
    }
    placeTip();
  }

  map.on('mousemove click', point);
  map.on('mouseout movestart zoomstart', () => { tip.hidden = true; });

  const centre = () => {
    const size = SIDE / 2 ** cursor.order;
    return L.latLng((cursor.row + 0.5) * size, (cursor.column + 0.5) * size);
  };

  byId('map').addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (step) {
      pointer = null;
      tip.hidden = true;
      const cells = order();
      if (!cursor || cursor.order !== cells) {
        const from = cursor ? centre() : map.getCenter();
        const scale = 2 ** cells / SIDE;
        select(Math.floor(from.lng * scale), Math.floor(from.lat * scale), cells);
      } else {
        select(cursor.column + step[0], cursor.row + step[1], cells);
      }
      if (!map.getBounds().contains(centre())) map.panTo(centre(), { animate: !calm });
    } else if (event.key === '+' || event.key === '=') {
      map.zoomIn();
    } else if (event.key === '-') {
      map.zoomOut();
    } else if (event.key === 'Enter' && cursor && event.target === byId('map')) {
      map.setView(centre(), Math.min(12, map.getZoom() + 2));
    } else {
      return;
    }
    event.preventDefault();
  });

  byId('find').addEventListener('submit', (event) => {
    event.preventDefault();
    const address = parse(byId('find-address').value);
    if (address === null) {
      told.textContent = 'That is not an IPv4 address, such as 192.0.2.1.';
      return;
    }
    const [column, row] = cell(16, address);
    pointer = null;
    select(column, row, 16);
    map.setView(centre(), 11, { animate: false });
  });

  map.fitBounds(bounds, { animate: false });
  const paint = () => {
    byId('poster').href = `/api/v1/census/export.png?theme=${dark.matches ? 'dark' : 'light'}`;
  };
  paint();
  dark.addEventListener('change', () => {
    paint();
    refresh();
  });

  // Changes as events where the server has them; otherwise a look at the tiles in view, of which
  // only those that changed are sent.
  let polling = 0;
  let settling = 0;
  let fresh = new Set();
  let seen = new Set();

  // A burst of changes is one look. Each change has two of them, since the coordinator that draws
  // may learn of it a second after the one that told of it.
  function changed(blocks) {
    blocks.forEach((block) => fresh.add(block));
    if (!settling) settling = setTimeout(settle, settleMs());
  }

  // Pages that hear the same event do not all ask at once.
  const settleMs = () => SETTLE_MS * (1 + Math.random() / 2);

  function settle() {
    const blocks = [...fresh, ...seen];
    seen = fresh;
    fresh = new Set();
    settling = seen.size > 0 ? setTimeout(settle, settleMs()) : 0;
    if (!document.hidden) refresh(blocks.includes(ALL) ? undefined : blocks);
  }

  const look = () => { if (!document.hidden) refresh(); };
  const poll = (interval) => {
    clearInterval(polling);
    polling = setInterval(look, interval);
  };
  poll(POLL_MS); // until the stream of events is open
  // A hidden page keeps no stream: browsers open six connections to a site over HTTP/1.1.
  let events = null;
  let again = 0;

  function listen() {
    clearTimeout(again);
    if (events || document.hidden || !('EventSource' in window)) return;
    events = new EventSource('/api/v1/events?topics=census');
    events.addEventListener('open', () => {
      poll(SELDOM_MS); // no event tells of opt-outs, or of a map that is being filled
      refresh();
    });
    events.addEventListener('error', () => {
      poll(POLL_MS);
      if (events && events.readyState === EventSource.CLOSED) {
        // After an answer such as 503 the browser does not try again by itself.
        silence();
        again = setTimeout(listen, AGAIN_MS * (1 + Math.random()));
      }
    });
    events.addEventListener('census.changed', (event) => {
      const { tasks, more } = JSON.parse(event.data);
      known.clear();
      changed(more ? [ALL] : tasks.map((task) => task.task_index));
    });
    events.addEventListener('reset', () => { known.clear(); refresh(); });
  }

  function silence() {
    if (events) events.close();
    events = null;
  }

  listen();
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) {
      silence();
    } else {
      listen();
      look();
    }
  });
})();
