// One map, large: the value under the pointer, how it came about, and what it sees of the input. Or all maps of a layer.
import { arithmeticView } from './arithmetic';
import { drawMap, displayOf, cellSize, isVector, type Display } from './display';
import { greyScale, scaleOf, rangeOf, scaleFor, symmetric, theme, type Scale } from './colours';
import { announce, button, context2d, el, fill, iconButton, named, onFrame, printable, messageOf, toast } from './dom';
import type { Freezer } from './freeze';
import { InputView } from './input_view';
import { freezeSwitch } from './layer_panel';
import { colourBar, Mosaic } from './mosaic';
import { originOf } from './origin';
import { composed } from './picture';
import { clamp, compact, plural, precise, shapeText } from './numbers';
import type { Activation, LayerInfo } from './protocol';
import { fieldOf, type App, type Cell } from './state';
import { Latest } from './values';

export class Detail {
  readonly element: HTMLElement;
  private title = el('h2', { id: 'h-detail', tabindex: -1 });
  private sub = el('p.sub');
  private tools = el('div.row');
  private canvas = el('canvas.large-map', { tabindex: 0, role: 'application', 'aria-roledescription': 'map' });
  private stage = el('div.stage', {}, this.canvas);
  private bar = el('div');
  private value = el('p.value', { 'aria-live': 'polite' });
  private working = el('div');
  private field = el('p.sub');
  private input: InputView;
  private pair = el('div.pair-strip', { hidden: true });
  private pairs = new Latest((error) => toast(messageOf(error), true));
  private sheet: Mosaic;
  private sheetBox: HTMLElement;
  private single: HTMLElement;
  private latest = new Latest((error) => toast(messageOf(error), true));
  private sums = new Latest((error) => fill(this.working, el('p.sub', {}, messageOf(error))));
  private activation: Activation | null = null;
  private pinned = false;
  private cell = 8;
  private shown = '';
  private from: Element | null = null;
  private redraw = onFrame(() => this.draw());

  constructor(
    private app: App,
    private freezer: Freezer,
  ) {
    this.input = new InputView(app, 224, false);
    this.sheet = new Mosaic({
      smallest: 56,
      largest: 160,
      onPick: (p) => this.pickInSheet(p.channel, p.y, p.x),
      onFreeze: (c) => this.freezer.toggle(app.detail!.layer, c),
    });
    this.sheetBox = el('div.sheet', { tabindex: -1 }, this.sheet.element);
    this.single = el(
      'div.detail-body',
      {},
      el('div.detail-map', {}, el('div', {}, this.stage, this.bar), this.pair),
      el('div.detail-side', {}, this.value, el('h3', {}, 'What it sees of the input'), this.input.element, this.field),
      el('div.detail-work', {}, el('h3', {}, 'How it came about'), this.working),
    );
    this.element = el(
      'section.detail',
      { hidden: true, 'aria-labelledby': 'h-detail' },
      el(
        'header.row',
        {},
        el('div', {}, this.title, this.sub),
        el('span.grow'),
        this.tools,
        iconButton('close', 'Close (Escape)', () => this.close()),
      ),
      this.single,
      this.sheetBox,
    );
    this.canvas.addEventListener('pointermove', (e) => {
      if (!this.pinned) this.point(e);
    });
    this.canvas.addEventListener('click', (e) => {
      this.pinned = !this.pinned;
      this.point(e);
    });
    this.canvas.addEventListener('keydown', (e) => this.key(e));
    new ResizeObserver(() => this.redraw()).observe(this.stage);
    app.on(['detail', 'values', 'choice', 'frozen', 'theme', 'scale'], () => this.update());
    app.on('view', () => this.fillTools());
  }

  private get layer(): LayerInfo | null {
    return this.app.detail ? this.app.model!.layers[this.app.detail.layer] : null;
  }
  private get display(): Display {
    return displayOf(this.layer!);
  }

  private close(): void {
    this.app.showDetail(null);
    (this.from instanceof HTMLElement && this.from.isConnected ? this.from : document.body).focus();
  }

  private update(): void {
    const cell = this.app.detail;
    const layer = this.layer;
    if (!cell || !layer || !this.app.sampleA) {
      this.element.hidden = true;
      this.shown = '';
      return;
    }
    if (this.element.hidden) this.from = document.activeElement;
    const opened = this.element.hidden;
    const key = `${cell.layer}/${cell.channel}`;
    this.element.hidden = false;
    this.single.hidden = cell.channel < 0;
    this.sheetBox.hidden = cell.channel >= 0;
    if (key !== this.shown) {
      this.pinned = false;
      fill(this.working);
    }
    this.shown = key;
    this.fillTitle(cell, layer);
    this.fillTools();
    this.latest.request(async () => {
      const sample = this.app.sampleA;
      if (!sample) return;
      const [activation] = await this.app.values.fetch(sample.info.id, [layer.index]);
      if (this.layer !== layer) return;
      this.activation = activation;
      if (this.app.detail!.channel < 0)
        this.sheet.show(layer, activation, { frozen: this.app.frozen.get(layer.index), own: this.app.ownScale });
      else this.drawAll();
    });
    if (opened) (cell.channel < 0 ? this.sheet.canvas : this.canvas).focus({ preventScroll: true });
  }

