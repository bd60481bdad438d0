// Pages of models that no file has: a page of LeNet with another packed model (lib/nv/model/packed.h).
import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { lenet, makePage, outPath } from './browser.mjs';

/** Of a chain of layers after an input of 3 x 3 x 1. Weights: name -> [shape, value of all numbers]. */
export function ownModel(name, layers) {
  const page = makePage(name, lenet, [], '--no-defaults');
  const html = readFileSync(page, 'utf8');
  const [whole, open, text] = /(<script type="text\/plain" id="nv-model"[^>]*>)([^<]*)/.exec(html);
  const packed = gunzipSync(Buffer.from(text, 'base64'));
  const { about } = JSON.parse(packed.subarray(16, 16 + Number(packed.readBigUInt64LE(8))).toString());
  const all = [{ kind: 'InputLayer', config: { batch_shape: [null, 3, 3, 1] } }, ...layers];
  const path = (i) => `layer${i}`;
  const weights = all.flatMap((l) => Object.values(l.weights ?? {}));
  const model = {
    ...{ format: 'keras', keras_version: '3', name, kind: 'Sequential', origin: { keras_major: 3, backend: '' }, notes: [] },
    layers: all.map(({ kind, config, weights: own = {} }, i) => ({
      ...{ path: path(i), name: path(i), kind, package: '', trainable: true, config },
      weights: Object.entries(own).map(([n, [shape]]) => ({ name: n, shape, dtype: 'float32' })),
    })),
    nodes: all.map((_, i) => ({ path: path(i), layer: i, inputs: i > 0 ? [i - 1] : [], output: 0, arguments: {} })),
    inputs: [{ name: 'x', node: 0 }],
    outputs: [{ name: 'y', node: all.length - 1 }],
  };
  const json = Buffer.from(JSON.stringify({ half: false, model, about }));
  const head = Buffer.alloc(16);
  head.write('nvmodel1');
  head.writeBigUInt64LE(BigInt(json.length), 8);
  const padding = Buffer.alloc((4 - ((16 + json.length) % 4)) % 4);
  const size = ([shape]) => shape.reduce((n, axis) => n * axis, 1);
  const numbers = Float32Array.from(weights.flatMap((w) => new Array(size(w)).fill(w[1])));
  const bytes = Buffer.concat([head, json, padding, Buffer.from(numbers.buffer)]);
  writeFileSync(page, html.replace(whole, open + gzipSync(bytes).toString('base64')));
  return page;
}

/** A .npy file of float32 zeros. */
export function npyOfZeros(shape) {
  const file = outPath(`zeros-${shape.join('x')}.npy`);
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`;
  const header = Buffer.from(text.padEnd(117) + '\n');
  const head = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, header.length & 255, header.length >> 8]);
  writeFileSync(file, Buffer.concat([head, header, Buffer.alloc(4 * shape.reduce((n, axis) => n * axis, 1))]));
  return file;
}
