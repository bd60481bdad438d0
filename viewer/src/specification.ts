// A layer's options as people read them.
import { printable } from './dom';
import { count, magnitude, shapeText, sum } from './numbers';
import type { LayerInfo } from './protocol';

const names: Record<string, string> = {
  filters: 'filters',
  kernel_size: 'kernel',
  strides: 'strides',
  padding: 'padding',
  dilation_rate: 'dilation',
  groups: 'groups',
  depth_multiplier: 'depth multiplier',
  units: 'units',
  pool_size: 'window',
  rate: 'rate',
  epsilon: 'epsilon',
  size: 'factor',
  axis: 'axis',
  interpolation: 'interpolation',
  negative_slope: 'negative slope',
  max_value: 'largest value',
  target_shape: 'target shape',
  scale: 'scale',
  offset: 'offset',
};
const usual: Record<string, string> = {
  strides: '1 × 1',
  dilation_rate: '1 × 1',
  groups: '1',
  padding: 'valid',
  depth_multiplier: '1',
};

function text(value: unknown): string | null {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return printable(value, 40);
  if (Array.isArray(value) && value.length <= 6 && value.every((v) => typeof v === 'number')) return value.join(' × ');
  return null;
}

/** Name and value of what matters, most important first; of the layers of a block, together. */
export function specification(...layers: LayerInfo[]): [string, string][] {
  const rows: [string, string][] = [];
  const first = layers[0];
  const layer = layers[layers.length - 1];
  for (const [key, name] of Object.entries(names)) {
    const value = text(first.config[key]);
    if (value !== null && value !== usual[key]) rows.push([name, value]);
  }
  const activations = layers.map((l) => l.activation).filter((a): a is string => a !== null && a !== 'linear');
  if (activations.length > 0) rows.push(['activation', printable(activations.join(', '))]);
  const parameters = sum(layers.map((l) => l.parameters));
  const macs = sum(layers.map((l) => l.macs));
  if (parameters > 0) rows.push(['parameters', count(parameters)]);
  if (macs > 0) rows.push(['multiply-adds', magnitude(macs)]);
  if (layer.receptiveField) rows.push(['sees', `${shapeText(layer.receptiveField.size)} of the input`]);
  return rows;
}
