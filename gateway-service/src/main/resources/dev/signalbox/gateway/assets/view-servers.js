// Servers on demand: the list, one server, a new one, and its routes, by the query of the address.

import { html } from './lit/lit-html.js';
import serverForm from './server-form.js';
import serverList from './server-list.js';
import serverPage from './server-page.js';

function chosen(page) {
  const query = new URLSearchParams(location.search);
  const id = query.get('id');
  if (query.has('new')) return serverForm(page, null);
  if (id && query.has('edit')) return serverForm(page, id);
  return id ? serverPage(page, id) : serverList(page);
}

export default function servers(page) {
  const view = chosen(page);
  return { title: view.title, render: () => html`<div class="servers-view">${view.render()}</div>` };
}
