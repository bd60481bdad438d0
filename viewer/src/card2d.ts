// The pictures on the cards of the graph.
import { drawMap, displayOf, isVector } from './display';
import { scaleOf } from './colours';
import { clamp } from './numbers';
import type { Activation, LayerInfo, SampleInfo } from './protocol';

/** The channels whose mean magnitude is largest, as nv's overviews show them. */
function mostActive(activation: Activation, count: number, cells: number, most: number): number[] {
  const strength = Array.from({ length: count }, (_, c) => {
    let total = 0;
    for (let i = c * cells; i < (c + 1) * cells; i++) total += Math.abs(activation.values[i]);
    return total;
  });
  const order = strength.map((_, c) => c).sort((a, b) => strength[b] - strength[a] || a - b);
  return order.slice(0, most);
}

export function inputPicture({ width, height, rgba }: SampleInfo['picture']): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  canvas.getContext('2d')!.putImageData(new ImageData(new Uint8ClampedArray(rgba), width, height), 0, 0);
  return canvas;
}

/** As many of the most active maps as fit, at twice the card's size. */
export function cardPicture(
  layer: LayerInfo,
  activation: Activation,
  frozen: ReadonlySet<number> | undefined,
  width: number,
  height: number,
): HTMLCanvasElement {
  const display = displayOf(layer);
  const vector = isVector(layer);
  const ratio = 2;
  const gap = 4;
  const aspect = display.width / display.height;
  const fitting = clamp(Math.round(width / Math.max(30, Math.min(height, 56) * aspect)), 1, Math.min(display.count, 5));
  const columns = vector ? 1 : fitting;
  const w = Math.min(width, height * aspect * columns + gap * (columns - 1)) * ratio;
  const tile = (w - gap * (columns - 1)) / columns;
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(2, Math.round(w));
  canvas.height = Math.max(2, Math.round(Math.min(tile / aspect, height * ratio)));
  const context = canvas.getContext('2d')!;
  const scale = scaleOf(activation);
  const channels = vector ? [0] : mostActive(activation, display.count, display.cells, columns);
  channels.forEach((channel, i) => {
    const x = i * (tile + gap);
    drawMap(context, activation, display, channel, scale, x, 0, tile, canvas.height, !vector && frozen?.has(channel));
  });
  return canvas;
}

/** `text`, shortened to a width. */
export function clipped(context: CanvasRenderingContext2D, text: string, width: number): string {
  if (context.measureText(text).width <= width) return text;
  let n = text.length;
  while (n > 1 && context.measureText(text.slice(0, n) + '…').width > width) n--;
  return text.slice(0, n) + '…';
}

export function arrowHead(context: CanvasRenderingContext2D, points: [number, number][]): void {
  if (points.length < 2) return;
  const [x, y] = points[points.length - 1];
  const [px, py] = points[points.length - 2];
  const length = Math.hypot(x - px, y - py) || 1;
  const dx = (x - px) / length;
  const dy = (y - py) / length;
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x - 7 * dx - 3.5 * dy, y - 7 * dy + 3.5 * dx);
  context.lineTo(x - 7 * dx + 3.5 * dy, y - 7 * dy - 3.5 * dx);
  context.fill();
}
