// Models of all kinds: deep and branching ones as a graph, two inputs, one unit, no maps; hostile names.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digit, examples, lenet, makePage, outPath, photo, root, runJson, shot, shownScores, test, until } from './browser.mjs';
import { reconfigured, renamed } from './keras_file.mjs';
import { npyOfZeros, ownModel } from './own_model.mjs';

const fixtures = join(root, 'tests/fixtures');
const models = readdirSync(fixtures).filter((name) => existsSync(join(fixtures, name, 'model.keras')));

await test({
  ...Object.fromEntries(
    models.map((name) => [
      `${name} is shown`,
      async (s) => {
        const file = join(fixtures, name, 'model.keras');
        const { layers } = runJson('inspect', file);
        const p = await s.open(makePage(`model-${name}`, file, [join(fixtures, name, 'input.npz')]));
        assert.ok((await p.locator('.side-left .card').first().innerText()).includes(`${layers.length} layer`));
        assert.equal(await p.locator('.side-right select[aria-label=Layer] option').count(), layers.length);
        await until(
          () => p.locator('.samples .sample').count(),
          (n) => n >= 1,
          'its input',
        );
        await p.click('.segments >> text=Graph');
        await p.focus('.graph canvas');
        for (const k of ['ArrowDown', 'ArrowDown', 'Enter', 'Escape']) await p.keyboard.press(k);
        await p.waitForTimeout(400);
        await shot(p, `model-${name}`);
        await p.close();
      },
    ]),
  ),

  'names from a file are text, never markup, and cannot hide or reorder text': async (s) => {
    const name = '<img src=x onerror=alert(1)>\u202eevil\u0007';
    const file = outPath('hostile "<i>.keras');
    writeFileSync(file, renamed(readFileSync(join(examples, 'models/lenet5-mnist.keras')), 'conv1', name));
    const p = await s.open(makePage('hostile', lenet, [digit('7_0293')]));
    await p.setInputFiles('#nv-files', [file]);
    await until(
      () => p.locator('.model-name').innerText(),
      (t) => t === 'hostile "<i>.keras',
      'the name of the file',
    );
    await p.setInputFiles('#nv-files', [digit('7_0293')]);
    await until(
      () => p.locator('.samples .sample').count(),
      (n) => n === 1,
      'a sample',
    );
    assert.match(
      await p.locator('.side-right h3 bdi').first().innerText(),
      /^<img src=x onerror=alert\(1\)>\\u202eevil\\(u0007|x07)$/,
    );
    for (const view of ['3D', 'Graph']) await p.click(`.segments >> text=${view}`);
    assert.equal(await p.evaluate(() => document.querySelectorAll('img, i, script[src]').length), 0);
    assert.doesNotMatch(await p.evaluate(() => document.body.innerText), /[\u0007\u202e]/);
    await p.focus('.side-right .mosaic');
    await p.keyboard.press('f');
    await p.click('text=Copy command');
    const command = await until(
      () => p.evaluate(() => navigator.clipboard.readText()),
      (t) => t.startsWith('nv mutate'),
      'the command',
    );
    assert.equal(command, `nv mutate 'hostile "<i>.keras' 7_0293.png --freeze 1:0`);
    await shot(p, 'hostile');
    await p.close();
  },

  'inputs of any size are shown before and after the first sample': async (s) => {
    const file = outPath('any_size.keras');
    const sized = readFileSync(join(fixtures, 'functional_branches/model.keras'));
    writeFileSync(file, reconfigured(sized, (text) => text.replaceAll(/\[null, 8, 9, 3\]/g, '[null, null, null, 3]')));
    const p = await s.open(makePage('any-size', file));
    assert.match(await p.locator('.side-left .card').first().innerText(), /\? × \? × 3 → 4/);
    await p.setInputFiles('#nv-files', [photo('chelsea-32')]);
    await until(
      () => p.locator('.samples .sample').count(),
      (n) => n === 1,
      'a sample',
    );
    for (const view of ['3D', 'Graph', '3D']) await p.click(`.segments >> text=${view}`);
    await p.waitForTimeout(300);
    await shot(p, 'any-size');
    await p.close();
  },

  'all inputs of a model with several are shown': async (s) => {
    const file = join(fixtures, 'two_in_two_out/model.keras');
    const p = await s.open(makePage('two-inputs', file, [join(fixtures, 'two_in_two_out/input.npz')]));
    const first = p.locator('.samples .sample').first();
    assert.equal(await first.locator('canvas').count(), 2);
    assert.equal(await p.locator('.result .further-inputs canvas').count(), 1);
    await p.close();
  },

  'a single unit with a sigmoid shows both classes, and the one that nv run predicts': async (s) => {
    const made = ownModel('one-unit', [
      { kind: 'Flatten', config: {} },
      { kind: 'Dense', config: { units: 1, activation: 'sigmoid' }, weights: { kernel: [[9, 1], 0], bias: [[1], -1] } },
    ]);
    const p = await s.open(made);
    await p.setInputFiles('#nv-files', [npyOfZeros([3, 3, 1])]);
    await until(
      () => p.locator('.samples .sample').count(),
      (n) => n === 1,
      'a sample',
    );
    assert.deepEqual(await shownScores(p), { 0: '0.7311', 1: '0.2689' });
    assert.match(await p.locator('.scores .best').innerText(), /0\s+0\.7311/);
    assert.match(await p.locator('.samples .sample').innerText(), /0 \(0\.7311\)/);
    await shot(p, 'one-unit');
    await p.close();
  },

  'weights that were stored as float16 are said to be so': async (s) => {
    const p = await s.open(makePage('half', lenet, [], '--half'));
    assert.match(await p.locator('.side-left .card').first().textContent(), /Weights were stored as float16/);
    await p.close();
  },

  'the page of LeNet is at most 1.5 MB': async () => {
    const { size } = statSync(makePage('size', lenet, [digit('7_0293'), digit('1_0054')]));
    console.log(`the page of LeNet has ${Math.round(size / 1000)} kB`);
    assert.ok(size <= 1.5e6);
  },
});
