// The engine inside the page against nv itself: every value of every layer, for one model and its inputs.
//   node engine_test.mjs NV FOLDER MODEL INPUT [--dropped]
// With --dropped the model is not the page's but is read from its file, as when it is dropped into the page.
import { execFileSync } from 'node:child_process';
import { readFileSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { PageWorker, added, part, readNpz } from './page.mjs';

const [nv, folder, model, input, mode] = process.argv.slice(2);
const bound = 1e-4;  // of a layer's largest value: that of nv against Keras

function run(...args) {
  return execFileSync(nv, args, { stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 28 });
}

/** Values in the order of maps, from an array in the model's own layout. */
function asMaps({ shape, values }, channelsFirst) {
  if (shape.length < 2 || channelsFirst) return values;
  const channels = shape.at(-1), area = values.length / channels;
  return values.map((_, i) => values[(i % area) * channels + Math.floor(i / area)]);
}

/** Largest difference of two arrays, relative to the largest number of the second. */
function error(a, b) {
  if (a.length !== b.length) return Infinity;
  let most = 0, largest = 0;
  for (let i = 0; i < b.length; i++) {
    if (Number.isNaN(a[i]) !== Number.isNaN(b[i])) return Infinity;
    if (a[i] === b[i] || Number.isNaN(a[i])) continue;
    most = Math.max(most, Math.abs(a[i] - b[i]));
    largest = Math.max(largest, Math.abs(b[i]));
  }
  for (const x of b) largest = Math.max(largest, Number.isFinite(x) ? Math.abs(x) : 0);
  return most === 0 ? 0 : most / largest;
}

const page = join(folder, 'page.html'), out = join(folder, 'run');
mkdirSync(folder, { recursive: true });
run('view', model, input, '-o', page, '--force', '-q');
run('run', model, input, '-o', out, '--format', 'npz', '--force', '--clean', '-q');
const expected = JSON.parse(readFileSync(join(out, 'run.json')));
const html = readFileSync(page, 'utf8'), worker = new PageWorker(html);

const packed = mode === '--dropped' ? await worker.convert(new Uint8Array(readFileSync(model))) : new Uint8Array(part(html, 'nv-model'));
const info = await worker.ask({ ask: 'open', file: basename(model) }, packed);
const failures = [];
let values = 0;
for (const [i, item] of JSON.parse(part(html, 'nv-inputs')).entries()) {
  const of = expected.inputs[i], { request, data } = added(item);
  const sample = await worker.ask(request, data);
  if ((sample.prediction.top[0]?.index ?? null) !== (of.prediction?.index ?? null))
    failures.push(`${item.name}: predicts ${sample.prediction.top[0]?.index}, not ${of.prediction?.index}`);
  const arrays = readNpz(join(out, of.files.npz));
  for (const layer of info.layers) {
    const array = arrays.get(layer.path);
    if (!array) continue;
    const [shown] = await worker.ask({ ask: 'activations', id: sample.id, layers: [layer.index] });
    const wrong = error(shown.values, asMaps(array, layer.channelsFirst));
    values += array.values.length;
    if (!(wrong <= bound)) failures.push(`${item.name}: layer ${layer.path} (${layer.kind}) differs by ${wrong}`);
  }
}
if (values === 0) failures.push('nothing was compared');
for (const failure of failures.slice(0, 20)) console.error(failure);
console.log(`${basename(model)}: ${values} values of ${info.layers.length} layers agree`);
process.exit(failures.length === 0 ? 0 : 1);
