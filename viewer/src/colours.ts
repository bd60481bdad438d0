// Colours of values: the same maps as lib/nv/render/scene/colormap.cpp, the same rules as nv's sheets.
import type { Activation } from './protocol';

type Stops = readonly (readonly [number, number])[];

// Stops sampled from matplotlib's viridis (CC0), as in colormap.cpp.
const viridisStops: Stops = [
  [0, 0x440154],
  [13, 0x481467],
  [30, 0x472a7a],
  [42, 0x443983],
  [58, 0x3e4c8a],
  [81, 0x32648e],
  [125, 0x218e8d],
  [141, 0x1e9d89],
  [153, 0x22a884],
  [162, 0x2ab07f],
  [174, 0x3bbb75],
  [193, 0x60ca60],
  [215, 0x95d840],
  [233, 0xc5e021],
  [240, 0xd8e219],
  [246, 0xe7e419],
  [255, 0xfde725],
];
const greyStops: Stops = [
  [0, 0x000000],
  [255, 0xffffff],
];
const blueWhiteRed: Stops = [
  [0, 0x0b2f6b],
  [36, 0x1b5fa8],
  [72, 0x5b9dcf],
  [104, 0xb4d3e9],
  [127, 0xffffff],
  [128, 0xffffff],
  [151, 0xf6c6b0],
  [183, 0xe08163],
  [219, 0xb8342f],
  [255, 0x6e0a1e],
];
const blueBlackRed: Stops = [
  [0, 0xb8dcff],
  [36, 0x6db3f2],
  [72, 0x2f7fc4],
  [104, 0x1a4a78],
  [127, 0x15181d],
  [128, 0x15181d],
  [151, 0x73291d],
  [183, 0xbe4a2b],
  [219, 0xee8a5f],
  [255, 0xffd0b5],
];

/** 256 colours as RGBA. */
function table(stops: Stops): Uint8ClampedArray {
  const colours = new Uint8ClampedArray(256 * 4);
  for (let s = 0; s + 1 < stops.length; s++) {
    const [from, a] = stops[s];
    const [to, b] = stops[s + 1];
    for (let i = from; i <= to; i++) {
      const t = (i - from) / (to - from || 1);
      for (let c = 0; c < 3; c++) {
        const shift = 16 - 8 * c;
        colours[4 * i + c] = Math.round(((a >> shift) & 255) * (1 - t) + ((b >> shift) & 255) * t);
      }
      colours[4 * i + 3] = 255;
    }
  }
  return colours;
}

const tables = {
  viridis: table(viridisStops),
  grey: table(greyStops),
  light: table(blueWhiteRed),
  dark: table(blueBlackRed),
};

export interface Theme {
  name: 'light' | 'dark';
  background: string;
  panel: string;
  ink: string;
  muted: string;
  frame: string;
  accent: string;
  second: string;
  frozen: string;
  bad: string;
}

const light: Theme = {
  name: 'light',
  background: '#ffffff',
  panel: '#f6f7f9',
  ink: '#16191e',
  muted: '#5c626c',
  frame: '#ced2d8',
  accent: '#0072b2',
  second: '#c55000',
  frozen: '#c4c7cc',
  bad: '#968c84',
};
const dark: Theme = {
  name: 'dark',
  background: '#13161b',
  panel: '#1c2026',
  ink: '#e8eaee',
  muted: '#9ca3ae',
  frame: '#3e444d',
  accent: '#56b4e9',
  second: '#f0913c',
  frozen: '#545961',
  bad: '#7a716a',
};

let current: Theme = light;
export function theme(): Theme {
  return current;
}
export function useTheme(name: 'light' | 'dark'): void {
  current = name === 'dark' ? dark : light;
}

/** Colours for numbers from lo to hi; of a signed scale, hi = -lo and the middle of the map is 0. */
export interface Scale {
  lo: number;
  hi: number;
  colours: Uint8ClampedArray;
  signed: boolean;
}

