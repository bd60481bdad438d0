// The network as a graph of cards, for deep and branching models. Only what is in view is fetched and drawn, and only
// when something changed.
import { arrowHead, cardPicture, clipped, inputPicture } from './card2d';
import { theme } from './colours';
import { announce, context2d, el, messageOf, onFrame, printable, toast } from './dom';
import { copyOf } from './picture';
import { clamp, plural, shapeText } from './numbers';
import { Minimap } from './minimap';
import type { LayerInfo } from './protocol';
import type { App } from './state';
import { Latest } from './values';

interface Card {
  layer: LayerInfo;
  x: number;
  y: number;
  width: number;
  height: number;
}
interface Wire {
  points: [number, number][];
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

const cardWidth = 190;
const cardHeight = 104; // the layout's boxes are stretched to it, so that maps have room
const font = '"Liberation Sans", Arial, Helvetica, sans-serif';

export class Graph2D {
  readonly element: HTMLElement;
  private canvas = el('canvas', { tabindex: 0, role: 'application', 'aria-roledescription': 'graph of layers' });
  private cards: Card[] = [];
  private wires: Wire[] = [];
  private size = { width: 1, height: 1 };
  private view = { scale: 1, x: 0, y: 0 }; // screen = (world - offset) * scale
  private pictures = new Map<number, HTMLCanvasElement>();
  private state = 0; // counts what makes pictures stale
  private stale = new Set<number>(); // pictures of an older state, drawn until the new one is there
  private waiting: Card[] = [];
  private latest = new Latest((error) => toast(messageOf(error), true));
  private redraw = onFrame(() => this.draw());
  private pointers = new Map<number, { x: number; y: number }>();
  private travelled = 0;
  private hovered = -1;
  private minimap = new Minimap();
  private steering = false; // the minimap is dragged
  private moved = false;

  constructor(private app: App) {
    this.element = el('div.graph', {}, this.canvas);
    const { canvas } = this;
    canvas.addEventListener('wheel', (e) => this.wheel(e), { passive: false });
    canvas.addEventListener('pointerdown', (e) => {
      canvas.setPointerCapture(e.pointerId);
      this.pointers.set(e.pointerId, { x: e.offsetX, y: e.offsetY });
      this.begin(e);
    });
    canvas.addEventListener('pointermove', (e) => this.move(e));
    canvas.addEventListener('pointerup', (e) => this.up(e));
    canvas.addEventListener('pointercancel', (e) => this.pointers.delete(e.pointerId));
    canvas.addEventListener('dblclick', (e) => {
      const card = this.cardAt(e.offsetX, e.offsetY);
      if (card) this.openSheet(card.layer.index);
    });
    canvas.addEventListener('keydown', (e) => this.key(e));
    new ResizeObserver(() => {
      if (!this.moved) this.reset();
      this.redraw();
    }).observe(this.element);
    app.on(['values', 'choice', 'frozen', 'theme'], () => {
      for (const layer of this.pictures.keys()) this.stale.add(layer);
      this.state++;
      this.redraw();
    });
    app.on('layer', () => {
      this.reveal();
      this.redraw();
    });
  }

  build(): void {
    const model = this.app.model!;
    const { layout } = model;
    const middle = (sizes: number[]): number => sizes.sort((a, b) => a - b)[sizes.length >> 1] || 1;
    const kx = cardWidth / middle(layout.nodes.map((n) => n.width));
    const ky = cardHeight / middle(layout.nodes.map((n) => n.height));
    this.cards = layout.nodes.map((n) => ({
      layer: model.layers[n.layer],
      x: n.x * kx,
      y: n.y * ky,
      width: n.width * kx,
      height: n.height * ky,
    }));
    this.wires = layout.edges.map(({ points }) => {
      const scaled = points.map(([x, y]): [number, number] => [x * kx, y * ky]);
      const xs = scaled.map((p) => p[0]);
      const ys = scaled.map((p) => p[1]);
      return { points: scaled, x0: Math.min(...xs), x1: Math.max(...xs), y0: Math.min(...ys), y1: Math.max(...ys) };
    });
    this.size = { width: layout.width * kx, height: layout.height * ky };
    this.pictures.clear();
    this.canvas.setAttribute(
      'aria-label',
      `Graph of ${plural(model.layers.length, 'layer')}. Arrow keys go from layer to layer, Enter shows all maps, plus and minus zoom, 0 resets.`,
    );
    this.reset();
  }

