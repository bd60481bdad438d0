// What the page shows, in one object; parts of the page listen to topics.
import { blocksOf, type Block } from './blocks';
import { printable } from './dom';
import type { Activation, Engine, InputSource, LayerInfo, ModelInfo, Prediction, SampleInfo } from './protocol';
import { Values } from './values';

export type Topic =
  | 'model' // another model
  | 'samples' // the list, or predictions in it
  | 'choice' // which samples are A and B
  | 'values' // activations of A or B are new
  | 'layer' // the layer in the panel, opened layers
  | 'detail' // the map shown large
  | 'field' // the receptive field to draw on the input
  | 'sizes' // of maps, in a model with inputs of any size
  | 'frozen'
  | 'view'
  | 'theme'
  | 'explain'
  | 'scale';

/** The layers that nv cannot compute; none if the model can be run. */
export function problemsOf(model: ModelInfo): LayerInfo[] {
  return model.layers.filter((layer) => layer.problem);
}

/** "dense (Dense): weight kernel is …" */
export function problemText({ path, kind, problem }: LayerInfo): string {
  return `${printable(path, 60)} (${printable(kind, 40)}): ${printable(problem ?? '', 200)}`;
}

export interface Sample {
  info: SampleInfo;
  kind: 'given' | 'file' | 'sketch' | 'adversarial' | 'live';
  source: InputSource | null;
  origin: number | null; // id of the sample it was made from
  truth: number | null;
  note: string; // how it was made
  intact: Prediction | null; // without frozen filters
  file: string | null; // its name on the command line
  command: string | null; // the nv command that makes it
}

/** One value: of a map's cell, or of a unit (channel 0). */
export interface Cell {
  layer: number;
  channel: number;
  y: number;
  x: number;
}

const mostClasses = 1000;

export type View = '3d' | 'graph' | 'compare';
export type Region = [number, number, number, number]; // y0, y1, x0, x1

export class App {
  model: ModelInfo | null = null;
  explainMethods: { name: string; title: string }[] = []; // that suit the model
  blocks: Block[] = [];
  samples: Sample[] = [];
  a: number | null = null;
  b: number | null = null;
  layer: number | null = null;
  open = new Set<number>(); // layers expanded in the 3D scene
  detail: Cell | null = null;
  field: Region | null = null;
  frozen = new Map<number, Set<number>>();
  view: View = '3d';
  freezing = false; // a click on a map freezes it
  drawing = false; // the pen is on the sketchpad, which must not move
  ownScale = false; // each map has its own scale
  explain: { method: string; cls: number | null; values: ExplainMap | null } = { method: '', cls: null, values: null };
  values: Values;
  private listeners = new Map<Topic, (() => void)[]>();

  constructor(readonly engine: Engine) {
    this.values = new Values(engine, (answer) => this.takeSizes(answer));
  }

  private takeSizes({ layer, maps }: Activation): void {
    const info = this.model?.layers[layer];
    const old = info?.maps;
    if (!info || !old || !maps || (maps.count === old.count && maps.height === old.height && maps.width === old.width))
      return;
    info.maps = maps;
    this.emit('sizes');
  }

  on(topics: Topic | Topic[], listener: () => void): void {
    for (const topic of Array.isArray(topics) ? topics : [topics])
      this.listeners.set(topic, [...(this.listeners.get(topic) ?? []), listener]);
  }

  emit(...topics: Topic[]): void {
    for (const listener of new Set(topics.flatMap((topic) => this.listeners.get(topic) ?? []))) listener();
  }

  setModel(model: ModelInfo): void {
    this.model = model;
    this.blocks = blocksOf(model);
    this.samples = [];
    this.a = this.b = this.layer = this.detail = this.field = null;
    this.open.clear();
    this.frozen.clear();
    this.freezing = false;
    this.explain = { method: '', cls: null, values: null };
    this.values.drop();
  }

  sample(id: number | null): Sample | undefined {
    return id === null ? undefined : this.samples.find((s) => s.info.id === id);
  }

  /** The original of an adversarial sample. */
  originalOf(sample: Sample | undefined): Sample | undefined {
    return this.sample(sample?.origin ?? null);
  }

  /** Whether the model can be run: it is shown if not, too. */
  get runs(): boolean {
    return this.model !== null && problemsOf(this.model).length === 0;
  }

  get sampleA(): Sample | undefined {
    return this.sample(this.a);
  }
  get sampleB(): Sample | undefined {
    return this.sample(this.b);
  }

  /** Makes `id` the sample that is run. */
  choose(id: number | null): void {
    if (id === this.a) return;
    this.a = id;
    if (this.b === id) this.b = null;
    this.explain.values = null;
    this.emit('choice', 'values', 'explain');
  }

  /** Makes `id` the sample that A is compared with. */
  compareWith(id: number | null): void {
    this.b = id === this.a ? null : id;
    if (this.b === null && this.view === 'compare') this.view = this.defaultView();
    this.emit('choice', 'view');
  }

  setView(view: View): void {
    if (view === this.view) return;
    this.view = view;
    this.detail = null;
    this.emit('view', 'detail');
  }

  defaultView: () => View = () => '3d';

  selectLayer(layer: number | null): void {
    this.layer = layer;
    this.emit('layer');
  }

  toggleOpen(layer: number): void {
    if (this.open.has(layer)) this.open.delete(layer);
    else this.open.add(layer);
    this.layer = layer;
    this.emit('layer');
  }

  showDetail(cell: Cell | null): void {
    this.detail = cell;
    if (cell) this.layer = cell.layer;
    else this.field = null;
    this.emit('detail', 'layer', 'field');
  }

  setField(field: Region | null): void {
    const same = field === this.field || (field && this.field && field.every((v, i) => v === this.field![i]));
    this.field = field;
    if (!same) this.emit('field');
  }

  isFrozen(layer: number, channel: number): boolean {
    return this.frozen.get(layer)?.has(channel) ?? false;
  }

  /** Classes that can be explained and named in a link, of a model with very many the first ones. */
  get classCount(): number {
    const scores = this.model?.classifier?.scores ?? 0;
    return scores === 1 ? 2 : Math.min(Math.max(scores, 0), mostClasses); // a single unit tells two classes apart
  }

  labelOf(cls: number): string {
    return this.model?.labels[cls] ?? String(cls);
  }
}

export interface ExplainMap {
  height: number;
  width: number;
  values: Float32Array;
  signed: boolean;
}

/** Rows and columns of the first input; null if it is no picture. A size that the model leaves open is unlimited. */
export function pictureSize(model: ModelInfo): [number, number] | null {
  const input = model.inputs[0];
  if (!input || input.shape.length < 2 || input.shape.length > 3) return null;
  const at = input.channelsFirst && input.shape.length === 3 ? 1 : 0;
  const known = (n: number): number => (n > 0 ? n : Infinity);
  return [known(input.shape[at]), known(input.shape[at + 1])];
}

/** The part of the input that a position of a layer sees, clipped; null if the layer has no positions. */
export function fieldOf(model: ModelInfo, layer: number, y: number, x: number): Region | null {
  const rf = model.layers[layer].receptiveField;
  const shape = pictureSize(model);
  if (!rf || rf.size.length !== 2 || !shape) return null;
  const along = (axis: number, at: number): [number, number] => {
    const from = rf.start[axis] + at * rf.stride[axis];
    return [Math.max(0, from), Math.min(shape[axis], from + rf.size[axis])];
  };
  const [y0, y1] = along(0, y);
  const [x0, x1] = along(1, x);
  return y1 > y0 && x1 > x0 ? [y0, y1, x0, x1] : null;
}
