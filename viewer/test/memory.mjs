// Memory while one draws without a pause: that of the engine, textures, arrays and the page's heap stay as they are.
import assert from 'node:assert/strict';
import { lenet, makePage, test, until, vgg } from './browser.mjs';

/** Runs before the page's scripts: counts live textures, and lets the workers tell the size of their engine's memory. */
function probe() {
  const gl = WebGL2RenderingContext.prototype;
  const { createTexture, deleteTexture } = gl;
  window.textures = new Set();
  gl.createTexture = function () {
    const made = createTexture.call(this);
    window.textures.add(made);
    return made;
  };
  gl.deleteTexture = function (texture) {
    window.textures.delete(texture);
    deleteTexture.call(this, texture);
  };
  const hook = `{
    const { instantiate } = WebAssembly;
    WebAssembly.instantiate = async (...all) => {
      const made = await instantiate(...all);
      self.engineMemory = made.exports.memory;
      return made;
    };
  }\n`;
  const Plain = window.Blob;
  window.Blob = class extends Plain {
    constructor(parts = [], options = {}) {
      super(options.type === 'text/javascript' ? [hook, ...parts] : parts, options);
    }
  };
}

/** What is in use now, after the garbage is collected. */
async function used(p, cdp) {
  await cdp.send('HeapProfiler.collectGarbage');
  const { usedSize, backingStorageSize } = await cdp.send('Runtime.getHeapUsage');
  const engines = await Promise.all(p.workers().map((w) => w.evaluate(() => self.engineMemory?.buffer.byteLength ?? 0)));
  return {
    engine: engines.reduce((a, b) => a + b, 0),
    textures: await p.evaluate(() => window.textures.size),
    arrays: backingStorageSize,
    heap: usedSize,
  };
}

const perSheet = 12; // strokes until the pad is cleared

/** Draws `strokes` lines, one a frame, by events of a pen that only this page knows; the milliseconds that it took. */
async function draw(p, strokes) {
  return p.evaluate(
    async ([strokes, perSheet]) => {
      const pad = document.querySelector('.pad');
      const clear = document.querySelector('[aria-label="Clear the sketchpad"]');
      pad.setPointerCapture = () => {}; // there is no such pointer
      const send = (type, x, y) => {
        const box = pad.getBoundingClientRect();
        const at = { clientX: box.left + x * box.width, clientY: box.top + y * box.height };
        pad.dispatchEvent(new PointerEvent(type, { ...at, pointerId: 77, button: 0, bubbles: true }));
      };
      const part = (k, salt) => 0.15 + (0.7 * ((k * salt) % 101)) / 101;
      const begin = performance.now();
      for (let k = 0; k < strokes; k++) {
        send('pointerdown', part(k, 13), part(k, 29));
        for (const salt of [31, 37, 41]) send('pointermove', part(k, salt), part(k, salt + 2));
        send('pointerup', part(k, 43), part(k, 47));
        if (k % perSheet === perSheet - 1) clear.click();
        await new Promise((done) => requestAnimationFrame(done));
      }
      return performance.now() - begin;
    },
    [strokes, perSheet],
  );
}

/** Shows what is used before and after, and that nothing of it has grown. */
async function check(s, model, name, strokes) {
  const p = await s.open(makePage(`memory-${name}`, model), { prepare: probe, width: 1024, height: 600 });
  const cdp = await p.context().newCDPSession(p);
  await draw(p, 4 * perSheet);
  await until(
    () => p.locator('.samples .sample').count(),
    (n) => n === 1,
    'the sketch',
  );
  const before = await used(p, cdp);
  const time = await draw(p, strokes);
  await p.waitForTimeout(1000);
  const after = await used(p, cdp);
  const mb = (bytes) => `${(bytes / 1e6).toFixed(2)} MB`;
  const text = (u) =>
    `engine ${u.engine / 2 ** 20} MiB, ${u.textures} textures, arrays ${mb(u.arrays)}, heap ${mb(u.heap)}`;
  console.log(`${name}, ${strokes} strokes in ${Math.round(time / 1000)} s: ${text(before)}; then ${text(after)}`);
  assert.ok(before.engine > 0 && before.textures > 0 && before.arrays > 0, 'all are measured');
  assert.equal(after.engine, before.engine, "the engine's memory");
  assert.equal(after.textures, before.textures, 'textures');
  assert.ok(after.arrays <= before.arrays + 1e6, `arrays have grown by ${after.arrays - before.arrays} bytes`);
  assert.ok(after.heap <= before.heap + 1.5e6, `the heap has grown by ${after.heap - before.heap} bytes`);
  await p.close();
}

await test({
  'memory does not grow while one draws: LeNet-5': (s) => check(s, lenet, 'lenet', 150),
  'memory does not grow while one draws: VGG-12': (s) => check(s, vgg, 'vgg', 24),
});
