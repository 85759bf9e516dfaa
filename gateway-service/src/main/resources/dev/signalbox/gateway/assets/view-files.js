// The files that are served: folders, uploads, and what can be done with a file.

import { html, nothing } from './lit/lit-html.js';
import { repeat } from './lit/directives/repeat.js';
import { json } from './api.js';
import { downloadLink, fileDetails, openLink } from './file-details.js';
import { crumbs, decode, hrefOf, inQuery, isText, nameOf, pathOf, placeOf, shown, viewOf } from './file-paths.js';
import { bytes, plural, when } from './format.js';
import { feed } from './live.js';
import { empty, errorNote, head, toast } from './parts.js';
import { uploadList } from './upload-list.js';
import { filesOf, uploads } from './uploads.js';

const PAGE = 200;
const POLL_MS = 10000;
const SOON_MS = 300;

/** Goes to another place of this view, as a link does. */
function go(url) {
  history.pushState(null, '', url);
  window.dispatchEvent(new PopStateEvent('popstate'));
}

export default function files(page) {
  const { path, after } = placeOf(location.search);
  let listing = null;
  let missing = false;
  let error = null;
  let details = null;
  let naming = false;
  let dropping = false;
  let picked = null;
  let soon = 0;

  let loads = 0;
  async function load() {
    const mine = ++loads;
    const query = `delimiter=/&prefix=${inQuery(path)}&limit=${PAGE}${after === null ? '' : `&after=${encodeURIComponent(after)}`}`;
    try {
      const now = await json(`/api/v1/files?${query}`, { signal: page.signal });
      // A later question may have been answered already.
      if (mine !== loads) return;
      listing = now;
      missing = false;
      error = null;
      const open = details && listing.items.find((file) => file.href === details.href);
      open ? details.take(open) : details = null;
    } catch (failure) {
      if (mine !== loads) return;
      missing = failure.status === 404;
      if (missing) listing = { folders: [], items: [], next: null };
      // The banner says it when the connection is lost; what was read stays.
      error = missing || (failure.status === 0 && listing) ? null : failure;
    }
    page.update();
  }

  const loadSoon = () => {
    clearTimeout(soon);
    soon = setTimeout(load, SOON_MS);
  };
  page.signal.addEventListener('abort', () => clearTimeout(soon));
  page.every(POLL_MS, load);
  // There are no events of files; what was lost meanwhile is read again.
  feed.on('files', load, page.signal);
  uploads.on((done) => {
    if (done) loadSoon();
    page.update();
  }, page.signal);
  const clock = setInterval(() => uploads.items.some((item) => item.state === 'held') && page.update(), 1000);
  page.signal.addEventListener('abort', () => clearInterval(clock));

  function take(found) {
    // Names that begin with a dot are not served, and systems leave such files in folders.
    const files = found.filter((one) => !one.path.split('/').some((name) => name.startsWith('.')));
    if (files.length < found.length) toast(`${plural(found.length - files.length, 'hidden file')} left out: names may not begin with a dot.`);
    if (!files.length) return;
    const folder = decode(path);
    const taken = uploads.add(files.map((one) => ({ file: one.file, path: folder + one.path })));
    if (taken < files.length) toast(`${plural(files.length - taken, 'file')} left out: too many files at once.`, 'bad');
  }

  const choose = async (event) => {
    const field = event.currentTarget;
    const found = await filesOf(field.files);
    field.value = '';
    take(found);
  };

  const chooseAgain = (event) => {
    const field = event.currentTarget;
    const [file] = field.files;
    field.value = '';
    if (file && !uploads.choose(picked, file)) toast(`This is another file, or it has changed: ${picked.name} was ${bytes(picked.size)}.`, 'bad');
  };

  const press = (id) => document.getElementById(id).click();
  const again = (item) => {
    picked = item;
    press('choose-again');
  };

  // Anywhere on the page: nobody should lose the dashboard by missing a small target.
  let inside = 0;
  const holds = (event) => [...event.dataTransfer?.types ?? []].includes('Files');
  const drag = (name, act) => document.addEventListener(name, (event) => {
    if (!holds(event)) return;
    event.preventDefault();
    act(event);
    const now = inside > 0;
    if (now !== dropping) {
      dropping = now;
      page.update();
    }
  }, { signal: page.signal });
  drag('dragenter', () => { inside++; });
  drag('dragleave', () => { inside = Math.max(0, inside - 1); });
  drag('dragover', (event) => { event.dataTransfer.dropEffect = 'copy'; });
  drag('drop', async (event) => {
    inside = 0;
    if (!isText(path)) return;
    try {
      take(await filesOf(event.dataTransfer));
    } catch (failure) {
      toast(`The browser could not read what was dropped: ${failure.message}`, 'bad');
    }
  });

  const newFolder = (event) => {
    event.preventDefault();
    const name = event.currentTarget.elements.folder.value.trim().replaceAll(/^\/+|\/+$/g, '');
    if (name) go(viewOf(`${path}${name.split('/').map(encodeURIComponent).join('/')}/`));
  };

  const toggleNaming = () => {
    naming = !naming;
    page.update();
    if (naming) queueMicrotask(() => document.getElementById('folder')?.focus());
  };

  function toggle(file) {
    details = details?.href === file.href ? null : fileDetails(page, file, async (gone) => {
      if (gone) details = null;
      await load();
      if (gone && !page.signal.aborted) document.querySelector('#main h1')?.focus();
    });
    page.update();
  }

  const folderRow = (folder) => html`<tr role="row" class="folder">
    <th role="rowheader" scope="row"><a href=${viewOf(pathOf(folder.href))}><bdi>${shown(nameOf(pathOf(folder.href)))}</bdi></a></th>
    <td role="cell" class="size"></td>
    <td role="cell"><time datetime=${folder.modified_at}>${when(folder.modified_at)}</time></td>
    <td role="cell" class="act">${downloadLink(`${folder.href}?zip`, { name: `${decode(nameOf(pathOf(folder.href))).replace('/', '')}.zip`, label: `Download ${folder.path} as zip`, text: 'Zip' })}</td>
  </tr>`;

  const fileRow = (file) => {
    const open = details?.href === file.href;
    const name = decode(nameOf(pathOf(file.href)));
    return html`<tr role="row" class="file">
      <th role="rowheader" scope="row">${openLink(file)}</th>
      <td role="cell" class="size">${bytes(file.size_bytes)}</td>
      <td role="cell"><time datetime=${file.modified_at}>${when(file.modified_at)}</time></td>
      <td role="cell" class="act">${downloadLink(file.href, { name, size: file.size_bytes, label: `Download ${name}`, text: 'Download' })}
        <button type="button" class="small" aria-expanded=${open} aria-label="More about ${name}" @click=${() => toggle(file)}>More</button></td>
    </tr>
    ${open ? html`<tr role="row" class="details"><td role="cell" colspan="4">${details.render()}</td></tr>` : nothing}`;
  };

  const table = () => {
    const { folders, items } = listing;
    if (!folders.length && !items.length) {
      return missing
        ? empty('This folder does not exist yet', 'The first file that you upload creates it, and it disappears with its last file.')
        : empty(after === null ? 'Nothing here yet' : 'No more files', 'Drop files or folders here, or press Upload files.');
    }
    return html`<div class="panel entries"><table role="table">
      <caption class="unseen">Folders and files</caption>
      <thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Name</th><th role="columnheader" scope="col" class="size">Size</th>
        <th role="columnheader" scope="col">Changed</th><th role="columnheader" scope="col"><span class="unseen">Actions</span></th></tr></thead>
      <tbody role="rowgroup">${repeat(folders, (one) => one.href, folderRow)}${repeat(items, (one) => one.href, fileRow)}</tbody>
    </table></div>`;
  };

  const way = () => {
    const all = crumbs(path);
    return html`<nav class="crumbs" aria-label="Folder"><ol>${all.map((one, i) => html`<li>${i === all.length - 1
      ? html`<span aria-current="location"><bdi>${one.name}</bdi></span>`
      : html`<a href=${viewOf(one.path)}><bdi>${one.name}</bdi></a>`}</li>`)}</ol>
      ${listing?.items.length || listing?.folders.length
        ? downloadLink(`${path === '/' ? '/api/v1/files' : hrefOf(path)}?zip`, { name: `${shown(nameOf(path)).replace('/', '') || 'files'}.zip`, label: 'Download this folder as zip', text: 'Download as zip' })
        : nothing}</nav>`;
  };

  return {
    title: path === '/' ? 'Files' : `${shown(path)} · Files`,
    render: () => html`<div class="folder-view ${dropping ? 'over' : ''}">
      ${head('Files', 'Drop files or folders anywhere on this page to upload them into this folder.', isText(path) ? html`
        <button type="button" class="primary" @click=${() => press('choose')}>Upload files</button>
        <button type="button" @click=${() => press('choose-folder')}>Upload a folder</button>
        <button type="button" aria-expanded=${naming} @click=${toggleNaming}>New folder</button>` : nothing)}
      <input hidden id="choose" type="file" multiple @change=${choose}>
      <input hidden id="choose-folder" type="file" .webkitdirectory=${true} @change=${choose}>
      <input hidden id="choose-again" type="file" @change=${chooseAgain}>
      ${isText(path) ? nothing : html`<p class="said">The name of this folder is not UTF-8. Its files can be read and deleted here, and uploaded by <code>PUT</code>.</p>`}
      ${naming ? html`<form class="move panel" @submit=${newFolder}><label for="folder">Name of the folder <span class="hint">The first file that you upload creates it.</span></label>
        <div class="actions"><input id="folder" name="folder" required maxlength="255" dir="auto" autocomplete="off"><button>Open</button></div></form>` : nothing}
      ${uploadList(again)}
      ${way()}
      ${errorNote(error)}
      ${listing ? table() : error ? nothing : html`<p class="note" role="status">Loading …</p>`}
      <nav class="pages" aria-label="Pages" ?hidden=${after === null && !listing?.next}>
        ${after === null ? html`<span></span>` : html`<a href=${viewOf(path)}>First page</a>`}
        ${listing?.next ? html`<a href=${viewOf(path, listing.next)}>Next page</a>` : nothing}
      </nav>
    </div>`,
  };
}
