// node first-paint.mjs SCRATCH DOOR ROUNDS PATH…: opens each page in a Chromium that has nothing cached and prints the
// medians of the first contentful paint and of the bytes that came. Profiles stay in the directory SCRATCH.
import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';

const [scratch, door, rounds, ...paths] = process.argv.slice(2);
const SETTLED_MS = 2000; // nothing is left to load by then
const MEASURE = `(() => {
  const sum = (entries) => entries.reduce((bytes, entry) => bytes + entry.transferSize, 0);
  return [performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? -1,
    sum(performance.getEntriesByType('navigation')) + sum(performance.getEntriesByType('resource'))];
})()`;

async function open(url) {
  const profile = mkdtempSync(join(scratch, 'profile-'));
  const browser = spawn('chromium', ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync', '--remote-debugging-port=0',
    `--user-data-dir=${profile}`, 'about:blank']);
  try {
    const address = await new Promise((found) => browser.stderr.on('data', (text) => {
      const match = /ws:\/\/([^/]+)\//.exec(text);
      if (match) found(match[1]);
    }));
    const tab = await (await fetch(`http://${address}/json/new?about:blank`, { method: 'PUT' })).json();
    const socket = new WebSocket(tab.webSocketDebuggerUrl);
    await new Promise((opened) => socket.addEventListener('open', opened));
    let last = 0;
    const call = (method, params) => new Promise((answered) => {
      const id = ++last;
      socket.addEventListener('message', (event) => {
        const message = JSON.parse(event.data);
        if (message.id === id) answered(message.result);
      });
      socket.send(JSON.stringify({ id, method, params }));
    });
    await call('Page.navigate', { url });
    await new Promise((settled) => setTimeout(settled, SETTLED_MS));
    return (await call('Runtime.evaluate', { expression: MEASURE, returnByValue: true })).result.value;
  } finally {
    browser.kill();
    await new Promise((ended) => browser.once('exit', ended));
  }
}

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
for (const path of paths) {
  const samples = [];
  for (let round = 0; round < Number(rounds); round++) samples.push(await open(door + path));
  const paint = median(samples.map((sample) => sample[0]));
  const bytes = median(samples.map((sample) => sample[1]));
  console.log(`  ${path.padEnd(14)} first paint ${(paint / 1000).toFixed(3)} s, ${(bytes / 1000).toFixed(1)} kB`);
}
