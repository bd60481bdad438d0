// Two samples through the network: how much each layer differs, and its maps for A, B and the signed difference.
import { blockWith } from './blocks';
import { channelCount, displayOf, isVector } from './display';
import { rangeOf, scaleFor, symmetric, type Scale } from './colours';
import { button, el, fill, messageOf, named, printable, toast } from './dom';
import { colourBar, Mosaic, type Pick } from './mosaic';
import { compact, plural, shapeText } from './numbers';
import { composed } from './picture';
import { perturbation } from './adversarial';
import { predictionText, thumbnail } from './scores';
import type { Activation, LayerDifference, LayerInfo } from './protocol';
import { Scene3D } from './scene3d';
import type { App, Sample } from './state';
import { Latest } from './values';

export class Compare {
  readonly element: HTMLElement;
  private head = el('div.pair');
  private table = el('tbody');
  private maps: HTMLElement;
  private columns: { title: HTMLElement; mosaic: Mosaic; bar: HTMLElement }[];
  private heading = el('div');
  private choices = el('div.row');
  private scenes: HTMLElement;
  private left: Scene3D;
  private right: Scene3D;
  private body: HTMLElement;
  private threeD = false;
  private most = 12; // channels shown
  private differences: LayerDifference[] = [];
  private latest = new Latest((error) => toast(messageOf(error), true));
  private layerLatest = new Latest((error) => toast(messageOf(error), true));

  constructor(private app: App) {
    this.left = new Scene3D(app, 'a');
    this.right = new Scene3D(app, 'b');
    this.columns = ['A', 'B', 'B − A'].map((name) => ({
      title: el('h3', {}, name),
      mosaic: new Mosaic({ smallest: 44, largest: 200, onPick: (p) => this.pick(p) }),
      bar: el('div'),
    }));
    this.maps = el('div.compare-maps', {}, ...this.columns.map((c) => el('div', {}, c.title, c.mosaic.element, c.bar)));
    this.scenes = el(
      'div.twin',
      { hidden: true },
      el('div.twin-half', {}, el('span.badge', {}, 'A'), this.left.element),
      el('div.twin-half', {}, el('span.badge.b', {}, 'B'), this.right.element),
    );
    const table = el(
      'table.layers',
      {},
      el(
        'thead',
        {},
        el('tr', {}, ...['layer', 'relative L2', 'cosine', 'largest'].map((t) => el('th', { scope: 'col' }, t))),
      ),
      this.table,
    );
    this.body = el(
      'div.compare-body',
      {},
      el('div.table-box', { tabindex: 0, role: 'region', 'aria-label': 'Differences by layer' }, table),
      el(
        'div.compare-layer',
        { tabindex: 0, role: 'region', 'aria-label': 'Maps of the chosen layer' },
        this.heading,
        this.choices,
        this.maps,
      ),
    );
    this.element = el(
      'section.compare',
      { 'aria-label': 'Comparison', hidden: true },
      this.head,
      this.body,
      this.scenes,
    );
    this.twin();
    app.on(['choice', 'values', 'view', 'frozen'], () => this.update());
    app.on('samples', () => {
      if (this.shown) this.drawHead();
    });
    app.on(['layer', 'theme'], () => {
      if (this.shown) {
        this.mark();
        this.drawLayer();
      }
    });
  }

  private get shown(): boolean {
    return this.app.view === 'compare';
  }

  build(): void {
    this.left.build();
    this.right.build();
  }

  /** Both scenes are seen from the same side. */
  private twin(): void {
    let busy = false;
    for (const [from, to] of [
      [this.left, this.right],
      [this.right, this.left],
    ]) {
      const apply = from.orbit.apply.bind(from.orbit);
      from.orbit.apply = () => {
        apply();
        if (busy) return;
        busy = true;
        to.orbit.set(from.orbit.pose, from.orbit.moved);
        busy = false;
      };
    }
  }

