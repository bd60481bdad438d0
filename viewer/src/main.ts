// Starts the page: the engine, the model and inputs that came with it, and the parts of the page.
import { adversarialNote } from './adversarial';
import { el, fill, iconButton, messageOf, named, printable, toast } from './dom';
import { convertModel, createEngine } from './engine_client';
import { exportMenu } from './export';
import { resultPanel } from './explain';
import { fragment, parse, restore, write } from './fragment';
import { Freezer, freezePanel } from './freeze';
import { Generate } from './generate';
import { acceptDrops, addSample, takeFiles } from './intake';
import { LayerPanel } from './layer_panel';
import { modelCard } from './model_card';
import { bytesOfBase64, hasPart, part, partText } from './parts';
import type { InputSource } from './protocol';
import { SampleList } from './samples';
import { Sketchpad } from './sketchpad';
import { Stage } from './stage';
import { App, type Sample } from './state';
import { themeSwitch } from './theme_switch';
import { Tour } from './tour';

/** An input as `nv view` writes it (ARCHITECTURE.md). */
interface Given {
  name: string;
  file?: string;
  truth: number | null;
  origin: number | null;
  method?: string; // that made an adversarial sample
  l2?: number | null; // from its original
  linf?: number | null;
  source:
    | { kind: 'rgba'; width: number; height: number; data: string }
    | { kind: 'array'; shape: number[]; data: string; more?: { shape: number[]; data: string }[] };
}

function sourceOf(given: Given): InputSource {
  const { source, name, truth } = given;
  const numbers = (data: string): Float32Array => new Float32Array(bytesOfBase64(data).buffer);
  if (source.kind === 'rgba')
    return { kind: 'rgba', width: source.width, height: source.height, data: bytesOfBase64(source.data), name, truth };
  const more = source.more?.map(({ shape, data }) => ({ shape, data: numbers(data) }));
  return { kind: 'array', shape: source.shape, data: numbers(source.data), name, truth, ...(more ? { more } : {}) };
}

class Page {
  private freezer: Freezer;
  private stage: Stage;
  private tour = new Tour();
  private fileName = el('span.file');
  private columns = el('nav.switcher', { 'aria-label': 'Columns' });

  /** `convert` makes the engine's form of a model of the bytes of a Keras file. */
  constructor(
    private app: App,
    private convert: (bytes: Uint8Array) => Promise<Uint8Array>,
  ) {
    this.freezer = new Freezer(app);
    this.stage = new Stage(app, this.freezer);
  }

  /** Puts the parts of the page in place. */
  build(): void {
    const { app } = this;
    const take = (files: File[]): void =>
      void takeFiles(app, files, async (bytes, name) => this.open(await this.convert(bytes), name));
    const left = el(
      'aside.side-left',
      { 'aria-label': 'Model and samples', id: 'left', tabindex: -1 },
      modelCard(app),
      new SampleList(app, take).element,
      new Sketchpad(app).element,
      new Generate(app).element,
    );
    const right = el(
      'aside.side-right',
      { 'aria-label': 'Results', id: 'right' },
      resultPanel(app),
      new LayerPanel(app, this.freezer).element,
      freezePanel(app, this.freezer),
    );
    const empty = el(
      'main.welcome',
      { hidden: true },
      el('h2', {}, 'See inside a network'),
      el('p', {}, 'Drop a trained Keras model (.h5 or .keras) here to look inside it. Nothing leaves your computer.'),
      el('label.button.primary', { for: 'nv-files' }, 'Choose a file'),
    );
    fill(
      document.body,
      this.skip('To the network', 'stage', '.segments button'),
      this.skip('To the sketchpad', 'left', '.pad'),
      this.header(),
      this.switcher(),
      left,
      this.stage.element,
      right,
      empty,
      el('div.toast.hidden', { id: 'nv-toast', role: 'alert' }),
      el('div.visually-hidden', { id: 'nv-live', 'aria-live': 'polite' }),
      this.tour.element,
    );
    acceptDrops(take);
    const mark = (): void => {
      document.body.classList.toggle('no-model', app.model === null);
      empty.hidden = app.model !== null;
    };
    app.on('model', () => {
      mark();
      fill(this.fileName, named(app.model!.file));
      document.title = `${printable(app.model!.file, 60)} · nv view`;
    });
    mark();
    this.keys();
    this.keepFragment();
  }

  /** A link for keys, which leads to a part of a column. */
  private skip(text: string, column: string, part: string): HTMLElement {
    const link = el('a.skip', { href: `#${column}` }, text);
    link.addEventListener('click', (event) => {
      event.preventDefault();
      this.showColumn(column);
      const target = document.querySelector<HTMLElement>(`#${column} ${part}`);
      (target?.offsetParent ? target : document.getElementById(column)!).focus();
      target?.scrollIntoView({ block: 'nearest' });
    });
    return link;
  }

  private header(): HTMLElement {
    return el(
      'header.top',
      {},
      el('h1.logo', {}, 'nv view'),
      this.fileName,
      el('span.grow'),
      exportMenu(
        this.app,
        () => this.stage.picture(),
        () => this.link(),
      ),
      themeSwitch(this.app),
      iconButton('help', 'Tour', () => this.tour.start()),
    );
  }

