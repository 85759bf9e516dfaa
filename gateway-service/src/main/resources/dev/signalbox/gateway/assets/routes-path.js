// Conditions on the path of a request, as the servers have them.

import { expression } from './routes-match.js';

const ITSELF = /[A-Za-z0-9\-._~!$&'()*+,;=:@/]/;
const UNRESERVED = /[A-Za-z0-9\-._~]/;

function withoutDots(path) {
  const kept = [];
  const parts = path.slice(1).split('/');
  parts.forEach((part, i) => {
    const last = i === parts.length - 1;
    if (part === '..') kept.pop();
    if (part === '.' || part === '..') {
      if (last) kept.push('');
    } else {
      kept.push(part);
    }
  });
  return `/${kept.join('/')}`;
}

/** A path in the one form in which equal ones are equal (RFC 3986 section 6.2.2). */
export function normalPath(path) {
  const octets = [...new TextEncoder().encode(path)];
  const hex = (octet) => `%${octet.toString(16).toUpperCase().padStart(2, '0')}`;
  let normal = '';
  for (let i = 0; i < octets.length; i++) {
    const char = String.fromCharCode(octets[i]);
    const digits = char === '%' ? String.fromCharCode(...octets.slice(i + 1, i + 3)) : '';
    if (/^[0-9a-fA-F]{2}$/.test(digits)) {
      const octet = parseInt(digits, 16);
      const decoded = String.fromCharCode(octet);
      normal += UNRESERVED.test(decoded) ? decoded : hex(octet);
      i += 2;
    } else {
      normal += octets[i] < 0x80 && ITSELF.test(char) ? char : hex(octets[i]);
    }
  }
  return withoutDots(normal);
}

/** Variables stand for a part of a segment that is not empty, {name*} at the end for all that follows. */
function fitsPattern(pattern, path) {
  const wanted = pattern.slice(1).split('/');
  const got = path.slice(1).split('/');
  const rest = /^\{[^{}]*\*\}$/.test(wanted.at(-1));
  if (rest) wanted.pop();
  if (rest ? got.length <= wanted.length : got.length !== wanted.length) return false;
  return wanted.every((segment, i) => {
    const open = segment.indexOf('{');
    const close = segment.indexOf('}');
    const literal = (text) => normalPath(`/${text}x`).slice(1, -1);
    if (open < 0 || close < open) return literal(segment) === got[i];
    const before = literal(segment.slice(0, open));
    const after = literal(segment.slice(close + 1));
    return got[i].length > before.length + after.length && got[i].startsWith(before) && got[i].endsWith(after);
  });
}

/** Whether a path fulfils a condition, and the condition in words that follow "not". */
export function pathTest(kind, value, path) {
  const text = String(value);
  switch (kind) {
    case 'path': return { ok: normalPath(text) === path, words: normalPath(text) };
    case 'path_prefix': return { ok: path.startsWith(normalPath(text)), words: `beginning with ${normalPath(text)}` };
    case 'path_pattern': return { ok: fitsPattern(text, path), words: `of the form ${text}` };
    default: {
      const regex = expression(text, false, path.length) && expression(`^(?:${text})$`, false, 0);
      return { ok: regex ? regex.test(path) : null, words: `matching ${text}` };
    }
  }
}
