// How numbers and times are written, the same in every view.

const numbers = new Intl.NumberFormat('en');
const one = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const two = new Intl.NumberFormat('en', { maximumSignificantDigits: 2 });

export const count = (value) => (Number.isFinite(value) ? numbers.format(value) : '–');

/** A number of events per second. */
export const rate = (value) => {
  if (!Number.isFinite(value)) return '–';
  return value === 0 ? '0' : value < 10 ? two.format(value) : numbers.format(Math.round(value));
};

/** Milliseconds, in the unit that reads best. */
export const ms = (value) => {
  if (!Number.isFinite(value)) return '–';
  if (value < 1) return `${two.format(value * 1000)} µs`;
  if (value < 10) return `${one.format(value)} ms`;
  if (value < 999.5) return `${Math.round(value)} ms`;
  return value < 60000 ? `${one.format(value / 1000)} s` : span(value / 1000);
};

const SIZES = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];

export const bytes = (value) => {
  if (!Number.isFinite(value)) return '–';
  let size = value;
  let unit = 0;
  // What would be written as 1,024 is 1 of the next.
  while (Math.round(size * 10) / 10 >= 1024 && unit < SIZES.length - 1) {
    size /= 1024;
    unit++;
  }
  return unit === 0 ? `${count(value)} ${value === 1 ? 'byte' : 'bytes'}` : `${one.format(size)} ${SIZES[unit]}`;
};

const SPANS = [['year', 31557600], ['day', 86400], ['hour', 3600], ['minute', 60], ['second', 1]];

/** Seconds as a person says them. */
export const span = (seconds) => {
  if (!Number.isFinite(seconds)) return '–';
  for (const [i, [name, size]] of SPANS.entries()) {
    // What would be written as 60 minutes is 1 hour.
    const smaller = SPANS[i + 1]?.[1] ?? 1;
    if (Math.max(seconds, Math.round(seconds / smaller) * smaller) >= size) {
      const amount = Math.round(seconds / size);
      return `${numbers.format(amount)} ${name}${amount === 1 ? '' : 's'}`;
    }
  }
  return 'a moment';
};

export const since = (time) => span((Date.now() - new Date(time).getTime()) / 1000);

/** A time of day, with the date unless it is today. */
export const when = (time) => {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return '–';
  const day = date.toDateString() === new Date().toDateString() ? '' : `${date.toLocaleDateString('en-CA')} `;
  return day + date.toLocaleTimeString('en-GB');
};

export const plural = (amount, word, words = `${word}s`) => `${count(amount)} ${amount === 1 ? word : words}`;

/** Control characters and those that turn the direction of text, as escapes, so that they are seen and do nothing. */
const UNSEEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const BREAKS = /[\n\r\t]/g;
const escaped = (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** A text from outside; with `breaks`, the ends of its lines are escapes too. */
export const readable = (text, breaks = false) => {
  const seen = String(text).replace(UNSEEN, escaped);
  return breaks ? seen.replace(BREAKS, (sign) => ({ '\n': '\\n', '\r': '\\r', '\t': '\\t' })[sign]) : seen;
};
