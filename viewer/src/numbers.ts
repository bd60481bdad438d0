// Numbers and shapes as nv's pictures write them.

/** A number in at most about six characters: "0.25", "−3.14", "1.2e−4", "12.3k". */
export function compact(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  const size = Math.abs(value);
  let text: string;
  if (size === 0) text = '0';
  else if (size >= 1e6 || size < 1e-3) text = value.toExponential(1).replace('.0e', 'e').replace('e+', 'e');
  else if (size >= 1e4) text = `${String(Number((value / 1000).toPrecision(3)))}k`;
  else text = String(Number(value.toPrecision(3)));
  return text.replace(/-/g, '−');
}

/** Six digits, for values under the pointer. */
export function precise(value: number): string {
  if (!Number.isFinite(value)) return compact(value);
  const size = Math.abs(value);
  const text =
    size !== 0 && (size >= 1e7 || size < 1e-4) ? value.toExponential(5) : String(Number(value.toPrecision(7)));
  return text.replace(/-/g, '−');
}

/** Four decimals, so that a column of them compares. */
export function probability(p: number): string {
  if (p > 0.99995 && p <= 1) return '> 0.9999';
  if (p >= 0 && p < 0.00005) return '< 0.0001';
  return Math.abs(p) < 1000 ? p.toFixed(4).replace('-', '−') : compact(p);
}

export function count(n: number): string {
  return n.toLocaleString('en-US');
}

/** "61.7k parameters": large counts rounded. */
export function magnitude(n: number): string {
  for (const [size, unit] of [
    [1e9, 'G'],
    [1e6, 'M'],
    [1e3, 'k'],
  ] as const)
    if (n >= size) return `${Number((n / size).toPrecision(3))} ${unit}`;
  return String(n);
}

/** "28 × 28 × 1"; "?" for a size that the model leaves open. */
export function shapeText(shape: number[]): string {
  return shape.length > 0 ? shape.map((n) => (n > 0 ? String(n) : '?')).join(' × ') : 'scalar';
}

/** "1 map", "2 maps". */
export function plural(n: number, noun: string): string {
  return `${count(n)} ${noun}${n === 1 ? '' : 's'}`;
}

export function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}

export function product(values: readonly number[]): number {
  return values.reduce((a, b) => a * b, 1);
}

export function clamp(value: number, lo: number, hi: number): number {
  return Math.min(hi, Math.max(lo, value));
}

/** Channels as nv's options take them: "0,3,8-11". */
export function rangeList(channels: readonly number[]): string {
  const sorted = [...channels].sort((a, b) => a - b);
  const parts: string[] = [];
  for (let i = 0; i < sorted.length;) {
    let j = i;
    while (j + 1 < sorted.length && sorted[j + 1] === sorted[j] + 1) j++;
    if (j - i >= 2) parts.push(`${sorted[i]}-${sorted[j]}`);
    else for (let k = i; k <= j; k++) parts.push(String(sorted[k]));
    i = j + 1;
  }
  return parts.join(',');
}
