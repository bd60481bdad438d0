// 2D view: a map large, the value under the pointer equal to the activation that `nv run` writes, its arithmetic, what it sees.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { digit, lenet, makePage, numberOf, outPath, root, run, runJson, shot, test, until } from './browser.mjs';

const page = makePage('detail', lenet, [digit('7_0293')]);

/** A little-endian float32 .npy file. */
function npy(file) {
  const bytes = readFileSync(file);
  const length = bytes.readUInt16LE(8);
  const header = bytes.subarray(10, 10 + length).toString();
  const shape = /\(([^)]*)\)/
    .exec(header)[1]
    .split(',')
    .filter((x) => x.trim())
    .map(Number);
  const data = bytes.subarray(10 + length);
  return { shape, at: (...index) => data.readFloatLE(4 * index.reduce((k, i, axis) => k * shape[axis] + i, 0)) };
}

async function openMap(s, layer, map, options) {
  const p = await s.open(page, options);
  await p.locator('.side-right select[aria-label=Layer]').selectOption({ label: layer });
  await p.focus('.side-right .mosaic');
  await p.keyboard.press('Home');
  for (let i = 0; i < map; i++) await p.keyboard.press('ArrowRight');
  await p.keyboard.press('Enter');
  await p.locator('.large-map').waitFor();
  return p;
}

run(
  'run',
  lenet,
  digit('7_0293'),
  '--layers',
  'all',
  '-o',
  outPath('detail-run'),
  '--format',
  'npy',
  '--force',
  '--quiet',
);
const activation = (layer) => {
  const found =
    run('version') &&
    readFileSync(outPath('detail-run/nv-manifest.json'), 'utf8').match(new RegExp(`"([^"]*${layer}[^"]*\\.npy)"`))[1];
  return npy(join(outPath('detail-run'), found));
};

