// Small drawings of numbers over time.

import { html, svg } from './lit/lit-html.js';

/**
 * A line over the area below it; the newest value is at the right.
 * @param {number[]} values
 * @param {{label: string, slots?: number, top?: number, kind?: string}} options
 *     slots: how many values fill the width; top: the least value of the upper edge
 */
export function sparkline(values, { label, slots = 60, top = 1, kind = '' }) {
  const width = 100;
  const height = 24;
  const highest = Math.max(top, ...values);
  const step = width / (slots - 1);
  const left = width - (values.length - 1) * step;
  const points = values.map((value, i) =>
    `${(left + i * step).toFixed(2)},${(height - 1 - (value / highest) * (height - 3)).toFixed(2)}`);
  const line = points.length > 1 ? `M${points.join('L')}` : '';
  const area = line ? `${line}L${width},${height}L${left.toFixed(2)},${height}Z` : '';
  return html`<svg class="spark ${kind}" viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" role="img" aria-label=${label}>
    ${svg`<path class="area" d=${area}></path><path class="line" d=${line} vector-effect="non-scaling-stroke"></path>`}
  </svg>`;
}

/**
 * Parts of a whole, one after the other, such as the phases of a request.
 * @param {{name: string, value: number|null, start?: number}[]} parts
 * @param {(value: number) => string} say
 */
export function phases(parts, total, say) {
  let at = 0;
  const rows = parts.filter((part) => Number.isFinite(part.value)).map((part) => {
    const start = part.start ?? at;
    at = start + part.value;
    return { ...part, x: (start / total) * 100, width: Math.max(0.6, (part.value / total) * 100) };
  });
  return html`<dl class="phases">${rows.map((row) => html`
    <div><dt>${row.name}</dt>
      <dd><svg class="phase ${row.name.toLowerCase().replaceAll(' ', '-')}" aria-hidden="true" preserveAspectRatio="none" viewBox="0 0 100 10">
        ${svg`<rect class="rail" x="0" y="4.4" width="100" height="1.2"></rect><rect class="part" x=${row.x.toFixed(2)} y="0" width=${row.width.toFixed(2)} height="10" rx="0.4"></rect>`}
      </svg><span>${say(row.value)}</span></dd></div>`)}</dl>`;
}
