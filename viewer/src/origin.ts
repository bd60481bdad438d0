// How a value of a layer without a kernel came about: the window of a pooling, the values that a merge or an activation took,
// the numbers of a normalisation. All are the engine's, in full.
import { passesOn } from './blocks';
import { displayOf, isVector } from './display';
import { el, named, printable } from './dom';
import { count, precise, product } from './numbers';
import { matrix, signed } from './arithmetic';
import { rangeOf, scaleFor } from './colours';
import type { Activation, LayerInfo, ModelInfo, Normalisation } from './protocol';
import type { Cell } from './state';

type Axis = { from: number; to: number };

/** What a pooling window covers of its input along an axis, clipped. */
function windowOf(at: number, out: number, size: number, pool: number, stride: number, same: boolean): Axis {
  const padding = same ? Math.floor(Math.max(0, (out - 1) * stride + pool - size) / 2) : 0;
  const from = at * stride - padding;
  return { from: Math.max(0, from), to: Math.min(size, from + pool) };
}

const pair = (value: unknown): [number, number] | null =>
  Array.isArray(value) && value.length === 2 && value.every((v) => typeof v === 'number')
    ? [value[0] as number, value[1] as number]
    : typeof value === 'number'
      ? [value, value]
      : null;

const mostTerms = 9; // that are written out

/** "max(a, b, …) = value" or "(a + b + …) / n = value", with all numbers if they are few. */
function reduced(kind: string, values: Float32Array, value: number): HTMLElement {
  const few = values.length <= mostTerms;
  const total = values.reduce((a, b) => a + b, 0);
  const terms = Array.from(values, (v, i) => (i > 0 ? signed(v) : precise(v))).join(' ');
  const text =
    kind === 'Max'
      ? `max(${few ? Array.from(values, precise).join(', ') : `${count(values.length)} values`})`
      : `${few ? `(${terms})` : precise(total)} / ${count(values.length)}`;
  return result(text, value);
}

const result = (text: string, value: number): HTMLElement =>
  el('p.sum', {}, `${text} = `, el('strong', {}, precise(value)));

const oneAxis = (value: unknown): [number, number] | null => {
  const size = Array.isArray(value) ? value[0] : value;
  return typeof size === 'number' ? [1, size] : null;
};

/** The window of a pooling along one or two axes as numbers. */
function pooling(layer: LayerInfo, input: LayerInfo, values: Activation, cell: Cell, value: number): HTMLElement | null {
  const [, kind, axes] = /^(Max|Average)Pooling([12])D$/.exec(layer.kind) ?? [];
  const along = (option: unknown): [number, number] | null => (axes === '1' ? oneAxis(option) : pair(option));
  const pool = along(layer.config.pool_size);
  const strides = along(layer.config.strides) ?? pool;
  if (!kind || !pool || !strides || input.maps.count !== layer.maps.count) return null;
  const same = layer.config.padding === 'same';
  const { height, width } = input.maps;
  const y = windowOf(cell.y, layer.maps.height, height, pool[0], strides[0], same);
  const x = windowOf(cell.x, layer.maps.width, width, pool[1], strides[1], same);
  const rows = y.to - y.from;
  const columns = x.to - x.from;
  if (rows < 1 || columns < 1) return null;
  const patch = Float32Array.from(
    { length: rows * columns },
    (_, i) =>
      values.values[(cell.channel * height + y.from + Math.floor(i / columns)) * width + x.from + (i % columns)],
  );
  return el(
    'div',
    {},
    el(
      'div.product',
      {},
      matrix(patch, rows, columns, scaleFor(...rangeOf(patch)), `window of map ${cell.channel}`),
      el(
        'span',
        {},
        kind === 'Max' ? 'the largest of ' : 'the mean of ',
        named(input.path),
        ` rows ${y.from}–${y.to - 1}, columns ${x.from}–${x.to - 1}`,
      ),
    ),
    reduced(kind, patch, value),
  );
}

/** A map of which one value remains. */
function globalPooling(
  layer: LayerInfo,
  input: LayerInfo,
  values: Activation,
  cell: Cell,
  value: number,
): HTMLElement | null {
  const kind = /^Global(Max|Average)Pooling[123]D$/.exec(layer.kind)?.[1];
  const channel = isVector(layer) ? cell.x : cell.channel;
  const { count: maps, height, width } = input.maps;
  if (!kind || channel >= maps) return null;
  const map = values.values.subarray(channel * height * width, (channel + 1) * height * width);
  return el(
    'div',
    {},
    el('p', {}, `the ${kind === 'Max' ? 'largest' : 'mean'} of all values of `, named(input.path), ` map ${channel}`),
    reduced(kind, map, value),
  );
}

