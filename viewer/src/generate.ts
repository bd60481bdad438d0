// Adversarial samples: the methods with their parameters, progress and stop; what was found joins the list.
import { drawPixels, paint, symmetric } from './colours';
import { button, el, fill, messageOf, named, printable, toast } from './dom';
import { attackCommand } from './command';
import { compact, count } from './numbers';
import type { AttackAnswer, AttackMethod } from './protocol';
import { predictionText, thumbnail } from './scores';
import type { App, Sample } from './state';

export class Generate {
  readonly element: HTMLElement;
  private methods: AttackMethod[] = [];
  private choice = el('select', { id: 'attack', onchange: () => this.fillParameters() });
  private about = el('p.sub');
  private parameters = el('div.parameters');
  private start = button('Generate', () => void this.run(), { class: 'primary' });
  private stop = button('Stop', () => this.app.engine.stop(), { hidden: true });
  private progress = el('progress', { max: 1, value: 0, hidden: true, 'aria-label': 'progress of the attack' });
  private result = el('div.found', { 'aria-live': 'polite' });

  constructor(private app: App) {
    this.element = el(
      'section.card',
      { 'aria-labelledby': 'h-generate', id: 'generate' },
      el('h2', { id: 'h-generate' }, 'Generate'),
      el('p.sub', {}, 'An adversarial sample of A: a small change that makes the network wrong.'),
      el('label.field', { for: 'attack' }, 'Method', this.choice),
      this.about,
      this.parameters,
      el('div.row', {}, this.start, this.stop, this.progress),
      this.result,
    );
    app.on('model', () => void this.load());
  }

  private async load(): Promise<void> {
    fill(this.result);
    try {
      this.methods = await this.app.engine.attackMethods();
    } catch {
      this.methods = [];
    }
    this.element.hidden = this.methods.length === 0;
    fill(this.choice, ...this.methods.map((m) => el('option', { value: m.name }, m.name)));
    this.choice.value = this.methods.some((m) => m.name === 'pgd') ? 'pgd' : (this.methods[0]?.name ?? '');
    this.fillParameters();
  }

  private get method(): AttackMethod | undefined {
    return this.methods.find((m) => m.name === this.choice.value);
  }

  private fillParameters(): void {
    this.about.textContent = this.method?.title ?? '';
    fill(
      this.parameters,
      ...(this.method?.parameters ?? []).map((p) =>
        el(
          'label.field',
          { for: `p-${p.name}`, title: p.help },
          p.name,
          el('input', {
            type: 'number',
            id: `p-${p.name}`,
            name: p.name,
            value: shown(p.value),
            min: p.min,
            max: p.max,
            step: p.step === 1 ? 1 : 'any',
          }),
        ),
      ),
    );
  }

  /** What differs from the method's defaults, some of which follow from other parameters. */
  private values(): Record<string, number> {
    const values: Record<string, number> = {};
    for (const p of this.method?.parameters ?? []) {
      const input = this.parameters.querySelector<HTMLInputElement>(`#p-${CSS.escape(p.name)}`)!;
      if (input.value !== '' && input.value !== String(shown(p.value))) values[p.name] = Number(input.value);
    }
    return values;
  }

  private busy(on: boolean): void {
    this.start.disabled = on;
    this.stop.hidden = this.progress.hidden = !on;
    this.progress.value = 0;
  }

  private async run(): Promise<void> {
    const { app, method } = this;
    const original = app.sampleA;
    if (!original || !method) {
      toast('Choose a sample first.');
      return;
    }
    const invalid = [...this.parameters.querySelectorAll('input')].find((i) => !i.checkValidity());
    if (invalid) {
      invalid.reportValidity();
      return;
    }
    const model = app.model;
    const values = this.values();
    this.busy(true);
    fill(this.result);
    try {
      const answer = await app.engine.attack(original.info.id, method.name, values, (share) => {
        this.progress.value = share;
      });
      if (model === app.model) this.show(answer, original, method, values);
    } catch (error) {
      fill(this.result, el('p.wrong', {}, messageOf(error)));
    }
    this.busy(false);
  }

  private show(answer: AttackAnswer, original: Sample, method: AttackMethod, values: Record<string, number>): void {
    const { app } = this;
    if (!answer.found || !answer.sample) {
      const text = `None found in ${count(answer.queries)} queries. ${printable(answer.note, 300)}`;
      fill(this.result, el('p', {}, answer.note === 'stopped' ? 'Stopped before a sample was found.' : text));
      return;
    }
    const name = `${original.info.name.replace(/\.\w+$/, '')}.${method.name}`;
    const sample: Sample = {
      info: { ...answer.sample, name },
      kind: 'adversarial',
      source: null,
      origin: original.info.id,
      truth: original.truth ?? original.info.prediction.top[0]?.index ?? null,
      note: `${printable(method.name)} · L2 ${compact(answer.l2)} · L∞ ${compact(answer.linf)}`,
      intact: null,
      file: null,
      command: attackCommand(app, original.info.id, method.name, values),
    };
    app.samples.push(sample);
    app.emit('samples');
    fill(
      this.result,
      this.triple(original, sample),
      el(
        'p',
        {},
        el('strong', {}, predictionText(sample.info.prediction)),
        ` after ${count(answer.queries)} queries; L2 ${compact(answer.l2)}, L∞ ${compact(answer.linf)}. ${printable(answer.note, 300)}`,
      ),
      el(
        'div.row',
        {},
        button('Compare', () => {
          app.choose(original.info.id);
          app.compareWith(sample.info.id);
          app.setView('compare');
        }),
        button('Run it', () => app.choose(sample.info.id)),
      ),
    );
  }

  /** Original, change, sample. */
  private triple(original: Sample, sample: Sample): HTMLElement {
    const frame = (title: string, picture: HTMLElement | null): HTMLElement =>
      el('figure', {}, picture, el('figcaption', {}, title));
    return el(
      'div.triple',
      {},
      frame('original', thumbnail(original, 76)),
      frame('change', perturbation(original, sample, 76)),
      frame('sample', thumbnail(sample, 76)),
      el('p.visually-hidden', {}, named(original.info.name)),
    );
  }
}

/** A default as the field shows it. */
const shown = (value: number): number => Number(value.toPrecision(4));

/** What was added to the picture, averaged over its colours: blue is darker, red is lighter. */
export function perturbation(a: Sample, b: Sample, edge: number): HTMLCanvasElement {
  const { width, height } = a.info.picture;
  const canvas = el('canvas.thumb', { role: 'img', 'aria-label': 'the change, red where it made the picture lighter' });
  if (b.info.picture.width !== width || b.info.picture.height !== height || width === 0) return canvas;
  const change = new Float32Array(width * height);
  let most = 1e-9;
  for (let i = 0; i < change.length; i++) {
    for (let c = 0; c < 3; c++) change[i] += (b.info.picture.rgba[4 * i + c] - a.info.picture.rgba[4 * i + c]) / 3;
    most = Math.max(most, Math.abs(change[i]));
  }
  const pixels = new Uint8ClampedArray(4 * change.length);
  paint(change, 0, change.length, symmetric(most), pixels);
  const k = edge / Math.max(width, height);
  canvas.width = Math.round(width * k) * 2;
  canvas.height = Math.round(height * k) * 2;
  canvas.style.width = `${Math.round(width * k)}px`;
  canvas.style.height = `${Math.round(height * k)}px`;
  drawPixels(canvas.getContext('2d')!, pixels, width, height, 0, 0, canvas.width, canvas.height);
  return canvas;
}