  private fillTitle(cell: Cell, layer: LayerInfo): void {
    const vector = isVector(layer);
    const what = cell.channel < 0 ? '' : vector ? ` unit ${cell.x}` : ` map ${cell.channel}`;
    fill(this.title, named(layer.path), what);
    this.sub.textContent = `${printable(layer.kind)} · ${shapeText(layer.shape)}${cell.channel < 0 ? ` · ${vector ? plural(layer.maps.width, 'unit') : plural(layer.maps.count, 'map')}` : ''}`;
  }

  private fillTools(): void {
    const cell = this.app.detail;
    const layer = this.layer;
    if (!cell || !layer) return;
    const step = (by: number): void =>
      this.app.showDetail({ ...cell, channel: (cell.channel + by + layer.maps.count) % layer.maps.count });
    const channel = isVector(layer) ? cell.x : cell.channel;
    const frozen = this.app.isFrozen(layer.index, channel);
    const next = iconButton('left', 'Next map', () => step(1));
    next.classList.add('mirrored');
    const freeze = iconButton(
      'freeze',
      frozen ? 'Un-freeze this filter' : 'Freeze this filter',
      () => this.freezer.toggle(layer.index, channel),
      frozen ? 'Frozen' : 'Freeze',
    );
    freeze.setAttribute('aria-pressed', String(frozen));
    fill(
      this.tools,
      cell.channel >= 0 && layer.maps.count > 1 && iconButton('left', 'Previous map', () => step(-1)),
      cell.channel >= 0 && layer.maps.count > 1 && next,
      cell.channel >= 0 && layer.freezable && freeze,
      cell.channel < 0 && layer.freezable && freezeSwitch(this.app),
      cell.channel >= 0 && button('All maps', () => this.app.showDetail({ ...cell, channel: -1 })),
    );
  }

  private pickInSheet(channel: number, y: number, x: number): void {
    const layer = this.layer!;
    if (this.app.freezing && layer.freezable) this.freezer.toggle(layer.index, channel);
    else
      this.app.showDetail(
        isVector(layer) ? { layer: layer.index, channel: 0, y: 0, x } : { layer: layer.index, channel, y, x },
      );
  }

  private scale(): Scale {
    const a = this.activation!;
    const layer = this.layer!;
    const { cells } = this.display;
    const { channel } = this.app.detail!;
    if (this.app.ownScale && !isVector(layer))
      return scaleFor(...rangeOf(a.values.subarray(channel * cells, (channel + 1) * cells)));
    return layer.kind === 'InputLayer' && a.min >= 0 ? greyScale(a.min, a.max) : scaleOf(a);
  }

  private drawAll(): void {
    fill(this.bar, colourBar(this.scale(), compact));
    this.draw();
    this.tell();
  }

  private draw(): void {
    const cell = this.app.detail;
    const layer = this.layer;
    if (
      !cell ||
      !layer ||
      !this.activation ||
      cell.channel < 0 ||
      this.activation.layer !== cell.layer ||
      this.element.hidden
    )
      return;
    const { display } = this;
    const width = this.stage.clientWidth;
    if (width < 20) return;
    this.cell = cellSize(display, width, Math.max(240, Math.min(480, this.element.clientHeight - 300)), 48);
    const w = this.cell * display.width;
    const h = this.cell * display.height;
    const context = context2d(this.canvas, w, h);
    const frozen = !isVector(layer) && this.app.isFrozen(layer.index, cell.channel);
    drawMap(context, this.activation, display, isVector(layer) ? 0 : cell.channel, this.scale(), 0, 0, w, h, frozen);
    context.strokeStyle = theme().frame;
    context.strokeRect(0.5, 0.5, w - 1, h - 1);
    const [y, x] = this.position();
    context.strokeStyle = theme().second;
    context.lineWidth = this.pinned ? 3 : 2;
    context.strokeRect(x * this.cell - 1, y * this.cell - 1, Math.max(4, this.cell + 2), Math.max(4, this.cell + 2));
    this.canvas.setAttribute(
      'aria-label',
      `${isVector(layer) ? 'units' : `map ${cell.channel}`} of ${printable(layer.path)}, ${display.height} by ${display.width}. Arrow keys go from value to value.`,
    );
  }

  /** Row and column in the drawn matrix. */
  private position(): [number, number] {
    const { x, y } = this.app.detail!;
    const { width } = this.display;
    return isVector(this.layer!) ? [Math.floor(x / width), x % width] : [y, x];
  }

  private point(event: MouseEvent): void {
    const box = this.canvas.getBoundingClientRect();
    this.moveTo(Math.floor((event.clientY - box.top) / this.cell), Math.floor((event.clientX - box.left) / this.cell));
  }