  private update(): void {
    const { sampleA, sampleB } = this.app;
    if (!this.shown) return;
    this.drawHead();
    const ready = sampleA !== undefined && sampleB !== undefined;
    this.body.hidden = !ready || this.threeD;
    this.scenes.hidden = !ready || !this.threeD;
    if (!ready) return;
    if (this.threeD) {
      this.left.refresh();
      this.right.refresh();
      return;
    }
    const a = sampleA.info.id;
    const b = sampleB.info.id;
    this.latest.request(async () => {
      const model = this.app.model;
      const layers = this.app.blocks.map((block) => block.shown);
      const differences = await this.app.engine.compare(a, b, layers);
      if (model !== this.app.model) return;
      this.differences = differences;
      if (!layers.includes(this.app.layer ?? -1))
        this.app.layer = layers.find((l) => this.app.model!.layers[l].maps.count > 1 && l > 0) ?? layers[0];
      this.fillTable();
      this.drawLayer();
    });
  }

  private drawHead(): void {
    const side = (name: string, sample: Sample | undefined, other: string): HTMLElement =>
      el(
        `div.side.${other}` as 'div',
        {},
        el(`span.badge.${other}` as 'span', {}, name),
        sample ? thumbnail(sample, 56) : null,
        sample
          ? el('div', {}, named(sample.info.name, 'strong'), el('div.sub', {}, predictionText(sample.info.prediction)))
          : el('p.sub', {}, 'Choose two samples in the list: one to run (A), one to compare with (B).'),
      );
    const { sampleA, sampleB } = this.app;
    const sizes =
      sampleA && sampleB && sampleA.info.picture.width === sampleB.info.picture.width && sampleA.info.picture.width > 0;
    const toggle = button(this.threeD ? 'Maps' : 'Side by side in 3D', () => {
      this.threeD = !this.threeD;
      this.update();
    });
    fill(
      this.head,
      side('A', sampleA, 'a'),
      side('B', sampleB, 'b'),
      sizes ? el('div.side', {}, perturbation(sampleA, sampleB, 56), el('span.sub', {}, 'B − A')) : null,
      el('span.grow'),
      sampleA && sampleB
        ? button('Swap', () => {
            const { a, b } = this.app;
            this.app.a = b;
            this.app.b = a;
            this.app.emit('choice', 'values');
          })
        : null,
      sampleA && sampleB ? toggle : null,
    );
  }

  private fillTable(): void {
    const hi = Math.max(1e-9, ...this.differences.map((d) => (Number.isFinite(d.relativeL2) ? d.relativeL2 : 0)));
    fill(
      this.table,
      ...this.differences.map((d) => {
        const layer = this.app.model!.layers[d.layer];
        const bar = el('span.value');
        bar.style.width = `${Math.min(100, (100 * d.relativeL2) / hi)}%`;
        return el(
          'tr',
          { 'data-layer': d.layer },
          el(
            'th',
            { scope: 'row' },
            el(
              'button.link',
              { type: 'button', onclick: () => this.app.selectLayer(d.layer) },
              named(this.titleOf(layer)),
            ),
            el('span.sub', {}, shapeText(layer.shape)),
          ),
          el('td', {}, el('span.number', {}, compact(d.relativeL2)), el('span.bar', {}, bar)),
          el('td.number', {}, compact(d.cosine)),
          el('td.number', {}, compact(d.max)),
        );
      }),
    );
    this.mark();
  }

  /** The name of a layer's block, if its values are those of the block. */
  private titleOf(layer: LayerInfo): string {
    const block = blockWith(this.app.blocks, layer.index);
    return block?.shown === layer.index ? block.title : layer.path;
  }

  private mark(): void {
    for (const row of this.table.querySelectorAll('tr')) {
      const chosen = Number(row.dataset.layer) === this.app.layer;
      row.classList.toggle('chosen', chosen);
      row.querySelector('button')!.setAttribute('aria-current', String(chosen));
    }
  }

