// Frozen filters: which, undo, and what changes with them.
import { channelCount } from './display';
import { announce, button, el, fill, iconButton, messageOf, named, printable, toast } from './dom';
import { copy, freezeCommand, freezeConfig } from './command';
import { plural, rangeList } from './numbers';
import type { App } from './state';
import { Latest } from './values';

type Frozen = Map<number, Set<number>>;

export class Freezer {
  private past: Frozen[] = [];
  private latest = new Latest((error) => toast(messageOf(error), true));

  constructor(private app: App) {}

  get canUndo(): boolean {
    return this.past.length > 0;
  }

  /** Freezes a channel, or passes it on again. */
  toggle(layer: number, channel: number): void {
    if (!this.app.model!.layers[layer].freezable) {
      toast('This layer has no filters that can be frozen.');
      return;
    }
    const next = clone(this.app.frozen);
    const set = next.get(layer) ?? new Set<number>();
    if (!set.delete(channel)) set.add(channel);
    if (set.size > 0) next.set(layer, set);
    else next.delete(layer);
    announce(`filter ${channel} ${set.has(channel) ? 'frozen' : 'no longer frozen'}`);
    this.change(next);
  }

  clear(layer?: number): void {
    const next = clone(this.app.frozen);
    if (layer === undefined) next.clear();
    else next.delete(layer);
    this.change(next);
  }

  undo(): void {
    const before = this.past.pop();
    if (before) this.apply(before);
  }

  forget(): void {
    this.past = [];
  }

  /** Freezes exactly these. */
  change(next: Frozen): void {
    this.past.push(clone(this.app.frozen));
    if (this.past.length > 200) this.past.shift();
    this.apply(next);
  }

  private apply(next: Frozen): void {
    const { app } = this;
    if (app.frozen.size === 0) for (const sample of app.samples) sample.intact = sample.info.prediction;
    app.frozen = next;
    app.emit('frozen');
    this.latest.request(async () => {
      const infos = await app.engine.freeze(
        [...app.frozen].map(([layer, channels]) => ({ layer, channels: [...channels] })),
      );
      for (const info of infos) {
        const sample = app.sample(info.id);
        if (sample) sample.info = { ...info, name: sample.info.name };
      }
      if (app.frozen.size === 0) for (const sample of app.samples) sample.intact = null;
      app.values.drop();
      app.explain.values = null;
      app.emit('samples', 'values', 'explain');
    });
  }
}

const clone = (frozen: Frozen): Frozen => new Map([...frozen].map(([layer, set]) => [layer, new Set(set)]));

/** The list of what is frozen, with undo and commands. */
export function freezePanel(app: App, freezer: Freezer): HTMLElement {
  const list = el('ul.frozen-list');
  const actions = el('div.row');
  const section = el(
    'section.card',
    { 'aria-labelledby': 'h-frozen' },
    el('h2', { id: 'h-frozen' }, 'Frozen filters'),
    list,
    actions,
  );
  const update = (): void => {
    if (!app.model) return;
    const rows = [...app.frozen]
      .sort((a, b) => a[0] - b[0])
      .map(([layer, channels]) => frozenRow(app, freezer, layer, channels));
    fill(
      list,
      ...(rows.length > 0
        ? rows
        : [
            el(
              'li.empty',
              {},
              'None. Open a layer, switch to “freeze”, and click a filter: it passes nothing on, and all that follows changes at once.',
            ),
          ]),
    );
    fill(
      actions,
      freezer.canUndo && iconButton('undo', 'Undo the last change', () => freezer.undo(), 'Undo'),
      rows.length > 0 && button('Un-freeze all', () => freezer.clear()),
      rows.length > 0 &&
        iconButton('copy', 'Copy as nv command', () => copy(freezeCommand(app), 'the command'), 'Copy command'),
      rows.length > 0 &&
        iconButton(
          'copy',
          'Copy as JSON',
          () => copy(freezeConfig(app), 'the configuration for nv mutate --config'),
          'Copy JSON',
        ),
    );
  };
  app.on(['frozen', 'model'], update);
  return section;
}

function frozenRow(app: App, freezer: Freezer, layer: number, channels: Set<number>): HTMLElement {
  const info = app.model!.layers[layer];
  const name = printable(info.path);
  return el(
    'li',
    {},
    el('button.link', { type: 'button', onclick: () => app.selectLayer(layer) }, named(info.path)),
    el(
      'span.number',
      { title: plural(channels.size, 'filter') + ` of ${channelCount(info)}` },
      rangeList([...channels]),
    ),
    iconButton('close', `Un-freeze ${name}`, () => freezer.clear(layer)),
  );
}