/** Of a formula as the page writes it. */
function valueOf(formula) {
  const plain = formula
    .replace(/−/g, '-')
    .replace(/×/g, '*')
    .replace(/√/g, 'Math.sqrt')
    .replace(/(max|min)\(/g, 'Math.$1(')
    .replace(/relu\(/g, 'Math.max(0, ')
    .replace(/- -/g, '+ ');
  return new Function(`return ${plain}`)();
}

await test({
  'values are those of nv run': async (s) => {
    const p = await openMap(s, '3 conv2', 5);
    const values = activation('conv2');
    await p.focus('.large-map');
    for (const [row, column] of [
      [0, 0],
      [1, 0],
      [1, 1],
      [2, 1],
    ]) {
      const text = await until(
        () => p.locator('.detail p.value').innerText(),
        (t) => t.includes(`row ${row}, column ${column}`),
        'the value',
      );
      const expected = values.at(...(values.shape.length === 4 ? [0] : []), row, column, 5);
      assert.ok(
        Math.abs(numberOf(text.split(' ')[0]) - expected) <= 1e-4 * Math.max(1, Math.abs(expected)),
        `${text} is not ${expected}`,
      );
      await p.keyboard.press(row === column ? 'ArrowDown' : 'ArrowRight');
    }
    await p.close();
  },

  'the arithmetic adds up to the value': async (s) => {
    const p = await openMap(s, '3 conv2', 5);
    const box = await p.locator('.large-map').boundingBox();
    await p.mouse.move(box.x + box.width * 0.55, box.y + box.height * 0.55);
    await p.locator('.arithmetic').waitFor();
    const value = numberOf(await p.locator('.detail p.value strong').innerText());
    await until(
      async () => numberOf(await p.locator('.arithmetic .sum strong').innerText()),
      (v) => Math.abs(v - value) < 1e-4 * Math.max(1, Math.abs(value)),
      'the result',
    );
    const parts = await p.$$eval('.products .number', (all) => all.map((n) => n.textContent));
    const rest = await p.locator('.products > p.sub').innerText();
    const total = [...parts.map((t) => t.replace('Σ ', '')), rest.replace(/.*: /, '')]
      .map(numberOf)
      .reduce((a, b) => a + b, 0);
    const sum = numberOf((await p.locator('.arithmetic .sum').first().innerText()).split(' ')[0]);
    assert.ok(Math.abs(total - sum) < 1e-3 * Math.max(1, Math.abs(sum)), `${total} is not ${sum}`);
    await shot(p, 'detail');
    await p.close();
  },

  'the receptive field is that of nv inspect': async (s) => {
    const p = await openMap(s, '3 conv2', 5);
    const rf = runJson('inspect', lenet).layers.find((l) => l.path === 'conv2').receptive_field;
    const text = await p.locator('.detail-side > p.sub').last().innerText();
    const from = Math.max(0, rf.start[0]);
    const to = Math.min(28, rf.start[0] + rf.size[0]) - 1;
    assert.equal(text, `rows ${from}–${to}, columns ${from}–${to} of the input`);
    await p.close();
  },

  'a unit of a dense layer is the sum of its inputs': async (s) => {
    const p = await openMap(s, '6 fc1', 7);
    await p.locator('.arithmetic table').waitFor();
    const value = numberOf(await p.locator('.detail p.value strong').innerText());
    const expected = activation('fc1');
    assert.ok(Math.abs(value - expected.at(...(expected.shape.length === 2 ? [0] : []), 7)) < 1e-4);
    await until(
      async () => numberOf(await p.locator('.arithmetic .sum strong').innerText()),
      (v) => Math.abs(v - value) < 1e-4,
      'the result',
    );
    await shot(p, 'detail-dense');
    await p.close();
  },

  'a pooled value shows its window': async (s) => {
    const p = await openMap(s, '2 pool1', 2);
    const text = await until(
      () => p.locator('.detail-work').innerText(),
      (t) => t.includes('largest of'),
      'the window',
    );
    assert.match(text, /conv1.*rows 0–1, columns 0–1/s);
    await p.close();
  },

  'values of layers without a kernel are formulas of exact numbers': async (s) => {
    const folder = join(root, 'tests/fixtures');
    const cases = {
      functional_branches: ['stem_bn', 'b1_bn', 'stem_relu', 'add', 'gap'],
      pooling: ['max2', 'average3_stride2_same'],
      merges: ['subtract', 'multiply3', 'average3', 'minimum3'],
    };
    for (const [name, layers] of Object.entries(cases)) {
      const p = await s.open(
        makePage(`detail-${name}`, join(folder, name, 'model.keras'), [join(folder, name, 'input.npz#0')]),
      );
      for (const layer of layers) {
        const picker = p.locator('.side-right select[aria-label=Layer]');
        const label = await picker.locator('option', { hasText: new RegExp(` ${layer}$`) }).innerText();
        await picker.selectOption({ label });
        await p.focus('.side-right .mosaic');
        await p.keyboard.press('Enter');
        const text = await until(
          () => p.locator('.detail-work .sum').allInnerTexts(),
          (t) => t.length === 1,
          `the formula of ${layer}`,
        );
        const [formula, value] = text[0].split(' = ');
        const shown = await p.locator('.detail p.value strong').innerText();
        assert.equal(value, shown, layer);
        assert.ok(Math.abs(valueOf(formula) - numberOf(value)) < 1e-5, `${layer}: ${text[0]}`);
        if (layer === 'stem_bn') await shot(p, 'detail-normalisation');
        await p.keyboard.press('Escape');
      }
      await p.close();
    }
  },

  'all maps of a layer open as one mosaic': async (s) => {
    const p = await s.open(page);
    await p.click('[aria-label="All maps large"]');
    await until(
      () => p.locator('.sheet .mosaic').boundingBox(),
      (b) => b && b.width > 400,
      'the mosaic',
    );
    await p.keyboard.press('ArrowRight');
    await p.keyboard.press('Enter');
    await until(
      () => p.locator('.detail h2').innerText(),
      (t) => t === 'conv1 map 1',
      'map 1',
    );
    await p.keyboard.press('Escape');
    assert.ok(await p.locator('.detail').isHidden());
    await p.close();
  },
});