  /** The whole width if it can be read, else the beginning. */
  reset(): void {
    const w = this.element.clientWidth;
    const h = this.element.clientHeight;
    if (w === 0 || this.cards.length === 0) return;
    const whole = Math.min((w - 32) / this.size.width, (h - 32) / this.size.height);
    const scale = whole > 0.8 ? Math.min(whole, 1) : clamp((w - 32) / this.size.width, 0.42, 1);
    const first = this.cards[0];
    const x =
      this.size.width * scale <= w
        ? (this.size.width - w / scale) / 2
        : clamp(first.x + first.width / 2 - w / scale / 2, -16 / scale, this.size.width + 16 / scale - w / scale);
    this.view = {
      scale,
      x,
      y: this.size.height * scale <= h ? (this.size.height - h / scale) / 2 : first.y - 20 / scale,
    };
    this.moved = false;
    this.redraw();
  }

  zoom(factor: number, x = this.element.clientWidth / 2, y = this.element.clientHeight / 2): void {
    const scale = clamp(this.view.scale * factor, 0.04, 4);
    this.view.x += x / this.view.scale - x / scale;
    this.view.y += y / this.view.scale - y / scale;
    this.view.scale = scale;
    this.bound();
  }

  private pan(dx: number, dy: number): void {
    this.view.x += dx / this.view.scale;
    this.view.y += dy / this.view.scale;
    this.bound();
  }

  /** Some of the graph stays in view. */
  private bound(): void {
    const w = this.element.clientWidth / this.view.scale;
    const h = this.element.clientHeight / this.view.scale;
    this.view.x = clamp(this.view.x, -0.8 * w, this.size.width - 0.2 * w);
    this.view.y = clamp(this.view.y, -0.8 * h, this.size.height - 0.2 * h);
    this.moved = true;
    this.redraw();
  }

  private wheel(event: WheelEvent): void {
    event.preventDefault();
    const unit = event.deltaMode === 1 ? 20 : 1;
    if (event.ctrlKey || event.metaKey)
      this.zoom(Math.exp(-clamp(event.deltaY * unit, -120, 120) * 0.006), event.offsetX, event.offsetY);
    else if (event.shiftKey) this.pan(event.deltaY * unit, 0);
    else this.pan(event.deltaX * unit, event.deltaY * unit);
  }

  private begin(event: PointerEvent): void {
    if (this.pointers.size > 1) return;
    this.travelled = 0;
    this.steering = this.minimap.at(event.offsetX, event.offsetY) !== null;
    if (this.steering) this.steer(event);
  }

  /** Goes where the minimap is pressed. */
  private steer(event: PointerEvent): void {
    const y = this.minimap.at(event.offsetX, event.offsetY);
    this.travelled = 4;
    if (y === null) return;
    this.view.y = y - this.element.clientHeight / this.view.scale / 2;
    this.bound();
  }

  private move(event: PointerEvent): void {
    if (this.steering && this.pointers.has(event.pointerId)) {
      this.steer(event);
      return;
    }
    const last = this.pointers.get(event.pointerId);
    if (!last) {
      this.hover(this.cardAt(event.offsetX, event.offsetY));
      return;
    }
    const other = [...this.pointers].find(([id]) => id !== event.pointerId)?.[1];
    const now = { x: event.offsetX, y: event.offsetY };
    this.travelled += Math.abs(now.x - last.x) + Math.abs(now.y - last.y);
    if (other) {
      const before = Math.hypot(last.x - other.x, last.y - other.y);
      const after = Math.hypot(now.x - other.x, now.y - other.y);
      if (before > 0) this.zoom(after / before, (now.x + other.x) / 2, (now.y + other.y) / 2);
    }
    if (this.travelled >= 4) this.pan(last.x - now.x, last.y - now.y);
    this.pointers.set(event.pointerId, now);
  }

  private up(event: PointerEvent): void {
    const single = this.pointers.size === 1;
    this.pointers.delete(event.pointerId);
    this.steering = false;
    if (!single || this.travelled >= 4) return;
    const card = this.cardAt(event.offsetX, event.offsetY);
    if (card) this.app.selectLayer(card.layer.index);
  }

