// Paths of files. A path is kept percent-encoded, as the API's href has it, since a name may be any bytes.

const API = '/api/v1/files';
const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** The path in an href of the API. */
export const pathOf = (href) => href.slice(API.length);

/** Where the API has a path. */
export const hrefOf = (path) => API + path;

/** The view at a folder. */
export const viewOf = (path, after = null) => {
  const query = [];
  if (path !== '/') query.push(`path=${inQuery(path)}`);
  if (after !== null) query.push(`after=${encodeURIComponent(after)}`);
  return `/ui/files${query.length ? `?${query.join('&')}` : ''}`;
};

/** A path in a query, where more characters have a meaning than in a path. */
export const inQuery = (path) => path.replaceAll('&', '%26').replaceAll('+', '%2B').replaceAll('#', '%23');

/** The folder and the cursor of an address of the view. */
export function placeOf(search) {
  const raw = /[?&]path=([^&]*)/.exec(search)?.[1] ?? '/';
  const path = /^\/(?:.*\/)?$/.test(raw) ? raw : `/${raw}/`.replaceAll(/\/{2,}/g, '/');
  return { path, after: new URLSearchParams(search).get('after') };
}

/** Text as a path of the API. */
export const encode = (text) => text.split('/').map((name) => encodeURIComponent(name)).join('/');

/** What a percent-encoded text says; U+FFFD stands for bytes that are not UTF-8. */
export function decode(encoded) {
  const bytes = [];
  const utf8 = new TextEncoder();
  for (let i = 0; i < encoded.length; i++) {
    const escape = encoded[i] === '%' ? parseInt(encoded.slice(i + 1, i + 3), 16) : NaN;
    if (Number.isNaN(escape)) {
      bytes.push(...utf8.encode(encoded[i]));
    } else {
      bytes.push(escape);
      i += 2;
    }
  }
  return new TextDecoder().decode(new Uint8Array(bytes));
}

/** Whether a path is text, so that it can be said in JSON. */
export const isText = (path) => !decode(path).includes('\ufffd');

/** The last name of a path, with the slash of a folder. */
export const nameOf = (path) => path.slice(path.replace(/\/$/, '').lastIndexOf('/') + 1);

/** The folder that a path is in. */
export const folderOf = (path) => path.slice(0, path.length - nameOf(path).length);

/** A name for the eye: characters that show nothing, or turn the line around, are shown by a sign of their own. */
export const shown = (encoded) => decode(encoded).replaceAll(HIDDEN, (char) => {
  const code = char.charCodeAt(0);
  return code < 0x20 ? String.fromCharCode(0x2400 + code) : code === 0x7f ? '␡' : '�';
});

/** The folders on the way to a path, from the root: their names and paths. */
export function crumbs(path) {
  const all = [{ name: 'Files', path: '/' }];
  let so = '/';
  for (const name of path.split('/').filter(Boolean)) {
    so += `${name}/`;
    all.push({ name: shown(name), path: so });
  }
  return all;
}
