// Routes from a recording of a browser (HTTP Archive 1.2).

const LEFT_OUT = new Set([
  'content-length', 'transfer-encoding', 'trailer', 'upgrade', 'keep-alive', 'connection', 'content-encoding',
  'date', 'server', 'alt-svc', 'strict-transport-security',
]);
const MOST = 1000;
const NOTES = 50;

/** {routes, notes}: of each call the last response, and what was not taken over. */
export function routesOfHar(har) {
  const entries = Array.isArray(har?.log?.entries) ? har.log.entries : [];
  const routes = new Map();
  const notes = [];
  let withoutText = 0;
  let repeated = 0;
  const hosts = new Set();
  entries.forEach((entry, i) => {
    const { request, response } = entry ?? {};
    const note = (text) => notes.push(`Entry ${i + 1}: ${text}`);
    let url;
    try {
      url = new URL(request.url);
    } catch {
      return note('skipped, its URL cannot be read.');
    }
    if (!/^https?:$/.test(url.protocol)) return note(`skipped, ${url.protocol.slice(0, 20)} is not HTTP.`);
    const status = response?.status;
    if (!Number.isInteger(status) || status < 200 || status > 599) return note('skipped, it has no response.');
    hosts.add(url.host);
    const content = response.content ?? {};
    const match = { method: String(request.method), path: url.pathname };
    const query = {};
    for (const name of new Set(url.searchParams.keys())) {
      const values = url.searchParams.getAll(name);
      query[name] = values.length > 1 ? values : values[0];
    }
    if (Object.keys(query).length) match.query = query;
    const answer = { status };
    const headers = headersOf(response.headers, content.mimeType);
    if (Object.keys(headers).length) answer.headers = headers;
    if (content.text) {
      if (content.encoding === 'base64') answer.body_base64 = content.text;
      else answer.body = content.text;
    } else if (content.size > 0) {
      withoutText++;
    }
    const key = JSON.stringify(match);
    if (routes.has(key)) repeated++;
    else if (routes.size === MOST) return note(`skipped, a server has at most ${MOST} routes.`);
    routes.set(key, { match, response: answer });
  });
  const summary = [];
  if (hosts.size > 1) summary.push(`The calls went to ${hosts.size} hosts; this one server answers for all of them.`);
  if (repeated) summary.push(`${repeated} calls were repeated; the last response counts.`);
  if (withoutText) summary.push(`${withoutText} responses have no body: the recording does not contain it.`);
  if (notes.length > NOTES) notes.splice(NOTES, Infinity, `And ${notes.length - NOTES} more entries were skipped.`);
  return { routes: [...routes.values()], notes: [...summary, ...notes] };
}

function headersOf(list, type) {
  const headers = {};
  for (const one of Array.isArray(list) ? list : []) {
    const name = String(one?.name ?? '').toLowerCase();
    const value = String(one?.value ?? '');
    if (!/^[!#$%&'*+\-.^_`|~0-9a-z]+$/.test(name) || LEFT_OUT.has(name)) continue;
    // What a browser recorded as one value with line ends are several.
    const values = value.split('\n').filter((text) => /^[\t\x20-\x7e\xa0-\xff]*$/.test(text));
    if (!values.length) continue;
    const all = [headers[name] ?? [], values].flat();
    headers[name] = all.length > 1 ? all : all[0];
  }
  if (type && !headers['content-type'] && /^[\x20-\x7e]+$/.test(type)) headers['content-type'] = type;
  return headers;
}