  private drawLayer(): void {
    const { sampleA, sampleB, layer: index } = this.app;
    if (!sampleA || !sampleB || index === null || this.threeD) return;
    const layer = this.app.model!.layers[index];
    const a = sampleA.info.id;
    const b = sampleB.info.id;
    this.layerLatest.request(async () => {
      const difference =
        this.differences.find((d) => d.layer === index) ?? (await this.app.engine.compare(a, b, [index]))[0];
      const [[va], [vb]] = await Promise.all([this.app.values.fetch(a, [index]), this.app.values.fetch(b, [index])]);
      if (this.app.layer === index) this.fillLayer(layer, difference, va, vb);
    });
  }

  private fillLayer(layer: LayerInfo, difference: LayerDifference, a: Activation, b: Activation): void {
    const change: Activation = { layer: layer.index, min: 0, max: 0, values: b.values.map((v, i) => v - a.values[i]) };
    [change.min, change.max] = rangeOf(change.values);
    const shared = scaleFor(Math.min(a.min, b.min), Math.max(a.max, b.max));
    const signed = symmetric(Math.max(-change.min, change.max));
    const order = isVector(layer) ? undefined : difference.channels.map((c) => c.channel).slice(0, this.most);
    const stacked = !isVector(layer) && displayOf(layer).count > 1;
    [a, b, change].forEach((values, i) => {
      const { mosaic, bar } = this.columns[i];
      const scale: Scale = i === 2 ? signed : shared;
      mosaic.show(layer, values, {
        scale,
        order,
        frozen: this.app.frozen.get(layer.index),
        name: `${['A', 'B', 'difference'][i]}: `,
      });
      fill(bar, colourBar(scale, compact));
    });
    fill(
      this.heading,
      el('h3', {}, named(this.titleOf(layer))),
      el(
        'p.sub',
        {},
        `${printable(blockWith(this.app.blocks, layer.index)?.kind ?? layer.kind)} · ${shapeText(layer.shape)} · L2 ${compact(difference.l2)}, relative L2 ${compact(difference.relativeL2)}, cosine ${compact(difference.cosine)}, largest ${compact(difference.max)}`,
      ),
    );
    const all = channelCount(layer);
    const showAll = button(this.most >= all ? 'Only those that differ most' : `All ${all}`, () => {
      this.most = this.most >= all ? 12 : all;
      this.drawLayer();
    });
    fill(
      this.choices,
      stacked
        ? el('span.sub', {}, `the ${plural(Math.min(this.most, all), 'map')} that differ most, largest first`)
        : null,
      el('span.grow'),
      stacked && all > 12 ? showAll : null,
    );
  }

  /** What is shown, as a picture with its title. */
  picture(): HTMLCanvasElement {
    const { sampleA, sampleB, layer, model } = this.app;
    const name = (s: Sample | undefined): string =>
      s ? `${printable(s.info.name)}, ${predictionText(s.info.prediction)}` : '';
    const title = `${printable(model!.file)} · A: ${name(sampleA)} · B: ${name(sampleB)}`;
    if (this.threeD)
      return composed(title, '', [
        { label: 'A', canvas: this.left.picture2d() },
        { label: 'B', canvas: this.right.picture2d() },
      ]);
    return composed(
      title,
      layer === null
        ? ''
        : `${this.titleOf(model!.layers[layer])} · ${this.heading.querySelector('p')?.textContent ?? ''}`,
      this.columns.map((c) => ({ label: c.title.textContent ?? '', canvas: c.mosaic.canvas })),
    );
  }

  private pick(p: Pick): void {
    const { layer } = this.app;
    if (layer === null) return;
    const vector = isVector(this.app.model!.layers[layer]);
    this.app.showDetail(vector ? { layer, channel: 0, y: 0, x: p.x } : { layer, channel: p.channel, y: p.y, x: p.x });
  }
}
