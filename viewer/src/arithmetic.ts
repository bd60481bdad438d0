// How a value came about: the patch that a kernel saw, the kernel, their products, the sum.
import { cssColour, inkOn, rangeOf, scaleFor, type Scale } from './colours';
import { context2d, el } from './dom';
import { compact, precise } from './numbers';
import type { Arithmetic, LayerInfo } from './protocol';

/** The sums over each input channel. */
function channelSums(a: Arithmetic): Float64Array {
  const sums = new Float64Array(a.channels);
  for (let i = 0; i < a.patch.length; i++) sums[i % a.channels] += a.patch[i] * a.kernel[i];
  return sums;
}

/** One input channel's numbers as rows x columns. */
function plane(a: Arithmetic, values: Float32Array, channel: number): Float32Array {
  return Float32Array.from({ length: a.height * a.width }, (_, i) => values[i * a.channels + channel]);
}

/** A matrix of numbers as coloured cells; with digits where they fit. */
export function matrix(values: Float32Array, height: number, width: number, scale: Scale, label: string): HTMLElement {
  const cell = Math.max(6, Math.min(32, Math.floor(150 / Math.max(width, height))));
  const canvas = el('canvas', { role: 'img', 'aria-label': label });
  const context = context2d(canvas, cell * width, cell * height);
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.font = `${cell >= 30 ? 10.5 : 9}px "Liberation Sans", Arial, sans-serif`;
  values.forEach((value, i) => {
    const x = (i % width) * cell;
    const y = Math.floor(i / width) * cell;
    context.fillStyle = cssColour(value, scale);
    context.fillRect(x, y, cell, cell);
    if (cell < 26) return;
    context.fillStyle = inkOn(value, scale);
    context.fillText(shortNumber(value), x + cell / 2, y + cell / 2);
  });
  return canvas;
}

function shortNumber(value: number): string {
  const size = Math.abs(value);
  return size < 0.005
    ? '0'
    : size < 10
      ? value
          .toFixed(2)
          .replace('-', '−')
          .replace(/^(−?)0\./, '$1.')
      : size < 1000
        ? value.toFixed(0).replace('-', '−')
        : compact(value);
}

/** "+ 1.5" or "− 1.5". */
export const signed = (value: number): string => (value < 0 ? precise(value) : `+ ${precise(value)}`).replace('−', '− ');

/** The input channels that add most to the sum, with patch, kernel and product. */
function convolution(a: Arithmetic): HTMLElement {
  const sums = channelSums(a);
  const order = [...sums.keys()].sort((i, j) => Math.abs(sums[j]) - Math.abs(sums[i]));
  const most = Math.min(3, order.length);
  const products = a.patch.map((v, i) => v * a.kernel[i]);
  const scales = [a.patch, a.kernel, products].map((v) => scaleFor(...rangeOf(v)));
  scales[1] = scaleFor(-Math.max(...a.kernel.map(Math.abs), 1e-12), Math.max(...a.kernel.map(Math.abs), 1e-12));
  scales[2] = scaleFor(-Math.max(...products.map(Math.abs), 1e-12), Math.max(...products.map(Math.abs), 1e-12));
  const rows = order
    .slice(0, most)
    .map((channel) =>
      el(
        'div.product',
        {},
        el('span.sub.lead', {}, `map ${channel}`),
        matrix(plane(a, a.patch, channel), a.height, a.width, scales[0], `patch of input map ${channel}`),
        el('span.sign', {}, '×'),
        matrix(plane(a, a.kernel, channel), a.height, a.width, scales[1], `kernel for input map ${channel}`),
        el('span.sign', {}, '='),
        matrix(plane(a, products, channel), a.height, a.width, scales[2], `products for input map ${channel}`),
        el('span.number', {}, `Σ ${precise(sums[channel])}`),
      ),
    );
  const rest = order.slice(most).reduce((total, channel) => total + sums[channel], 0);
  return el(
    'div.products',
    {},
    el(
      'div.product.heads',
      { 'aria-hidden': 'true' },
      el('span.lead'),
      el('span', {}, 'patch'),
      el('span.sign'),
      el('span', {}, 'kernel'),
      el('span.sign'),
      el('span', {}, 'products'),
    ),
    ...rows,
    order.length > most
      ? el('p.sub', {}, `${order.length - most} further input maps together: ${precise(rest)}`)
      : null,
  );
}

/** The inputs of a unit that add most to its sum, as bars. */
function unit(a: Arithmetic): HTMLElement {
  const products = Array.from(a.patch, (v, i) => v * a.kernel[i]);
  const order = [...products.keys()].sort((i, j) => Math.abs(products[j]) - Math.abs(products[i]));
  const shown = order.slice(0, 12);
  const hi = Math.max(1e-12, ...shown.map((i) => Math.abs(products[i])));
  const rows = shown.map((i) => {
    const bar = el(products[i] < 0 ? 'span.term.negative' : 'span.term', { 'aria-hidden': 'true' });
    bar.style.width = `${(90 * Math.abs(products[i])) / hi}px`;
    return el(
      'tr',
      {},
      el('td', {}, String(i)),
      el('td', {}, precise(a.patch[i])),
      el('td', {}, precise(a.kernel[i])),
      el('td', {}, precise(products[i])),
      el('td', {}, bar),
    );
  });
  const rest = order.slice(12).reduce((total, i) => total + products[i], 0);
  return el(
    'div',
    {},
    el(
      'table.terms',
      {},
      el(
        'thead',
        {},
        el(
          'tr',
          {},
          ...['input', 'value', '× weight', '= product', ''].map((h) => (h ? el('th', { scope: 'col' }, h) : el('td'))),
        ),
      ),
      el('tbody', {}, ...rows),
    ),
    order.length > 12 ? el('p.sub', {}, `${order.length - 12} further inputs together: ${precise(rest)}`) : null,
  );
}

/** Patch, kernel, sum, bias and activation function. */
export function arithmeticView(a: Arithmetic, layer: LayerInfo): HTMLElement {
  const dense = a.height * a.width === 1 && a.channels > 1;
  const activation = a.activation && a.activation !== 'linear' ? a.activation : null;
  const total = el(
    'p.sum',
    {},
    `${precise(a.sum)} ${signed(a.bias)} `,
    el('span.sub', {}, '(bias)'),
    ` = ${precise(a.sum + a.bias)}`,
  );
  return el(
    'div.arithmetic',
    { 'data-layer': layer.index },
    dense ? unit(a) : convolution(a),
    total,
    activation
      ? el('p.sum', {}, `${activation}(${precise(a.sum + a.bias)}) = `, el('strong', {}, precise(a.value)))
      : el('p.sum', {}, 'value ', el('strong', {}, precise(a.value))),
  );
}
