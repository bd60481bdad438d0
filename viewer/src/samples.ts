// The list of samples: thumbnails, predictions, which one is run (A) and which it is compared with (B).
import { el, fill, iconButton, named, onFrame, printable, toast, messageOf } from './dom';
import { predictionText, thumbnails } from './scores';
import type { SampleInfo } from './protocol';
import type { App, Sample } from './state';

export class SampleList {
  readonly element: HTMLElement;
  private list = el('ul.samples');
  private drop: HTMLElement;
  private rows = new Map<number, { info: SampleInfo; key: string; row: HTMLElement }>();

  constructor(
    private app: App,
    take: (files: File[]) => void,
  ) {
    const input = el('input', {
      type: 'file',
      multiple: true,
      accept: 'image/*,.npy,.h5,.hdf5,.keras',
      id: 'nv-files',
      class: 'visually-hidden',
    });
    input.addEventListener('change', () => {
      take([...(input.files ?? [])]);
      input.value = '';
    });
    this.drop = el(
      'label.drop',
      { for: 'nv-files' },
      'Drop or choose pictures, .npy arrays, or another model (.h5, .keras)',
    );
    this.element = el(
      'section.card',
      { 'aria-labelledby': 'h-samples' },
      el('h2', { id: 'h-samples' }, 'Samples'),
      this.list,
      input,
      this.drop,
    );
    app.on('model', () => this.rows.clear());
    app.on(
      ['samples', 'choice', 'model'],
      onFrame(() => this.update()),
    );
  }

  /** Adversarial samples stand below what they were made from. */
  private ordered(): Sample[] {
    const roots = this.app.samples.filter((s) => s.origin === null || !this.app.sample(s.origin));
    const below = (s: Sample): Sample[] => [
      s,
      ...this.app.samples.filter((o) => o.origin === s.info.id && o !== s).flatMap(below),
    ];
    return roots.flatMap(below);
  }

  private update(): void {
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.key : undefined;
    const rows = this.ordered().map((s) => this.cached(s));
    const height = this.element.offsetHeight;
    fill(
      this.list,
      ...(rows.length > 0
        ? rows
        : [el('li.empty', {}, this.emptyText())]),
    );
    if (this.app.drawing) this.element.parentElement!.scrollTop += this.element.offsetHeight - height;
    if (focused) this.list.querySelector<HTMLElement>(`[data-key="${focused}"]`)?.focus();
  }

  private emptyText(): string {
    const { model } = this.app;
    if (!model) return 'Open a model first.';
    if (!this.app.runs) return 'This model cannot be run.';
    return model.inputs.length > 1
      ? `None: “nv view MODEL INPUTS.npz” gives samples to a model with ${model.inputs.length} inputs.`
      : 'None yet: draw one below, or add a picture.';
  }

  /** The row of a sample, made anew only if what it shows has changed: while one draws, the list changes at every stroke. */
  private cached(sample: Sample): HTMLElement {
    const { app } = this;
    const { id } = sample.info;
    const key = `${app.a === id} ${app.b === id} ${sample.origin !== null && app.sample(sample.origin) !== undefined}`;
    const old = this.rows.get(id);
    if (old && old.info === sample.info && old.key === key) return old.row;
    const row = this.row(sample);
    this.rows.set(id, { info: sample.info, key, row });
    return row;
  }

  private row(sample: Sample): HTMLElement {
    const { app } = this;
    const { id } = sample.info;
    const isA = app.a === id;
    const isB = app.b === id;
    const name = printable(sample.info.name, 60);
    const wrong =
      sample.truth !== null && sample.info.prediction.top[0] && sample.info.prediction.top[0].index !== sample.truth;
    const choose = el(
      'button.sample',
      { type: 'button', 'data-key': `a${id}`, 'aria-pressed': String(isA), onclick: () => app.choose(id) },
      el('span.thumbs', {}, ...thumbnails(sample, sample.info.more.length > 0 ? 28 : 40)),
      el(
        'span.sample-text',
        {},
        el('span.sample-name', {}, named(sample.info.name)),
        ' ',
        el(wrong ? 'span.sub.wrong' : 'span.sub', {}, predictionText(sample.info.prediction)),
        sample.note ? el('span.sub', {}, sample.note) : null,
      ),
    );
    const compare = el(
      'button.chip.b',
      {
        type: 'button',
        'data-key': `b${id}`,
        'aria-pressed': String(isB),
        disabled: isA,
        title: isA ? 'this is A' : 'compare A with this',
        'aria-label': `Compare with ${name}`,
        onclick: () => app.compareWith(isB ? null : id),
      },
      isA ? 'A' : 'B',
    );
    return el(
      `li${isA ? '.is-a' : ''}${isB ? '.is-b' : ''}${sample.origin !== null && app.sample(sample.origin) ? '.child' : ''}` as 'li',
      {},
      choose,
      compare,
      sample.kind !== 'live' && iconButton('close', `Remove ${name}`, () => void this.remove(sample)),
    );
  }

  private async remove(sample: Sample): Promise<void> {
    const { app } = this;
    const { id } = sample.info;
    try {
      await app.engine.remove(id);
    } catch (error) {
      toast(messageOf(error), true);
      return;
    }
    app.samples = app.samples.filter((s) => s !== sample);
    app.values.drop(id);
    this.rows.delete(id);
    if (app.b === id) app.compareWith(null);
    if (app.a === id) app.choose(app.samples[0]?.info.id ?? null);
    app.emit('samples');
  }
}
