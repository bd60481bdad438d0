// All maps of one layer on one canvas: to look over, to pick one, to freeze by clicks. Reached by keys as well.
import type { Activation, LayerInfo } from './protocol';
import { drawFrozen, drawMap, displayOf, isVector, type Display } from './display';
import { cssColour, greyScale, rangeOf, scaleFor, scaleOf, theme, type Scale } from './colours';
import { announce, context2d, el, onFrame } from './dom';
import { clamp, precise } from './numbers';

export interface Pick {
  channel: number;
  y: number;
  x: number;
}
export interface MosaicOptions {
  smallest: number; // edge of a map, px
  largest: number;
  onPick: (pick: Pick) => void;
  onFreeze?: (channel: number) => void; // key F
  onHover?: (pick: Pick | null) => void;
}

export class Mosaic {
  readonly element: HTMLElement;
  readonly canvas = el('canvas.mosaic', { tabindex: 0, role: 'application', 'aria-roledescription': 'maps' });
  private layer: LayerInfo | null = null;
  private display: Display = { count: 0, height: 0, width: 0, cells: 0 };
  private activation: Activation | null = null;
  private frozen: ReadonlySet<number> = new Set();
  private own = false;
  private scale: Scale | null = null;
  private order: readonly number[] | null = null;
  private chosen = -1;
  private focus = 0;
  private grid = { columns: 1, rows: 1, w: 1, h: 1, label: 0, gap: 4 };
  private redraw = onFrame(() => this.draw());

  constructor(private options: MosaicOptions) {
    this.element = el('div.mosaic-box', {}, this.canvas);
    this.canvas.addEventListener('pointermove', (e) => this.hover(this.at(e)));
    this.canvas.addEventListener('pointerleave', () => this.hover(null));
    this.canvas.addEventListener('click', (e) => {
      const pick = this.at(e);
      if (pick) {
        this.focus = this.place(pick.channel);
        this.options.onPick(pick);
      }
    });
    this.canvas.addEventListener('keydown', (e) => this.key(e));
    this.canvas.addEventListener('focus', () => this.redraw());
    this.canvas.addEventListener('blur', () => this.redraw());
    new ResizeObserver(() => this.redraw()).observe(this.element);
  }

  /** Shows a layer's maps; `scale` and `order` replace the layer's own. */
  show(
    layer: LayerInfo,
    activation: Activation,
    how: {
      frozen?: ReadonlySet<number>;
      own?: boolean;
      scale?: Scale;
      order?: readonly number[];
      chosen?: number;
      name?: string;
    },
  ): void {
    if (this.layer !== layer) this.focus = 0;
    this.layer = layer;
    this.display = displayOf(layer);
    this.activation = activation;
    this.frozen = how.frozen ?? new Set();
    this.own = how.own ?? false;
    this.scale = how.scale ?? null;
    this.order = how.order ?? null;
    this.chosen = how.chosen ?? -1;
    const what = isVector(layer) ? `${layer.maps.width} units` : `${this.display.count} maps`;
    this.canvas.setAttribute(
      'aria-label',
      `${how.name ?? ''}${what}. Arrow keys choose, Enter opens${this.options.onFreeze ? ', F freezes' : ''}.`,
    );
    this.redraw();
  }

  /** The scale of a channel. */
  scaleOf(channel: number): Scale {
    const a = this.activation!;
    if (this.scale) return this.scale;
    if (!this.own || isVector(this.layer!))
      return this.layer!.kind === 'InputLayer' && a.min >= 0 ? greyScale(a.min, a.max) : scaleOf(a);
    return scaleFor(...rangeOf(a.values.subarray(channel * this.display.cells, (channel + 1) * this.display.cells)));
  }

  private place(channel: number): number {
    return this.order ? this.order.indexOf(channel) : channel;
  }
  private channelAt(place: number): number {
    return this.order ? this.order[place] : place;
  }
  private get shown(): number {
    return this.order ? this.order.length : this.display.count;
  }

