// Pieces that several views share.

import { html, nothing, render } from './lit/lit-html.js';
import { readable } from './format.js';

/** Says something for a few seconds; errors stay longer. */
export function toast(text, kind = 'done') {
  const place = document.getElementById('toasts');
  const note = document.createElement('div');
  note.className = `toast ${kind}`;
  note.textContent = text;
  place.append(note);
  while (place.children.length > 4) place.firstChild.remove();
  setTimeout(() => note.remove(), kind === 'bad' ? 8000 : 4000);
}

/** Asks before something that cannot be undone. */
export function confirm(title, text, yes) {
  return new Promise((resolve) => {
    const dialog = document.createElement('dialog');
    dialog.setAttribute('aria-labelledby', 'ask-title');
    render(html`<form method="dialog">
      <h2 id="ask-title">${title}</h2>
      <p>${text}</p>
      <menu><button value="no">Cancel</button><button class="danger" value="yes">${yes}</button></menu>
    </form>`, dialog);
    // Another view is shown: the question is no longer one.
    const leave = () => dialog.close('no');
    window.addEventListener('popstate', leave);
    dialog.addEventListener('close', () => {
      window.removeEventListener('popstate', leave);
      resolve(dialog.returnValue === 'yes');
      dialog.remove();
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** Copies a text; over plain HTTP, where scripts have no clipboard, out of a field. */
async function copy(text, button) {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const field = document.createElement('textarea');
  field.className = 'unseen';
  field.value = text;
  // Beside the button: of what is outside an open dialog nothing can be selected.
  button.after(field);
  field.select();
  const copied = document.execCommand('copy');
  field.remove();
  button.focus();
  if (!copied) throw new Error('not copied');
}

/** A button that copies a text, which is made when it is pressed. */
export function copyButton(label, text) {
  const press = async (event) => {
    const button = event.currentTarget;
    try {
      await copy(text(), button);
      button.textContent = 'Copied';
    } catch {
      button.textContent = 'Not allowed';
    }
    setTimeout(() => { button.textContent = label; }, 1500);
  };
  // Property, not child: the text of the button is changed outside of the template.
  return html`<button type="button" class="small" @click=${press} .textContent=${label}></button>`;
}

/** What went wrong, what field it is about, and how to find it in the log. */
export function errorNote(error) {
  if (!error) return nothing;
  return html`<div class="said bad" role="alert">
    <strong>${error.message}</strong>
    ${error.problems?.length
      ? html`<ul>${error.problems.map((one) => html`<li><code>${one.pointer || '/'}</code> ${one.message}</li>`)}</ul>`
      : nothing}
    ${error.requestId ? html`<p class="note">Request <code>${error.requestId}</code>${error.retryable ? ' · a retry may succeed' : ''}</p>` : nothing}
  </div>`;
}

/** A panel for a list without entries. */
export function empty(title, text) {
  return html`<div class="panel none"><p><strong>${title}</strong></p><p>${text}</p></div>`;
}

/** The head of a view. */
export function head(title, lede, actions = nothing) {
  return html`<div class="headline title">
    <div><h1 tabindex="-1">${title}</h1><p class="lede">${lede}</p></div>
    <div class="actions">${actions}</div>
  </div>`;
}

/** Names and values, side by side where they are short. */
export function pairs(list) {
  return html`<dl class="term-list">${list.map(([name, value]) => html`<div class=${String(value).length > 44 ? 'long' : ''}><dt>${name}</dt><dd><bdi>${readable(value)}</bdi></dd></div>`)}</dl>`;
}