  /** On narrow screens one column at a time is shown. */
  private switcher(): HTMLElement {
    const columns: [string, string][] = [
      ['left', 'Samples'],
      ['stage', 'Network'],
      ['right', 'Results'],
    ];
    fill(
      this.columns,
      ...columns.map(([id, text]) =>
        el('button', { type: 'button', 'data-column': id, onclick: () => this.showColumn(id) }, text),
      ),
    );
    this.showColumn('stage');
    return this.columns;
  }

  private showColumn(id: string): void {
    document.body.dataset.column = id;
    for (const b of this.columns.querySelectorAll('button'))
      b.setAttribute('aria-pressed', String(b.dataset.column === id));
  }

  private keys(): void {
    addEventListener('keydown', (event) => {
      const typing =
        event.target instanceof HTMLInputElement ||
        event.target instanceof HTMLSelectElement ||
        event.target instanceof HTMLTextAreaElement;
      if (event.key === 'Escape' && this.app.detail) this.app.showDetail(null);
      else if (
        event.key.toLowerCase() === 'z' &&
        (event.ctrlKey || event.metaKey) &&
        !typing &&
        !event.defaultPrevented
      )
        this.freezer.undo();
      else return;
      event.preventDefault();
    });
  }

  /** Whether the link that the page was opened with has been read; until then it is not replaced. */
  private restored = false;

  private link(): string {
    const orbit = this.stage.scene?.orbit;
    return fragment(this.app, orbit?.moved ? orbit.pose : null);
  }

  private keepFragment(): void {
    let timer = 0;
    const later = (): void => {
      clearTimeout(timer);
      timer = window.setTimeout(() => {
        if (this.app.model && this.restored) write(this.link());
      }, 250);
    };
    this.app.on(['choice', 'layer', 'detail', 'frozen', 'view', 'explain'], later);
    addEventListener('pointerup', later);
    addEventListener('hashchange', () => void this.restore());
  }

  /** A title that `nv view --title` gave. */
  setTitle(title: string): void {
    document.title = `${printable(title, 100)} · nv view`;
    fill(this.fileName, named(title));
  }

  /** Another model in place of the present one. */
  async open(bytes: Uint8Array, file: string): Promise<void> {
    const model = await this.app.engine.open(bytes, file);
    const explainMethods = await this.app.engine.explainMethods().catch(() => []);
    this.app.setModel(model);
    this.app.explainMethods = explainMethods;
    this.freezer.forget();
    this.app.layer = this.app.blocks.find((b) => b.inputs.length > 0)?.shown ?? 0;
    this.app.emit('model', 'samples', 'choice', 'frozen', 'layer', 'detail', 'values', 'explain');
  }

  /** The inputs that came with the page. */
  async addGiven(): Promise<void> {
    const all = JSON.parse(await partText('nv-inputs')) as Given[];
    const samples: Sample[] = [];
    for (const given of all) {
      const original = given.origin === null ? undefined : samples[given.origin];
      const sample = await addSample(this.app, sourceOf(given), {
        kind: 'given',
        file: given.file ?? null,
        truth: given.truth ?? original?.truth ?? null,
        origin: original?.info.id ?? null,
        note: original ? adversarialNote(given.method || 'adversarial', given.l2, given.linf) : '',
      });
      samples.push(sample);
      if (samples.length === 1) this.app.choose(sample.info.id);
    }
  }

  /** The state that the link names. */
  async restore(): Promise<void> {
    if (!this.app.model || location.hash.length < 2 || location.hash === this.link() || !location.hash.includes('='))
      return;
    const saved = parse(location.hash);
    const frozen = restore(this.app, saved);
    if (saved.pose) this.stage.scene?.orbit.set(saved.pose, true);
    this.app.emit('choice', 'view', 'layer', 'detail', 'values', 'explain');
    if (frozen.size > 0) this.freezer.change(frozen);
  }

  begin(): void {
    this.restored = true;
    this.tour.atFirstVisit();
  }
}

async function start(): Promise<void> {
  const code = { worker: await partText('nv-worker'), wasm: await part('nv-wasm') };
  for (const id of ['nv-model', 'nv-inputs']) if (hasPart(id)) document.head.append(document.getElementById(id)!); // the body is filled anew
  const app = new App(createEngine(code));
  const page = new Page(app, (bytes) => convertModel(code, bytes));
  page.build();
  if (hasPart('nv-model')) {
    const { file = 'model', title = '' } = document.getElementById('nv-model')!.dataset;
    try {
      await page.open(await part('nv-model'), file);
      if (hasPart('nv-inputs')) await page.addGiven();
      await page.restore();
      if (title) page.setTitle(title);
    } catch (error) {
      toast(messageOf(error), true);
    }
  }
  page.begin();
  document.documentElement.dataset.ready = 'true';
}

start().catch((error: unknown) => {
  fill(document.body, el('p.fatal', { role: 'alert' }, `This page could not start: ${messageOf(error)}`));
});