  private moveTo(row: number, column: number): void {
    const { display } = this;
    const y = clamp(row, 0, display.height - 1);
    const x = clamp(column, 0, display.width - 1);
    const vector = isVector(this.layer!);
    const cell = this.app.detail!;
    const unit = Math.min(y * display.width + x, display.cells - 1);
    if (vector ? unit === cell.x : y === cell.y && x === cell.x) {
      this.redraw();
      return;
    }
    Object.assign(cell, vector ? { x: unit } : { y, x });
    if (vector) {
      this.fillTitle(cell, this.layer!);
      this.fillTools();
    }
    this.redraw();
    this.tell();
  }

  /** With two samples compared: the same map for B, and the difference, with their values. */
  private tellPair(cell: Cell, layer: LayerInfo): void {
    const { sampleA, sampleB, view } = this.app;
    this.pair.hidden = view !== 'compare' || !sampleA || !sampleB;
    if (this.pair.hidden || !sampleA || !sampleB) return;
    this.pairs.request(async () => {
      const [[a], [b]] = await Promise.all(
        [sampleA, sampleB].map((s) => this.app.values.fetch(s.info.id, [layer.index])),
      );
      if (this.layer !== layer) return;
      const change: Activation = {
        layer: layer.index,
        min: 0,
        max: 0,
        values: b.values.map((v, i) => v - a.values[i]),
      };
      [change.min, change.max] = rangeOf(change.values);
      const { cells, width } = this.display;
      const at = isVector(layer) ? cell.x : cell.channel * cells + cell.y * width + cell.x;
      const signed = symmetric(Math.max(-change.min, change.max));
      fill(this.pair, this.small('B', b, this.scale(), at), this.small('B − A', change, signed, at));
    });
  }

  private small(name: string, values: Activation, scale: Scale, at: number): HTMLElement {
    const { display } = this;
    const cell = cellSize(display, 230, 230, 32);
    const canvas = el('canvas', { role: 'img', 'aria-label': `${name}: ${precise(values.values[at])}` });
    const context = context2d(canvas, cell * display.width, cell * display.height);
    const [y, x] = this.position();
    drawMap(
      context,
      values,
      display,
      isVector(this.layer!) ? 0 : this.app.detail!.channel,
      scale,
      0,
      0,
      cell * display.width,
      cell * display.height,
    );
    context.strokeStyle = theme().second;
    context.lineWidth = 2;
    context.strokeRect(x * cell - 1, y * cell - 1, Math.max(4, cell + 2), Math.max(4, cell + 2));
    return el(
      'figure',
      {},
      el('figcaption', {}, `${name}: ${precise(values.values[at])}`),
      canvas,
      colourBar(scale, compact),
    );
  }

  /** What is shown, as a picture with its title. */
  picture(): HTMLCanvasElement {
    const title = `${this.title.textContent ?? ''} · ${this.app.sampleA ? printable(this.app.sampleA.info.name) : ''}`;
    return composed(
      title,
      this.sub.textContent ?? '',
      this.app.detail!.channel < 0
        ? [{ label: '', canvas: this.sheet.canvas }]
        : [{ label: this.value.textContent ?? '', canvas: this.canvas }],
    );
  }

  private key(event: KeyboardEvent): void {
    const steps: Record<string, [number, number]> = {
      ArrowLeft: [0, -1],
      ArrowRight: [0, 1],
      ArrowUp: [-1, 0],
      ArrowDown: [1, 0],
    };
    const step = steps[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const [y, x] = this.position();
    this.pinned = true;
    this.moveTo(y + step[0], x + step[1]);
    announce(this.value.textContent ?? '');
  }

  /** The value under the pointer: as number, as arithmetic, and what it sees. */
  private tell(): void {
    const cell = { ...this.app.detail! };
    const layer = this.layer!;
    const { cells, width } = this.display;
    const vector = isVector(layer);
    const value = this.activation!.values[vector ? cell.x : cell.channel * cells + cell.y * width + cell.x];
    fill(
      this.value,
      el('strong', {}, precise(value)),
      el(
        'span.sub',
        {},
        vector
          ? ` unit ${cell.x}`
          : ` row ${cell.y}, column ${cell.x}${this.pinned ? ' · held; click to release' : ''}`,
      ),
    );
    const region = vector ? null : fieldOf(this.app.model!, layer.index, cell.y, cell.x);
    this.app.setField(region);
    this.field.textContent = region
      ? `rows ${region[0]}–${region[1] - 1}, columns ${region[2]}–${region[3] - 1} of the input`
      : 'the whole input';
    this.tellPair(cell, layer);
    this.sums.request(async () => {
      const sample = this.app.sampleA;
      const { model } = this.app;
      if (!sample || !model) return;
      const id = sample.info.id;
      const view = layer.kernel
        ? arithmeticView(await this.app.engine.arithmetic(id, layer.index, cell.channel, cell.y, cell.x), layer)
        : await originOf(model, layer, cell, value, {
            values: (layers) => this.app.values.fetch(id, layers),
            normalisation: () => this.app.engine.normalisation(id, layer.index, cell.channel, cell.y, cell.x),
          });
      if (this.layer === layer) fill(this.working, view);
    });
  }
}
