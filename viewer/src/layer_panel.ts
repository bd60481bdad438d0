// The chosen layer: what it is, all its maps, and freezing them.
import { blockWith, freezableIn } from './blocks';
import { channelCount, isVector } from './display';
import { el, fill, iconButton, messageOf, named, printable, toast } from './dom';
import type { Freezer } from './freeze';
import { colourBar, Mosaic } from './mosaic';
import { compact, plural, shapeText } from './numbers';
import type { LayerInfo } from './protocol';
import { specification } from './specification';
import type { App } from './state';
import { Latest } from './values';

export class LayerPanel {
  readonly element: HTMLElement;
  private head = el('div');
  private table = el('dl.spec');
  private tools = el('div.row');
  private bar = el('div');
  private picker = el('select', {
    'aria-label': 'Layer',
    onchange: () => this.app.selectLayer(Number(this.picker.value)),
  });
  private mosaic: Mosaic;
  private latest = new Latest((error) => toast(messageOf(error), true));

  constructor(
    private app: App,
    private freezer: Freezer,
  ) {
    this.mosaic = new Mosaic({
      smallest: 44,
      largest: 108,
      onPick: (p) => this.pick(p.channel, p.y, p.x),
      onFreeze: (channel) => this.freeze(channel),
    });
    this.element = el(
      'section.card',
      { 'aria-labelledby': 'h-layer' },
      el(
        'div.row.between',
        {},
        el('h2', { id: 'h-layer' }, 'Layer'),
        el('div.row.tight', {}, this.stepper(-1), this.picker, this.stepper(1)),
      ),
      this.head,
      this.table,
      this.tools,
      this.mosaic.element,
      this.bar,
    );
    app.on(['layer', 'values', 'choice', 'frozen', 'theme', 'detail', 'scale'], () => this.update());
    app.on('model', () => {
      this.fillPicker();
      this.update();
    });
  }

  private stepper(step: number): HTMLElement {
    const name = step < 0 ? 'Previous layer' : 'Next layer';
    const made = iconButton('left', name, () => {
      const next = (this.app.layer ?? 0) + step;
      if (this.app.model?.layers[next]) this.app.selectLayer(next);
    });
    if (step > 0) made.classList.add('mirrored');
    return made;
  }

  private fillPicker(): void {
    fill(
      this.picker,
      ...this.app.model!.layers.map((l) => el('option', { value: l.index }, `${l.index} ${printable(l.path, 40)}`)),
    );
  }

  private get layer(): LayerInfo | null {
    return this.app.layer === null ? null : this.app.model!.layers[this.app.layer];
  }

  /** The layer in which this layer's filters are frozen: itself, or its block's. */
  private freezeLayer(): number | null {
    const layer = this.layer;
    if (!layer) return null;
    if (layer.freezable) return layer.index;
    const block = blockWith(this.app.blocks, layer.index);
    return block ? freezableIn(block, this.app.model!) : null;
  }

  private pick(channel: number, y: number, x: number): void {
    if (this.app.freezing) this.freeze(channel);
    else
      this.app.showDetail(
        isVector(this.layer!)
          ? { layer: this.layer!.index, channel: 0, y: 0, x }
          : { layer: this.layer!.index, channel, y, x },
      );
  }

  private freeze(channel: number): void {
    const target = this.freezeLayer();
    if (target === null || channelCount(this.app.model!.layers[target]) !== channelCount(this.layer!))
      toast('This layer has no filters that can be frozen.');
    else this.freezer.toggle(target, channel);
  }

  private update(): void {
    const { layer, app } = this;
    if (!app.model || !layer) return;
    this.picker.value = String(layer.index);
    const block = blockWith(app.blocks, layer.index);
    const whole = block && block.shown === layer.index && block.layers.length > 1;
    fill(
      this.head,
      el('h3', {}, named(whole ? block.title : layer.path)),
      el(
        'p.sub',
        {},
        `${printable(whole ? block.kind : layer.kind)} · ${shapeText(layer.shape)}`,
        whole && layer.path !== block.title ? [' · as ', named(layer.path), ' gives it'] : null,
      ),
      layer.problem ? el('p.wrong', {}, printable(layer.problem, 300)) : null,
    );
    fill(
      this.table,
      ...specification(...(whole ? block.layers.map((l) => app.model!.layers[l]) : [layer])).flatMap(
        ([name, value]) => [el('dt', {}, name), el('dd', {}, value)],
      ),
    );
    this.fillTools(layer);
    const sample = app.sampleA;
    this.mosaic.element.hidden = !sample;
    if (!sample) {
      fill(this.bar);
      return;
    }
    this.latest.request(async () => {
      const [activation] = await app.values.fetch(sample.info.id, [layer.index]);
      if (this.layer !== layer) return;
      const chosen = app.detail?.layer === layer.index ? (isVector(layer) ? app.detail.x : app.detail.channel) : -1;
      this.mosaic.show(layer, activation, {
        frozen: this.frozenHere(layer),
        own: app.ownScale,
        chosen,
        name: `${printable(layer.path)}: `,
      });
      fill(
        this.bar,
        app.ownScale && !isVector(layer)
          ? el('p.note', {}, 'Each map has its own scale.')
          : colourBar(this.mosaic.scaleOf(0), compact),
      );
    });
  }

  private frozenHere(layer: LayerInfo): ReadonlySet<number> | undefined {
    return this.app.frozen.get(layer.index);
  }

  private fillTools(layer: LayerInfo): void {
    const { app } = this;
    const maps = isVector(layer) ? plural(layer.maps.width, 'unit') : plural(layer.maps.count, 'map');
    const own = el(
      'button',
      {
        type: 'button',
        'aria-pressed': String(app.ownScale),
        onclick: () => {
          app.ownScale = !app.ownScale;
          app.emit('scale');
        },
      },
      'Own scales',
    );
    fill(
      this.tools,
      el('span.sub', {}, maps),
      el('span.grow'),
      layer.maps.count > 1 && own,
      this.freezeLayer() !== null && freezeSwitch(app),
      iconButton('expand', 'All maps large', () => app.showDetail({ layer: layer.index, channel: -1, y: 0, x: 0 })),
    );
  }
}

/** Whether a click on a map freezes it. */
export function freezeSwitch(app: App): HTMLElement {
  const made = iconButton(
    'freeze',
    'Freeze filters by a click',
    () => {
      app.freezing = !app.freezing;
      app.emit('layer', 'view');
    },
    'Freeze',
  );
  made.setAttribute('aria-pressed', String(app.freezing));
  return made;
}