  /** Columns and the size of a map: whole pixels per cell where they fit. */
  private arrange(width: number): void {
    const { height: h, width: w } = this.display;
    const gap = 4;
    if (isVector(this.layer!)) {
      const cell = clamp(Math.floor((width - 1) / w), 2, 26);
      this.grid = { columns: 1, rows: 1, w: cell * w, h: cell * h, label: 0, gap };
      return;
    }
    const n = this.shown;
    const smallest = n > 1500 ? 16 : n > 600 ? 22 : this.options.smallest;
    const ideal = clamp(Math.sqrt((1.1 * width * width) / n), smallest, this.options.largest);
    let columns = 1;
    let tile = smallest;
    let least = Infinity;
    for (let c = 1; c <= Math.min(n, Math.max(1, Math.floor((width + gap) / (smallest + gap)))); c++) {
      const room = Math.min(this.options.largest, Math.floor((width - (c - 1) * gap) / c));
      const size = w <= room ? Math.floor(room / w) * w : room;
      const miss = Math.abs(Math.log(size / ideal)) + 0.4 * (1 - (c * (size + gap)) / width);
      if (miss < least) {
        least = miss;
        columns = c;
        tile = size;
      }
    }
    const label = tile >= 24 ? 13 : 0;
    this.grid = {
      columns,
      rows: Math.ceil(n / columns),
      w: tile,
      h: Math.max(2, Math.round((tile * h) / w)),
      label,
      gap,
    };
  }

  private corner(place: number): [number, number] {
    const { columns, w, h, label, gap } = this.grid;
    return [(place % columns) * (w + gap), Math.floor(place / columns) * (h + label + gap) + label];
  }

  draw(): void {
    const width = this.element.clientWidth;
    if (!this.layer || !this.activation || width < 8) return;
    this.arrange(width);
    const { columns, rows, w, h, label, gap } = this.grid;
    const context = context2d(
      this.canvas,
      Math.min(width, columns * (w + gap) - gap),
      rows * (h + label + gap) - gap + 1,
    );
    if (isVector(this.layer)) this.drawUnits(context);
    else for (let place = 0; place < this.shown; place++) this.drawTile(context, place);
    if (document.activeElement === this.canvas) this.outline(context, this.focus, theme().ink, 2);
    if (this.chosen >= 0 && this.place(this.chosen) >= 0)
      this.outline(context, this.place(this.chosen), theme().second, 2.5);
  }

  private drawTile(context: CanvasRenderingContext2D, place: number): void {
    const { w, h, label } = this.grid;
    const channel = this.channelAt(place);
    const [x, y] = this.corner(place);
    drawMap(
      context,
      this.activation!,
      this.display,
      channel,
      this.scaleOf(channel),
      x,
      y,
      w,
      h,
      this.frozen.has(channel),
    );
    context.strokeStyle = theme().frame;
    context.lineWidth = 1;
    context.strokeRect(x + 0.5, y + 0.5, w - 1, h - 1);
    if (label === 0) return;
    context.fillStyle = this.frozen.has(channel) ? theme().ink : theme().muted;
    context.font = '10.5px "Liberation Sans", Arial, Helvetica, sans-serif';
    context.textAlign = 'center';
    context.textBaseline = 'alphabetic';
    context.fillText(String(channel), x + w / 2, y - 3);
  }

  private drawUnits(context: CanvasRenderingContext2D): void {
    const scale = this.scaleOf(0);
    const cell = this.grid.w / this.display.width;
    this.activation!.values.forEach((value, i) => {
      const x = (i % this.display.width) * cell;
      const y = Math.floor(i / this.display.width) * cell;
      if (this.frozen.has(i)) {
        drawFrozen(context, x, y, cell, cell);
        return;
      }
      context.fillStyle = cssColour(value, scale);
      context.fillRect(x, y, cell, cell);
      if (cell >= 8) {
        context.strokeStyle = theme().frame;
        context.globalAlpha = 0.5;
        context.lineWidth = 1;
        context.strokeRect(x + 0.5, y + 0.5, cell - 1, cell - 1);
        context.globalAlpha = 1;
      }
    });
    context.strokeStyle = theme().frame;
    context.strokeRect(0.5, 0.5, this.grid.w - 1, this.grid.h - 1);
  }

