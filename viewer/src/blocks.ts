// Layers as people count them: a convolution with its normalisation and activation is one block, as in nv's overviews.
import type { LayerInfo, ModelInfo } from './protocol';

export interface Block {
  index: number;
  layers: number[];
  shown: number; // the layer whose values are drawn
  title: string; // path of the first layer
  kind: string; // "Conv2D + bn, relu"
  inputs: number[]; // blocks
  rank: number; // longest path from an input
  lane: number; // place among the blocks of its rank, about 0
}

const short: Record<string, string> = {
  BatchNormalization: 'bn',
  LayerNormalization: 'ln',
  GroupNormalization: 'gn',
  Activation: '',
  ReLU: 'relu',
  LeakyReLU: 'leaky relu',
  PReLU: 'prelu',
  ELU: 'elu',
  Softmax: 'softmax',
  Dropout: 'dropout',
  SpatialDropout1D: 'dropout',
  SpatialDropout2D: 'dropout',
  SpatialDropout3D: 'dropout',
  GaussianNoise: '',
  GaussianDropout: '',
  AlphaDropout: '',
  ActivityRegularization: '',
  Flatten: 'flatten',
};
/** Kinds that pass their values on, perhaps in another shape. */
export const passesOn = new Set([
  'Dropout',
  'SpatialDropout1D',
  'SpatialDropout2D',
  'SpatialDropout3D',
  'GaussianNoise',
  'GaussianDropout',
  'AlphaDropout',
  'ActivityRegularization',
  'Flatten',
]);

/** Whether `layer` only continues the block of its input. */
function continues(layer: LayerInfo, model: ModelInfo, consumers: number[]): boolean {
  if (!(layer.kind in short) || layer.inputs.length !== 1) return false;
  const before = model.layers[layer.inputs[0]];
  return before.kind !== 'InputLayer' && consumers[before.index] === 1 && !model.outputs.includes(before.index);
}

function noteOf(layer: LayerInfo): string {
  return layer.kind === 'Activation' ? (layer.activation ?? '') : (short[layer.kind] ?? '');
}

/** The blocks of a model; with `all`, every layer is one. */
export function blocksOf(model: ModelInfo, all = false): Block[] {
  const consumers = new Array<number>(model.layers.length).fill(0);
  for (const layer of model.layers) for (const input of layer.inputs) consumers[input]++;
  const blocks: Block[] = [];
  const blockOf = new Map<number, Block>();
  for (const layer of model.layers) {
    if (!all && continues(layer, model, consumers)) extend(blockOf.get(layer.inputs[0])!, layer);
    else blocks.push(begin(blocks.length, layer, blockOf));
    blockOf.set(
      layer.index,
      layer.inputs.length === 1 && blockOf.get(layer.inputs[0])?.layers.includes(layer.index)
        ? blockOf.get(layer.inputs[0])!
        : blocks[blocks.length - 1],
    );
  }
  placeLanes(blocks);
  return blocks;
}

function begin(index: number, layer: LayerInfo, blockOf: Map<number, Block>): Block {
  const inputs = [...new Set(layer.inputs.map((i) => blockOf.get(i)!.index))];
  const activation = layer.activation && layer.activation !== 'linear' ? ` + ${layer.activation}` : '';
  return {
    index,
    layers: [layer.index],
    shown: layer.index,
    title: layer.path,
    kind: layer.kind + activation,
    inputs,
    rank: 0,
    lane: 0,
  };
}

function extend(block: Block, layer: LayerInfo): void {
  block.layers.push(layer.index);
  if (!passesOn.has(layer.kind)) block.shown = layer.index;
  const note = noteOf(layer);
  if (note && layer.kind !== 'Flatten' && !passesOn.has(layer.kind))
    block.kind += (block.kind.includes(' + ') ? ', ' : ' + ') + note;
}

/** Ranks by the longest path; blocks of one rank side by side, in the order of their inputs. */
function placeLanes(blocks: Block[]): void {
  const ranks: Block[][] = [];
  for (const block of blocks) {
    block.rank = block.inputs.length > 0 ? 1 + Math.max(...block.inputs.map((i) => blocks[i].rank)) : 0;
    (ranks[block.rank] ??= []).push(block);
  }
  for (const row of ranks) {
    const wish = (b: Block): number =>
      b.inputs.length > 0 ? b.inputs.reduce((s, i) => s + blocks[i].lane, 0) / b.inputs.length : 0;
    row.sort((a, b) => wish(a) - wish(b) || a.index - b.index);
    const centre = row.length > 1 ? 0 : wish(row[0]);
    row.forEach((block, i) => {
      block.lane = centre + i - (row.length - 1) / 2;
    });
  }
}

/** The block that contains a layer. */
export function blockWith(blocks: readonly Block[], layer: number): Block | undefined {
  return blocks.find((b) => b.layers.includes(layer));
}

/** The last layer of a block, up to the one shown, that can be frozen; null if none. */
export function freezableIn(block: Block, model: ModelInfo): number | null {
  if (model.layers[block.shown].freezable) return block.shown;
  for (const layer of [...block.layers].reverse()) if (model.layers[layer].freezable) return layer;
  return null;
}

/** Layers and ranks for which the 3D scene reads well. */
export function suits3d(blocks: readonly Block[]): boolean {
  const widest = Math.max(...blocks.map((b) => Math.abs(b.lane)));
  return blocks.length <= 28 && widest <= 2;
}