  private hover(card: Card | null): void {
    const index = card ? card.layer.index : -1;
    if (index === this.hovered) return;
    this.hovered = index;
    this.canvas.style.cursor = card ? 'pointer' : 'grab';
    this.canvas.title = card ? `${printable(card.layer.path)}: ${card.layer.kind}, ${shapeText(card.layer.shape)}` : '';
    this.redraw();
  }

  private cardAt(px: number, py: number): Card | null {
    const x = px / this.view.scale + this.view.x;
    const y = py / this.view.scale + this.view.y;
    return this.cards.find((c) => x >= c.x && x <= c.x + c.width && y >= c.y && y <= c.y + c.height) ?? null;
  }

  private openSheet(layer: number): void {
    this.app.showDetail({ layer, channel: -1, y: 0, x: 0 });
  }

  private key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step: Record<string, [number, number]> = {
      ArrowDown: [0, 1],
      ArrowUp: [0, -1],
      ArrowRight: [1, 0],
      ArrowLeft: [-1, 0],
    };
    if (event.key in step) this.go(...step[event.key]);
    else if (event.key === '+' || event.key === '=') this.zoom(1.2);
    else if (event.key === '-') this.zoom(1 / 1.2);
    else if (event.key === '0' || event.key === 'Home') this.reset();
    else if (event.key === 'PageDown' || event.key === 'PageUp')
      this.pan(0, (event.key === 'PageDown' ? 0.8 : -0.8) * this.element.clientHeight);
    else if (event.key === 'Enter' && this.app.layer !== null) this.openSheet(this.app.layer);
    else return;
    event.preventDefault();
  }

  /** Chooses the nearest card in a direction. */
  private go(dx: number, dy: number): void {
    const from = this.cards.find((c) => c.layer.index === this.app.layer);
    if (!from) {
      this.app.selectLayer(this.cards[0].layer.index);
      return;
    }
    const middle = (c: Card): [number, number] => [c.x + c.width / 2, c.y + c.height / 2];
    const [x, y] = middle(from);
    let best: Card | null = null;
    let least = Infinity;
    for (const card of this.cards) {
      const [cx, cy] = middle(card);
      const along = (cx - x) * dx + (cy - y) * dy;
      const aside = Math.abs((cx - x) * dy) + Math.abs((cy - y) * dx);
      if (along <= 1 || along + 2 * aside >= least) continue;
      least = along + 2 * aside;
      best = card;
    }
    if (!best) return;
    this.app.selectLayer(best.layer.index);
    announce(`${best.layer.path}, ${best.layer.kind}, ${shapeText(best.layer.shape)}`);
  }

  /** Scrolls so that the chosen layer can be seen. */
  private reveal(): void {
    const card = this.cards.find((c) => c.layer.index === this.app.layer);
    const w = this.element.clientWidth / this.view.scale;
    const h = this.element.clientHeight / this.view.scale;
    if (!card || w === 0) return;
    const margin = 24 / this.view.scale;
    if (card.x < this.view.x || card.x + card.width > this.view.x + w) this.view.x = card.x + card.width / 2 - w / 2;
    if (card.y < this.view.y) this.view.y = card.y - margin;
    else if (card.y + card.height > this.view.y + h) this.view.y = card.y + card.height + margin - h;
  }

  private draw(): void {
    const w = this.element.clientWidth;
    const h = this.element.clientHeight;
    if (this.element.offsetParent === null || w === 0 || h === 0) return;
    const context = context2d(this.canvas, w, h);
    const { scale, x, y } = this.view;
    context.scale(scale, scale);
    context.translate(-x, -y);
    this.drawWires(context, x, y, x + w / scale, y + h / scale);
    this.waiting = [];
    for (const card of this.cards)
      if (card.x < x + w / scale && card.x + card.width > x && card.y < y + h / scale && card.y + card.height > y)
        this.drawCard(context, card);
    context.setTransform(context.canvas.width / w, 0, 0, context.canvas.height / h, 0, 0);
    this.minimap.draw(
      context,
      { width: w, height: h },
      this.size,
      { x, y, width: w / scale, height: h / scale },
      this.cards.map((c) => ({
        ...c,
        chosen: c.layer.index === this.app.layer,
        frozen: this.app.frozen.has(c.layer.index),
      })),
    );
    if (this.waiting.length > 0) this.fetch();
  }

