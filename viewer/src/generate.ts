// Adversarial samples: the methods with their parameters, progress and stop; what was found joins the list.
import { adversarialNote, compareButton, triple } from './adversarial';
import { button, el, fill, messageOf, printable, toast } from './dom';
import { attackCommand } from './command';
import { compact, count } from './numbers';
import type { AttackAnswer, AttackMethod } from './protocol';
import { predictionText } from './scores';
import type { App, Sample } from './state';

export class Generate {
  readonly element: HTMLElement;
  private methods: AttackMethod[] = [];
  private own = new Set<string>(); // parameters that the user has written
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
    this.element.hidden = this.methods.length === 0 || !this.app.runs;
    fill(this.choice, ...this.methods.map((m) => el('option', { value: m.name }, m.name)));
    this.choice.value = this.methods.some((m) => m.name === 'pgd') ? 'pgd' : (this.methods[0]?.name ?? '');
    this.fillParameters();
  }

  private get method(): AttackMethod | undefined {
    return this.methods.find((m) => m.name === this.choice.value);
  }

  private fillParameters(): void {
    this.about.textContent = this.method?.title ?? '';
    this.own.clear();
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
            oninput: () => (p.name === 'eps' ? this.followEps() : this.own.add(p.name)),
          }),
        ),
      ),
    );
  }

  private field(name: string): HTMLInputElement | null {
    return this.parameters.querySelector<HTMLInputElement>(`#p-${CSS.escape(name)}`);
  }

  /** What a parameter has if it is not set. */
  private usual({ value, perEps }: AttackMethod['parameters'][number]): number {
    const eps = Number(this.field('eps')?.value);
    return perEps !== null && eps > 0 ? perEps * eps : value;
  }

  /** Defaults that are a share of eps follow it; what the user wrote stays. */
  private followEps(): void {
    for (const p of this.method?.parameters ?? [])
      if (p.perEps !== null && !this.own.has(p.name)) this.field(p.name)!.value = String(shown(this.usual(p)));
  }

  /** What differs from the method's defaults. */
  private values(): Record<string, number> {
    const values: Record<string, number> = {};
    for (const p of this.method?.parameters ?? []) {
      const { value } = this.field(p.name)!;
      if (value !== '' && value !== String(shown(this.usual(p)))) values[p.name] = Number(value);
    }
    return values;
  }

  /** The focus stays on the button that is in the place of the one pressed. */
  private busy(on: boolean): void {
    const [from, to] = on ? [this.start, this.stop] : [this.stop, this.start];
    const focused = document.activeElement === from;
    this.stop.hidden = this.progress.hidden = false;
    this.start.disabled = false;
    if (focused) to.focus({ preventScroll: true });
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
    this.result.scrollIntoView({ block: 'nearest' }); // it is the last of the column
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
      note: adversarialNote(method.name, answer.l2, answer.linf),
      intact: null,
      file: null,
      command: attackCommand(app, original.info.id, method.name, values),
    };
    app.samples.push(sample);
    app.emit('samples');
    fill(
      this.result,
      triple(original, sample),
      el(
        'p',
        {},
        el('strong', {}, predictionText(sample.info.prediction)),
        ` after ${count(answer.queries)} queries; L2 ${compact(answer.l2)}, L∞ ${compact(answer.linf)}. ${printable(answer.note, 300)}`,
      ),
      el(
        'div.row',
        {},
        compareButton(app, original, sample),
        button('Run it', () => app.choose(sample.info.id)),
      ),
    );
  }
}

/** A default as the field shows it. */
const shown = (value: number): number => Number(value.toPrecision(4));