  private outline(context: CanvasRenderingContext2D, place: number, colour: string, width: number): void {
    let [x, y] = this.corner(place);
    let { w, h } = this.grid;
    if (isVector(this.layer!)) {
      w = h = this.grid.w / this.display.width;
      [x, y] = [(place % this.display.width) * w, Math.floor(place / this.display.width) * h];
    }
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.strokeRect(x + width / 2, y + width / 2, w - width, h - width);
  }

  private at(event: MouseEvent): Pick | null {
    const box = this.canvas.getBoundingClientRect();
    const px = event.clientX - box.left;
    const py = event.clientY - box.top;
    const { columns, w, h, label, gap } = this.grid;
    if (isVector(this.layer!)) {
      const cell = w / this.display.width;
      const unit = Math.floor(py / cell) * this.display.width + Math.floor(px / cell);
      return px < w && unit >= 0 && unit < this.display.cells ? { channel: unit, y: 0, x: unit } : null;
    }
    const column = Math.floor(px / (w + gap));
    const row = Math.floor(py / (h + label + gap));
    const place = row * columns + column;
    if (column >= columns || place >= this.shown || place < 0) return null;
    const [x, y] = this.corner(place);
    const at = (p: number, size: number, n: number): number => clamp(Math.floor((p / size) * n), 0, n - 1);
    return {
      channel: this.channelAt(place),
      y: at(py - y, h, this.display.height),
      x: at(px - x, w, this.display.width),
    };
  }

  private hover(pick: Pick | null): void {
    this.canvas.title = pick ? this.describe(pick) : '';
    this.options.onHover?.(pick);
  }

  private describe(pick: Pick): string {
    if (isVector(this.layer!))
      return `unit ${pick.channel}: ${precise(this.activation!.values[pick.channel])}${this.frozen.has(pick.channel) ? ' (frozen)' : ''}`;
    const value = this.activation!.values[pick.channel * this.display.cells + pick.y * this.display.width + pick.x];
    return `map ${pick.channel}${this.frozen.has(pick.channel) ? ' (frozen)' : ''}, row ${pick.y}, column ${pick.x}: ${precise(value)}`;
  }

  private key(event: KeyboardEvent): void {
    if (!this.layer || event.ctrlKey || event.metaKey || event.altKey) return;
    const vector = isVector(this.layer);
    const columns = vector ? this.display.width : this.grid.columns;
    const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns };
    const last = (vector ? this.display.cells : this.shown) - 1;
    const channel = vector ? this.focus : this.channelAt(this.focus);
    if (event.key in steps) this.focus = clamp(this.focus + steps[event.key], 0, last);
    else if (event.key === 'Home') this.focus = 0;
    else if (event.key === 'End') this.focus = last;
    else if (event.key === 'Enter' || event.key === ' ')
      this.options.onPick(vector ? { channel, y: 0, x: channel } : { channel, y: 0, x: 0 });
    else if (event.key.toLowerCase() === 'f' && this.options.onFreeze) this.options.onFreeze(channel);
    else return;
    event.preventDefault();
    const now = vector ? this.focus : this.channelAt(this.focus);
    announce(
      vector ? this.describe({ channel: now, y: 0, x: now }) : `map ${now}${this.frozen.has(now) ? ', frozen' : ''}`,
    );
    this.redraw();
  }
}

/** A colour bar with the numbers at its ends. */
export function colourBar(scale: Scale, text: (value: number) => string): HTMLElement {
  const canvas = el('canvas', { width: 128, height: 1, 'aria-hidden': 'true' });
  const pixels = new ImageData(128, 1);
  for (let i = 0; i < 128; i++) pixels.data.set(scale.colours.subarray(8 * i, 8 * i + 4), 4 * i);
  canvas.getContext('2d')!.putImageData(pixels, 0, 0);
  return el(
    'div.colour-bar',
    { role: 'img', 'aria-label': `colours from ${text(scale.lo)} to ${text(scale.hi)}` },
    el('span', {}, text(scale.lo)),
    canvas,
    el('span', {}, text(scale.hi)),
  );
}
