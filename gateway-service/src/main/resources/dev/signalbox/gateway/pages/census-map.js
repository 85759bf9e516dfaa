'use strict';

// The map of the census: tiles along a Hilbert curve, with a cell cursor for pointer and keyboard.
// Without this script the page shows no map. Text from the server only ever becomes text.
(() => {
  const SIDE = 256; // units of the map along a side: a pixel at zoom 0, a /16
  const NATIVE = 8;
  const POLL_MS = 5000;
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
    zoomAnimation: !calm, fadeAnimation: !calm, markerZoomAnimation: !calm, inertia: !calm,
  });

  map.attributionControl.setPrefix('Leaflet');

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

  function refresh(task) {
    for (const { el } of Object.values(tiles._tiles)) {
      const { z, x, y } = el.tile;
      if (task === undefined || place(z, x, y) === Math.floor(task / 4 ** (8 - z))) {
        load(el).catch(() => {}); // the next look comes soon
      }
    }
  }

  // Names of the /8s as text over the tiles, and the grid that they stand in.
  const names = L.layerGroup();
  const grid = L.layerGroup().addTo(map);
  const line = { color: dark.matches ? '#e9ebea' : '#1c2126', weight: 1, opacity: 0.25, interactive: false };
  for (let i = 1; i < 16; i++) {
    const at = (i * SIDE) / 16;
    L.polyline([[at, 0], [at, SIDE]], line).addTo(grid);
    L.polyline([[0, at], [SIDE, at]], line).addTo(grid);
  }
  for (let block = 0; block < 256; block++) {
    const [x, y] = cell(4, block);
    const text = document.createElement('span');
    text.textContent = String(block);
    const icon = L.divIcon({ className: 'name', html: text, iconSize: [40, 16] });
    L.marker([y * 16 + 8, x * 16 + 8], { icon, interactive: false, keyboard: false }).addTo(names);
  }
  const showNames = () => {
    const wanted = map.getZoom() >= 1 && map.getZoom() <= 4;
    if (wanted !== map.hasLayer(names)) wanted ? names.addTo(map) : names.remove();
  };
  map.on('zoomend', showNames);

  // The cell under the pointer or the cursor: a /16 when far away, an address when near.
  let cursor = null;
  let frame = null;
  let timer = 0;
  const known = new Map();
  const order = () => Math.min(16, 5 + Math.max(0, Math.round(map.getZoom())));

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
    else frame = L.rectangle(box, { color: '#1d5fd1', weight: 2, fill: false, interactive: false }).addTo(map);
    clearTimeout(timer);
    timer = setTimeout(tell, TELL_MS);
  }

  async function tell() {
    const { order: cells, column, row } = cursor;
    const at = place(cells, column, row);
    const bits = 2 * cells;
    const first = at * 2 ** (32 - bits);
    const network = bits === 32 ? dotted(first) : `${dotted(first)}/${bits}`;
    if (bits < 16) {
      told.textContent = `${network}: zoom in to see the state of its blocks`;
      return;
    }
    const index = Math.floor(first / 65536);
    const mine = cursor;
    try {
      if (!known.has(index)) {
        const answer = await fetch(`/api/v1/census/tasks/${index}`, { signal: AbortSignal.timeout(15000) });
        if (!answer.ok && answer.status !== 404) throw new Error(String(answer.status));
        known.set(index, answer.ok ? await answer.json() : null);
        setTimeout(() => known.delete(index), POLL_MS);
      }
      if (mine !== cursor) return;
      const task = known.get(index);
      const block = `${Math.floor(index / 256)}.${index % 256}.0.0/16`;
      let text = bits === 16 ? network : `${network} in ${block}`;
      text += task ? `: ${String(task.status).replace('_', ' ')}` : ': not in the census';
      if (task && Number.isFinite(task.answered)) {
        text += `, ${task.answered.toLocaleString('en')} of 65,536 answered (${(task.answered / 655.36).toFixed(2)} %)`;
      }
      if (task && task.worker) text += `, by ${task.worker}`;
      told.textContent = text;
    } catch {
      if (mine === cursor) told.textContent = `${network}: no connection`;
    }
  }

  map.on('mousemove', ({ latlng }) => {
    if (!bounds.contains(latlng)) return;
    const cells = order();
    const scale = 2 ** cells / SIDE;
    const column = Math.floor(latlng.lng * scale);
    const row = Math.floor(latlng.lat * scale);
    if (!cursor || cursor.order !== cells || cursor.column !== column || cursor.row !== row) {
      select(column, row, cells);
    }
  });

  const centre = () => {
    const size = SIDE / 2 ** cursor.order;
    return L.latLng((cursor.row + 0.5) * size, (cursor.column + 0.5) * size);
  };

  byId('map').addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (step) {
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
    select(column, row, 16);
    map.setView(centre(), 11, { animate: false });
  });

  map.fitBounds(bounds, { animate: false });
  showNames();
  dark.addEventListener('change', () => refresh());

  // Changes as events where the server has them; otherwise a look at the tiles in view, of which
  // only those that changed are sent.
  let polling = 0;
  const look = () => { if (!document.hidden) refresh(); };
  const poll = () => { if (!polling) polling = setInterval(look, POLL_MS); };
  poll(); // until the stream of events is open
  if ('EventSource' in window) {
    const events = new EventSource('/api/v1/events?topics=census');
    events.addEventListener('open', () => { clearInterval(polling); polling = 0; refresh(); });
    events.addEventListener('error', poll);
    events.addEventListener('census.changed', (event) => {
      const { tasks, more } = JSON.parse(event.data);
      tasks.forEach((task) => known.delete(task.task_index));
      if (more) {
        known.clear();
        refresh();
      } else {
        tasks.forEach((task) => refresh(task.task_index));
      }
    });
    events.addEventListener('reset', () => { known.clear(); refresh(); });
  }
  document.addEventListener('visibilitychange', look);
})();
