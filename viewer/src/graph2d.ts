// The network as a graph of cards, for deep and branching models. Only what is in view is fetched and drawn, and only
// when something changed.
import { Camera2D } from './camera2d';
import { cardPicture, drawCard, drawWire, inputPicture, type Card, type Wire } from './card2d';
import { announce, context2d, el, messageOf, onFrame, printable, toast } from './dom';
import { copyOf } from './picture';
import { plural, shapeText } from './numbers';
import { Minimap, overlaps } from './minimap';
import type { App } from './state';
import { Latest } from './values';

const cardWidth = 190;
const cardHeight = 104; // the layout's boxes are stretched to it, so that maps have room

export class Graph2D {
  readonly element: HTMLElement;
  private canvas = el('canvas', { tabindex: 0, role: 'application', 'aria-roledescription': 'graph of layers' });
  private cards: Card[] = [];
  private wires: Wire[] = [];
  private pictures = new Map<number, HTMLCanvasElement>();
  private state = 0; // counts what makes pictures stale
  private stale = new Set<number>(); // pictures of an older state, drawn until the new one is there
  private waiting: Card[] = [];
  private latest = new Latest((error) => toast(messageOf(error), true));
  private redraw = onFrame(() => this.draw());
  private hovered = -1;
  private minimap = new Minimap();
  private camera: Camera2D;

  constructor(private app: App) {
    this.element = el('div.graph', {}, this.canvas);
    const { canvas } = this;
    this.camera = new Camera2D(this.element, canvas, this.minimap, () => this.redraw());
    this.camera.onClick = (x, y) => {
      const card = this.cardAt(x, y);
      if (card) this.app.selectLayer(card.layer.index);
    };
    this.camera.onHover = (x, y) => this.hover(this.cardAt(x, y));
    canvas.addEventListener('dblclick', (e) => {
      const card = this.cardAt(e.offsetX, e.offsetY);
      if (card) this.openSheet(card.layer.index);
    });
    canvas.addEventListener('keydown', (e) => this.key(e));
    new ResizeObserver(() => {
      if (!this.camera.moved) this.reset();
      this.redraw();
    }).observe(this.element);
    app.on(['values', 'choice', 'frozen', 'theme'], () => {
      for (const layer of this.pictures.keys()) this.stale.add(layer);
      this.state++;
      this.redraw();
    });
    app.on('layer', () => {
      const card = this.cards.find((c) => c.layer.index === this.app.layer);
      if (card) this.camera.reveal(card);
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
      const [x, y] = [Math.min(...xs), Math.min(...ys)];
      return { points: scaled, x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
    });
    this.camera.world = { width: layout.width * kx, height: layout.height * ky };
    this.pictures.clear();
    this.canvas.setAttribute(
      'aria-label',
      `Graph of ${plural(model.layers.length, 'layer')}. Arrow keys go from layer to layer, Enter shows all maps, plus and minus zoom, 0 resets.`,
    );
    this.reset();
  }

  reset(): void {
    if (this.element.clientWidth > 0 && this.cards.length > 0) this.camera.reset(this.cards[0]);
  }

  zoom(factor: number): void {
    this.camera.zoom(factor);
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
    const [x, y] = this.camera.at(px, py);
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
    else if (event.key === '+' || event.key === '=') this.camera.zoom(1.2);
    else if (event.key === '-') this.camera.zoom(1 / 1.2);
    else if (event.key === '0' || event.key === 'Home') this.reset();
    else if (event.key === 'PageDown' || event.key === 'PageUp')
      this.camera.pan(0, (event.key === 'PageDown' ? 0.8 : -0.8) * this.element.clientHeight);
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

  private draw(): void {
    const w = this.element.clientWidth;
    const h = this.element.clientHeight;
    if (this.element.offsetParent === null || w === 0 || h === 0) return;
    const context = context2d(this.canvas, w, h);
    const { camera } = this;
    const { scale, view } = camera;
    context.scale(scale, scale);
    context.translate(-view.x, -view.y);
    for (const wire of this.wires) if (overlaps(wire, view)) drawWire(context, wire.points, scale);
    this.waiting = [];
    for (const card of this.cards) if (overlaps(card, view)) this.drawCard(context, card);
    context.setTransform(context.canvas.width / w, 0, 0, context.canvas.height / h, 0, 0);
    this.minimap.draw(
      context,
      { width: w, height: h },
      camera.world,
      view,
      this.cards.map((c) => ({
        ...c,
        chosen: c.layer.index === this.app.layer,
        frozen: this.app.frozen.has(c.layer.index),
      })),
    );
    if (this.waiting.length > 0) this.fetch();
  }

  private drawCard(context: CanvasRenderingContext2D, card: Card): void {
    const { index } = card.layer;
    const picture = this.pictures.get(index);
    const chosen = index === this.app.layer;
    const frozen = (this.app.frozen.get(index)?.size ?? 0) > 0;
    const state = { chosen, hovered: index === this.hovered, frozen };
    const roomy = drawCard(context, card, state, picture, this.camera.scale);
    if (roomy && (!picture || this.stale.has(index))) this.waiting.push(card);
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