  private drawWires(context: CanvasRenderingContext2D, x0: number, y0: number, x1: number, y1: number): void {
    context.strokeStyle = context.fillStyle = theme().muted;
    context.lineWidth = Math.max(1.2, 0.8 / this.view.scale);
    context.lineJoin = 'round';
    for (const wire of this.wires) {
      if (wire.x0 > x1 || wire.x1 < x0 || wire.y0 > y1 || wire.y1 < y0) continue;
      context.beginPath();
      wire.points.forEach(([px, py], i) => (i === 0 ? context.moveTo(px, py) : context.lineTo(px, py)));
      context.stroke();
      arrowHead(context, wire.points);
    }
  }

  private drawCard(context: CanvasRenderingContext2D, card: Card): void {
    const colours = theme();
    const { layer } = card;
    const chosen = layer.index === this.app.layer;
    const frozen = (this.app.frozen.get(layer.index)?.size ?? 0) > 0;
    context.fillStyle = colours.panel;
    context.strokeStyle = chosen ? colours.second : this.hovered === layer.index ? colours.accent : colours.frame;
    context.lineWidth = chosen ? Math.max(2.5, 2 / this.view.scale) : Math.max(1, 0.6 / this.view.scale);
    context.fillRect(card.x, card.y, card.width, card.height);
    context.strokeRect(card.x, card.y, card.width, card.height);
    const readable = this.view.scale > 0.32;
    const top = readable ? Math.min(34, card.height) : 4;
    if (readable) this.drawText(context, card, frozen);
    if (card.height - top > 14) this.drawPicture(context, card, top);
  }

  private drawText(context: CanvasRenderingContext2D, card: Card, frozen: boolean): void {
    const { layer } = card;
    const colours = theme();
    const room = card.width - 16;
    const middle = card.height < 36;
    context.textAlign = 'left';
    context.textBaseline = 'alphabetic';
    context.fillStyle = colours.ink;
    context.font = `700 12px ${font}`;
    context.fillText(
      clipped(context, `${frozen ? '❄ ' : ''}${printable(layer.path.split('/').pop() ?? layer.path, 60)}`, room),
      card.x + 8,
      card.y + (middle ? 13 : 15),
    );
    context.fillStyle = colours.muted;
    context.font = `11px ${font}`;
    context.fillText(
      clipped(context, `${layer.kind} · ${shapeText(layer.shape)}`, room),
      card.x + 8,
      card.y + (middle ? 25 : 29),
    );
  }

  private drawPicture(context: CanvasRenderingContext2D, card: Card, top: number): void {
    const { index } = card.layer;
    const picture = this.pictures.get(index);
    if (!picture || this.stale.has(index)) this.waiting.push(card);
    if (!picture) return;
    const room = { w: card.width - 16, h: card.height - top - 6 };
    const k = Math.min(room.w / picture.width, room.h / picture.height);
    context.imageSmoothingEnabled = this.view.scale * k * 2 < 1.2;
    context.drawImage(
      picture,
      card.x + (card.width - picture.width * k) / 2,
      card.y + top + (room.h - picture.height * k) / 2,
      picture.width * k,
      picture.height * k,
    );
  }

  /** Asks for some of the cards in view that have no picture yet; drawing asks for the next. */
  private fetch(): void {
    const sample = this.app.sampleA;
    if (!sample || this.latest.busy) return;
    const cards = this.waiting.slice(0, 8);
    const id = sample.info.id;
    const state = this.state;
    this.latest.request(async () => {
      const model = this.app.model;
      const answers = await this.app.values.fetch(
        id,
        cards.map((c) => c.layer.index),
      );
      if (model === this.app.model)
        answers.forEach((a, i) => {
          if (state === this.state) this.stale.delete(a.layer);
          this.pictures.set(
            a.layer,
            a.layer === this.app.model!.inputs[0]?.layer && sample.info.picture.width > 0
              ? inputPicture(sample.info.picture)
              : cardPicture(cards[i].layer, a, this.app.frozen.get(a.layer), cards[i].width - 16, cards[i].height - 40),
          );
        });
      this.redraw();
    });
  }

  picture2d(): HTMLCanvasElement {
    return copyOf(this.canvas);
  }
}