/** Merges as formulas of their inputs. */
const merges: Record<string, (terms: number[]) => string> = {
  Add: (t) => t.map((v, i) => (i > 0 ? signed(v) : precise(v))).join(' '),
  Subtract: (t) => t.map((v, i) => (i > 0 ? signed(-v) : precise(v))).join(' '),
  Multiply: (t) => t.map(precise).join(' × '),
  Average: (t) => `(${t.map((v, i) => (i > 0 ? signed(v) : precise(v))).join(' ')}) / ${t.length}`,
  Maximum: (t) => `max(${t.map(precise).join(', ')})`,
  Minimum: (t) => `min(${t.map(precise).join(', ')})`,
};

/** Layers that apply a function to each value. */
const functions = new Set(['Activation', 'ReLU', 'LeakyReLU', 'ELU', 'PReLU', 'ThresholdedReLU']);
/** Layers that pass each value on. */
const passing = new Set([...passesOn, 'Identity']);

function formula(layer: LayerInfo, terms: number[]): string | null {
  if (layer.kind in merges) return merges[layer.kind](terms);
  if (terms.length !== 1) return null;
  if (passing.has(layer.kind)) return precise(terms[0]);
  const name = layer.kind === 'Activation' ? layer.activation : layer.kind.toLowerCase();
  return functions.has(layer.kind) && name && name !== 'softmax' ? `${printable(name, 40)}(${precise(terms[0])})` : null;
}

/** The same place in each input, where inputs have the layer's shape. */
function sameplace(
  inputs: LayerInfo[],
  answers: Activation[],
  layer: LayerInfo,
  cell: Cell,
  value: number,
): HTMLElement | null {
  const alike = (i: LayerInfo): boolean =>
    product(i.shape) === product(layer.shape) &&
    i.maps.count === layer.maps.count &&
    i.maps.width === layer.maps.width;
  if (!inputs.every(alike)) return null;
  const display = displayOf(layer);
  const at = isVector(layer) ? cell.x : cell.channel * display.cells + cell.y * display.width + cell.x;
  const terms = answers.map((answer) => answer.values[at]);
  const text = formula(layer, terms);
  const rows = inputs.map((input, i) =>
    el('tr', {}, el('th', { scope: 'row' }, named(input.path)), el('td', {}, precise(terms[i]))),
  );
  return el(
    'div',
    {},
    el('table.terms', {}, el('tbody', {}, ...rows)),
    text
      ? result(text, value)
      : el('p.sub', {}, `${printable(layer.kind)} of ${inputs.length > 1 ? 'these values' : 'this value'}`),
  );
}

/** gamma (x − mean) / √(variance + epsilon) + beta, in numbers. */
function normalised(n: Normalisation, input: LayerInfo): HTMLElement {
  const rows: [string, number][] = [
    ['gamma', n.gamma],
    ['beta', n.beta],
    ['mean', n.mean],
    ['variance', n.variance],
    ['epsilon', n.epsilon],
  ];
  const deviation = `√(${precise(n.variance)} + ${precise(n.epsilon)})`;
  const text = `${precise(n.gamma)} × (${precise(n.input)} ${signed(-n.mean)}) / ${deviation} ${signed(n.beta)}`;
  return el(
    'div',
    {},
    el('p.sub', {}, 'gamma × (x − mean) / √(variance + epsilon) + beta, with x of ', named(input.path)),
    el(
      'table.terms',
      {},
      el(
        'tbody',
        {},
        ...rows.map(([name, v]) => el('tr', {}, el('th', { scope: 'row' }, name), el('td', {}, precise(v)))),
      ),
    ),
    result(text, n.value),
  );
}

/** What gave the value, as far as it can be said of the kind. */
export async function originOf(
  model: ModelInfo,
  layer: LayerInfo,
  cell: Cell,
  value: number,
  ask: { values: (layers: number[]) => Promise<Activation[]>; normalisation: () => Promise<Normalisation> },
): Promise<HTMLElement> {
  const inputs = layer.inputs.map((i) => model.layers[i]);
  if (inputs.length === 0) return el('p.sub', {}, 'The input, after preprocessing.');
  if (layer.normalised) return normalised(await ask.normalisation(), inputs[0]);
  if (inputs.length <= 8) {
    const answers = await ask.values(layer.inputs);
    const found =
      (inputs.length === 1 &&
        (pooling(layer, inputs[0], answers[0], cell, value) ??
          globalPooling(layer, inputs[0], answers[0], cell, value))) ||
      sameplace(inputs, answers, layer, cell, value);
    if (found) return found;
  }
  return el('p.sub', {}, `${printable(layer.kind)}: it depends on all that is marked above.`);
}
