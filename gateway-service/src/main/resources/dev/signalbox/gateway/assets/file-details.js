// What can be done with one file: download, open, digest, move, copy, delete.

import { html, nothing } from './lit/lit-html.js';
import { call, json, token } from './api.js';
import { decode, encode, nameOf, pathOf, shown } from './file-paths.js';
import { bytes, count, when } from './format.js';
import { confirm, copyButton, errorNote, toast } from './parts.js';

const LARGE_BYTES = 64 * 1024 * 1024;

/** Types that a browser shows without running anything of them. */
const HARMLESS = /^(image\/(png|jpeg|gif|webp|avif|bmp)|audio\/[\w.+-]+|video\/[\w.+-]+|application\/pdf)(;|$)/;

/** Saves what needs a token, which a link cannot send. */
async function save(href, name, size) {
  // A large file goes to the disk as it comes where the browser can do that.
  const place = size > LARGE_BYTES && window.showSaveFilePicker
    ? await window.showSaveFilePicker({ suggestedName: name }) : null;
  const response = await call(href, { patience: 0 });
  if (place) {
    await response.body.pipeTo(await place.createWritable());
    return;
  }
  const url = URL.createObjectURL(await response.blob());
  const link = document.createElement('a');
  Object.assign(link, { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60000);
}

/** Shows it in a tab. The document would be one of this site, so it is one that runs nothing. */
async function openWithToken(file) {
  const tab = window.open('', '_blank');
  let content;
  try {
    const response = await call(`${file.href}?disposition=inline`, { patience: 0 });
    content = await response.blob();
  } catch (failure) {
    // A tab with nothing in it says nothing.
    tab?.close();
    throw failure;
  }
  const type = HARMLESS.test(file.media_type) ? file.media_type : 'text/plain; charset=utf-8';
  const url = URL.createObjectURL(new Blob([content], { type }));
  if (tab) tab.location.replace(url);
  setTimeout(() => URL.revokeObjectURL(url), 60000);
}

const failed = (failure) => failure.name !== 'AbortError' && toast(failure.message, 'bad');

/** A link that downloads; with a token, a button that does. */
export function downloadLink(href, { name, size = 0, label, text }) {
  return token.get()
    ? html`<button type="button" class="small" aria-label=${label} @click=${() => save(href, name, size).catch(failed)}>${text}</button>`
    : html`<a class="button small" href=${href} download=${name} aria-label=${label}>${text}</a>`;
}

/** The name of a file as a link that shows it. */
export function openLink(file) {
  const name = html`<bdi>${shown(nameOf(pathOf(file.href)))}</bdi>`;
  const click = (event) => {
    if (!token.get()) return;
    event.preventDefault();
    openWithToken(file).catch(failed);
  };
  return html`<a href="${file.href}?disposition=inline" target="_blank" rel="noopener" @click=${click}>${name}</a>`;
}

const hex = (base64) => [...atob(base64)].map((char) => char.charCodeAt(0).toString(16).padStart(2, '0')).join('');

/** The panel below the row of a file; `changed` is called when the file is elsewhere or gone. */
export function fileDetails(page, listed, changed) {
  const path = pathOf(listed.href);
  let file = listed;
  let digest = null;
  let error = null;
  let busy = '';

  /** One action at a time; its error stands in the panel. */
  async function act(name, work) {
    busy = name;
    error = null;
    page.update();
    try {
      await work();
    } catch (failure) {
      error = failure;
    }
    busy = '';
    page.update();
  }

  const readDigest = () => act('digest', async () => {
    const response = await call(file.href, {
      method: 'HEAD', signal: page.signal, patience: 120000, headers: { 'Want-Repr-Digest': 'sha-256=10' },
    });
    const value = /sha-256=:([A-Za-z0-9+/=]+):/.exec(response.headers.get('Repr-Digest') ?? '')?.[1];
    const coding = response.headers.get('Content-Encoding');
    digest = value
      ? { value: hex(value), of: coding ? `of its ${coding} form` : '' }
      : { value: '', of: 'The file is too large for a digest.' };
  });

  async function place(action, to, overwrite) {
    try {
      return await json(file.href, { json: { action, to, overwrite }, patience: 130000, headers: { 'If-Match': file.etag } });
    } catch (failure) {
      if (failure.status !== 412) throw failure;
      // Either condition may have failed; only the file itself tells which.
      const now = await call(file.href, { method: 'HEAD' });
      if (overwrite || now.headers.get('ETag') !== file.etag) {
        failure.message = 'The file has changed since it was listed here, so nothing was done. Reload the list.';
        throw failure;
      }
      const yes = await confirm('Replace the file?', html`There is already a file at <bdi>${shown(encode(to))}</bdi>. It would be replaced.`, 'Replace');
      return yes ? place(action, to, true) : null;
    }
  }

  const move = (event) => {
    event.preventDefault();
    const action = event.submitter?.value ?? 'move';
    const text = event.currentTarget.elements.to.value.trim();
    const to = text.startsWith('/') ? text : `/${text}`;
    act(action, async () => {
      const stored = await place(action, to, false);
      if (!stored) return;
      toast(action === 'move' ? `Moved to ${stored.path}` : `Copied to ${stored.path}`);
      changed(action === 'move');
    });
  };

  const erase = async () => {
    if (!await confirm('Delete this file?', html`<bdi>${shown(path)}</bdi> will be deleted permanently.`, 'Delete')) return;
    act('delete', async () => {
      try {
        await call(file.href, { method: 'DELETE', headers: { 'If-Match': file.etag } });
      } catch (failure) {
        if (failure.status === 412) failure.message = 'The file has changed since it was listed here, so it was not deleted. Reload the list.';
        if (failure.status !== 404) throw failure;
      }
      toast(`Deleted ${shown(nameOf(path))}`);
      changed(true);
    });
  };

  return {
    href: listed.href,
    /** The same file as it was listed last. */
    take(now) {
      if (now.etag !== file.etag) digest = null;
      file = now;
    },
    render: () => html`
      ${errorNote(error)}
      <dl class="about">
        <div><dt>Path</dt><dd><bdi>${shown(path)}</bdi></dd></div>
        <div><dt>Size</dt><dd>${bytes(file.size_bytes)}${file.size_bytes >= 1024 ? ` (${count(file.size_bytes)} bytes)` : nothing}</dd></div>
        <div><dt>Changed</dt><dd>${when(file.modified_at)}</dd></div>
        <div><dt>Type</dt><dd>${file.media_type}</dd></div>
        <div class="digest"><dt>SHA-256</dt><dd>${digest
          ? html`${digest.value ? html`<code>${digest.value}</code> ${copyButton('Copy', () => digest.value)}` : nothing} ${digest.of}`
          : html`<button type="button" class="small" ?disabled=${busy} @click=${readDigest}>${busy === 'digest' ? 'Computing …' : 'Compute'}</button>`}</dd></div>
      </dl>
      <form class="move" @submit=${move}>
        <label for="to">New path</label>
        <div class="actions"><input id="to" name="to" required maxlength="3072" dir="auto" autocomplete="off" spellcheck="false" .defaultValue=${decode(path)}>
          <button value="move" ?disabled=${busy}>${busy === 'move' ? 'Moving …' : 'Move'}</button>
          <button value="copy" ?disabled=${busy}>${busy === 'copy' ? 'Copying …' : 'Copy'}</button></div>
      </form>
      <p class="actions">${copyButton('Copy link', () => location.origin + file.href)}
        ${downloadLink(file.href, { name: decode(nameOf(path)), size: file.size_bytes, label: `Download ${decode(nameOf(path))}`, text: 'Download' })}
        <button type="button" class="small danger" ?disabled=${busy} @click=${erase}>${busy === 'delete' ? 'Deleting …' : 'Delete'}</button></p>`,
  };
}

