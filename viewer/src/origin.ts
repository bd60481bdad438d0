// How a value of a layer without a kernel came about: the window of a pooling, the values that a merge or an activation took.
import { displayOf, isVector } from './display';
import { el, named, printable } from './dom';
import { precise, product } from './numbers';
import { matrix } from './arithmetic';
import { rangeOf, scaleFor } from './colours';
import type { Activation, LayerInfo, ModelInfo } from './protocol';
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

/** The window of a two-dimensional pooling as numbers. */
function pooling(layer: LayerInfo, input: LayerInfo, values: Activation, cell: Cell): HTMLElement | null {
  const kind = /^(Max|Average)Pooling2D$/.exec(layer.kind)?.[1];
  const pool = pair(layer.config.pool_size);
  const strides = pair(layer.config.strides) ?? pool;
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
  );
}

/** The same place in each input, where inputs have the layer's shape or can be stretched to it. */
function sameplace(inputs: LayerInfo[], answers: Activation[], layer: LayerInfo, cell: Cell): HTMLElement | null {
  if (
    !inputs.every(
      (i) =>
        product(i.shape) === product(layer.shape) &&
        i.maps.count === layer.maps.count &&
        i.maps.width === layer.maps.width,
    )
  )
    return null;
  const display = displayOf(layer);
  const at = isVector(layer) ? cell.x : cell.channel * display.cells + cell.y * display.width + cell.x;
  return el(
    'table.terms',
    {},
    el(
      'tbody',
      {},
      ...inputs.map((input, i) =>
        el('tr', {}, el('th', { scope: 'row' }, named(input.path)), el('td', {}, precise(answers[i].values[at]))),
      ),
    ),
  );
}

/** What gave the value, as far as it can be said of the kind. */
export async function originOf(
  model: ModelInfo,
  layer: LayerInfo,
  cell: Cell,
  fetch: (layers: number[]) => Promise<Activation[]>,
): Promise<HTMLElement> {
  const inputs = layer.inputs.map((i) => model.layers[i]);
  if (inputs.length === 0) return el('p.sub', {}, 'The input, after preprocessing.');
  if (inputs.length <= 8) {
    const answers = await fetch(layer.inputs);
    const found =
      (inputs.length === 1 && pooling(layer, inputs[0], answers[0], cell)) || sameplace(inputs, answers, layer, cell);
    if (found)
      return el(
        'div',
        {},
        found,
        inputs.length > 1 || !/Pooling/.test(layer.kind)
          ? el('p.sub', {}, `${printable(layer.kind)} of ${inputs.length > 1 ? 'these values' : 'this value'}`)
          : null,
      );
  }
  return el('p.sub', {}, `${printable(layer.kind)}: it depends on all that is marked above.`);
}
