// How a layer's values are drawn: as maps, and vectors as a compact matrix.
import type { Activation, LayerInfo } from './protocol';
import { drawPixels, paint, theme, type Scale } from './colours';

/** `count` pictures of height x width cells; each has `cells` values, fewer than height * width in a vector's last row. */
export interface Display {
  count: number;
  height: number;
  width: number;
  cells: number;
}

const columnsOf = (units: number): number => (units <= 12 ? units : Math.ceil(Math.sqrt(units * 1.6)));

export function displayOf(layer: LayerInfo): Display {
  // A size that the model leaves open is 0 until a sample gives one.
  const [count, height, width] = [layer.maps.count, layer.maps.height, layer.maps.width].map((n) => Math.max(n, 1));
  if (height !== 1 || count !== 1) return { count, height, width, cells: height * width };
  const columns = columnsOf(width);
  return { count: 1, height: Math.ceil(width / columns), width: columns, cells: width };
}

/** Whether its values are units, not maps over positions. */
export function isVector(layer: LayerInfo): boolean {
  return layer.maps.count === 1 && layer.maps.height === 1;
}

/** The number of things that can be frozen or compared: channels, or units of a vector. */
export function channelCount(layer: LayerInfo): number {
  return isVector(layer) ? layer.maps.width : layer.maps.count;
}

/** RGBA of one map. */
export function mapPixels(
  activation: Activation,
  display: Display,
  channel: number,
  scale: Scale,
): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(4 * display.height * display.width);
  paint(activation.values, channel * display.cells, display.cells, scale, pixels);
  return pixels;
}

/** Draws one map as crisp cells with a hairline around it. */
export function drawMap(
  context: CanvasRenderingContext2D,
  activation: Activation,
  display: Display,
  channel: number,
  scale: Scale,
  x: number,
  y: number,
  w: number,
  h: number,
  frozen = false,
): void {
  if (frozen) drawFrozen(context, x, y, w, h);
  else drawPixels(context, mapPixels(activation, display, channel, scale), display.width, display.height, x, y, w, h);
}

/** Flat grey with a stroke through it, as in nv's sheets. */
export function drawFrozen(context: CanvasRenderingContext2D, x: number, y: number, w: number, h: number): void {
  context.fillStyle = theme().frozen;
  context.fillRect(x, y, w, h);
  context.strokeStyle = theme().muted;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(x, y + h);
  context.lineTo(x + w, y);
  context.stroke();
}

/** The largest whole number of pixels a cell can have so that the map fits; below 1 if it must shrink. */
export function cellSize(display: Display, width: number, height: number, largest = 64): number {
  const fit = Math.min(width / display.width, height / display.height);
  return fit >= 1 ? Math.min(largest, Math.floor(fit)) : fit;
}