export function sequential(lo: number, hi: number): Scale {
  return { lo: Math.min(lo, 0), hi, colours: tables.viridis, signed: false };
}

export function symmetric(magnitude: number): Scale {
  return { lo: -magnitude, hi: magnitude, colours: tables[current.name], signed: true };
}

export function greyScale(lo: number, hi: number): Scale {
  return { lo, hi, colours: tables.grey, signed: false };
}

/** Sequential for values that are never negative, else diverging about 0. */
export function scaleFor(lo: number, hi: number): Scale {
  return lo < 0 ? symmetric(Math.max(-lo, hi)) : sequential(lo, hi);
}

export function scaleOf(activation: Activation): Scale {
  return scaleFor(activation.min, activation.max);
}

/** Index of the colour of `value`, 0 to 255; -1 if it is not finite. */
function level(value: number, scale: Scale): number {
  if (!Number.isFinite(value)) return -1;
  const t = scale.hi > scale.lo ? (value - scale.lo) / (scale.hi - scale.lo) : scale.signed ? 0.5 : 0;
  return t <= 0 ? 0 : t >= 1 ? 255 : Math.round(t * 255);
}

function channels(hex: string): [number, number, number] {
  const n = parseInt(hex.slice(1), 16);
  return [n >> 16, (n >> 8) & 255, n & 255];
}

export function cssColour(value: number, scale: Scale): string {
  const i = level(value, scale);
  if (i < 0) return current.bad;
  return `rgb(${scale.colours[4 * i]} ${scale.colours[4 * i + 1]} ${scale.colours[4 * i + 2]})`;
}

/** Black or white, whichever reads on the colour of `value`. */
export function inkOn(value: number, scale: Scale): string {
  const i = Math.max(0, level(value, scale));
  const [r, g, b] = [0, 1, 2].map((c) => (scale.colours[4 * i + c] / 255) ** 2.2);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.19 ? '#000' : '#fff';
}

/** `n` values from `offset` as RGBA pixels, into `out`. */
export function paint(values: Float32Array, offset: number, n: number, scale: Scale, out: Uint8ClampedArray): void {
  const bad = channels(current.bad);
  const factor = scale.hi > scale.lo ? 255 / (scale.hi - scale.lo) : 0;
  const start = scale.hi > scale.lo ? 0.5 : scale.signed ? 128 : 0;
  for (let i = 0; i < n; i++) {
    const value = values[offset + i];
    const at = 4 * i;
    if (Number.isFinite(value)) {
      let k = (value - scale.lo) * factor + start;
      k = 4 * (k <= 0 ? 0 : k >= 255 ? 255 : k | 0);
      out[at] = scale.colours[k];
      out[at + 1] = scale.colours[k + 1];
      out[at + 2] = scale.colours[k + 2];
    } else {
      out[at] = bad[0];
      out[at + 1] = bad[1];
      out[at + 2] = bad[2];
    }
    out[at + 3] = 255;
  }
}

const scratch = document.createElement('canvas');
/** Draws pixels as crisp squares in a rectangle of `context`. */
export function drawPixels(
  context: CanvasRenderingContext2D,
  pixels: Uint8ClampedArray<ArrayBuffer>,
  width: number,
  height: number,
  x: number,
  y: number,
  w: number,
  h: number,
): void {
  scratch.width = width;
  scratch.height = height;
  scratch.getContext('2d')!.putImageData(new ImageData(pixels, width, height), 0, 0);
  context.imageSmoothingEnabled = w < width || h < height;
  context.drawImage(scratch, x, y, w, h);
}

/** The smallest and largest finite values. */
export function rangeOf(values: Float32Array): [number, number] {
  let lo = Infinity;
  let hi = -Infinity;
  for (const v of values) {
    if (v < lo && v !== -Infinity) lo = v;
    if (v > hi && v !== Infinity) hi = v;
  }
  return lo <= hi ? [lo, hi] : [0, 0];
}
