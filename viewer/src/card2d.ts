// The cards of the graph and the lines between them.
import { drawMap, displayOf, isVector } from './display';
import { scaleOf, theme } from './colours';
import { printable } from './dom';
import type { Window } from './minimap';
import { clamp, shapeText } from './numbers';
import type { Activation, LayerInfo, SampleInfo } from './protocol';

export interface Card extends Window {
  layer: LayerInfo;
}
export interface Wire extends Window {
  points: [number, number][];
}
interface CardState {
  chosen: boolean;
  hovered: boolean;
  frozen: boolean;
}

const font = '"Liberation Sans", Arial, Helvetica, sans-serif';

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
function clipped(context: CanvasRenderingContext2D, text: string, width: number): string {
  if (context.measureText(text).width <= width) return text;
  let n = text.length;
  while (n > 1 && context.measureText(text.slice(0, n) + '…').width > width) n--;
  return text.slice(0, n) + '…';
}

function arrowHead(context: CanvasRenderingContext2D, points: [number, number][]): void {
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

export function drawWire(context: CanvasRenderingContext2D, points: [number, number][], scale: number): void {
  context.strokeStyle = context.fillStyle = theme().muted;
  context.lineWidth = Math.max(1.2, 0.8 / scale);
  context.lineJoin = 'round';
  context.beginPath();
  points.forEach(([x, y], i) => (i === 0 ? context.moveTo(x, y) : context.lineTo(x, y)));
  context.stroke();
  arrowHead(context, points);
}

/** Draws a card with its picture, if it has one yet; whether there is room for one. */
export function drawCard(
  context: CanvasRenderingContext2D,
  card: Card,
  { chosen, hovered, frozen }: CardState,
  picture: HTMLCanvasElement | undefined,
  scale: number,
): boolean {
  const colours = theme();
  context.fillStyle = colours.panel;
  context.strokeStyle = chosen ? colours.second : hovered ? colours.accent : colours.frame;
  context.lineWidth = chosen ? Math.max(2.5, 2 / scale) : Math.max(1, 0.6 / scale);
  context.fillRect(card.x, card.y, card.width, card.height);
  context.strokeRect(card.x, card.y, card.width, card.height);
  const readable = scale > 0.32;
  const top = readable ? Math.min(34, card.height) : 4;
  if (readable) drawText(context, card, frozen);
  const roomy = card.height - top > 14;
  if (roomy && picture) drawPicture(context, card, picture, top, scale);
  return roomy;
}

function drawText(context: CanvasRenderingContext2D, { layer, x, y, width, height }: Card, frozen: boolean): void {
  const colours = theme();
  const room = width - 16;
  const low = height < 36;
  const name = `${frozen ? '❄ ' : ''}${printable(layer.path.split('/').pop() ?? layer.path, 60)}`;
  context.textAlign = 'left';
  context.textBaseline = 'alphabetic';
  context.fillStyle = colours.ink;
  context.font = `700 12px ${font}`;
  context.fillText(clipped(context, name, room), x + 8, y + (low ? 13 : 15));
  context.fillStyle = colours.muted;
  context.font = `11px ${font}`;
  context.fillText(clipped(context, `${layer.kind} · ${shapeText(layer.shape)}`, room), x + 8, y + (low ? 25 : 29));
}

function drawPicture(
  context: CanvasRenderingContext2D,
  card: Card,
  picture: HTMLCanvasElement,
  top: number,
  scale: number,
): void {
  const room = { w: card.width - 16, h: card.height - top - 6 };
  const k = Math.min(room.w / picture.width, room.h / picture.height);
  context.imageSmoothingEnabled = scale * k * 2 < 1.2;
  context.drawImage(
    picture,
    card.x + (card.width - picture.width * k) / 2,
    card.y + top + (room.h - picture.height * k) / 2,
    picture.width * k,
    picture.height * k,
  );
}
