// Sketchpad: the prediction follows the pen, with the numbers of `nv sketch`; undo, clear, points, keys.
import assert from 'node:assert/strict';
import { close, digit, lenet, makePage, runJson, shot, state, stroke, test, until } from './browser.mjs';

const page = makePage('sketch', lenet);
const seven = [
  [0.25, 0.25],
  [0.75, 0.25],
  [0.45, 0.85],
];
const live = (p) => p.locator('.samples li').first();
/** Pointer moves are delivered with the next frame. */
const settled = (p) =>
  p.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
/** Waits until the sketch is the first sample. */
const sketched = (p) =>
  until(
    () =>
      live(p)
        .innerText()
        .catch(() => ''),
    (t) => t.includes('sketch'),
    'the sketch',
  );
const best = async (p) => (await p.locator('.score-box .best .label').innerText()).trim();

await test({
  'a 7 that is drawn is seen as nv sketch sees it': async (s) => {
    const p = await s.open(page);
    await stroke(p, '.pad', seven);
    await until(
      () => best(p).catch(() => ''),
      (t) => t === '7',
      'the label',
    );
    await shot(p, 'sketch');
    await p.click('text=Add to samples');
    await until(
      () => p.locator('.samples li').count(),
      (n) => n === 2,
      'samples',
    );
    await p.locator('.samples li').nth(1).locator('.sample').click();
    const { a } = await state(p);
    const words = a.command.match(/"[^"]*"/g).map((w) => w.slice(1, -1));
    const options = a.command
      .split(' "')[0]
      .split(' ')
      .slice(2)
      .filter((w) => w !== '-o' && w !== 'sketch.png');
    const answer = runJson('sketch', ...options, '--model', lenet, ...words);
    const found = JSON.stringify(answer).match(/"score":([\d.e-]+)/);
    assert.ok(close([a.prediction[0].score], [Number(found[1])], 1e-3), `${a.prediction[0].score} is not ${found[1]}`);
    await p.close();
  },

  'the pad stays under the pen when the sketch joins the list': async (s) => {
    const p = await s.open(makePage('sketch-two', lenet, [digit('7_0293')]), { height: 700 });
    await p.locator('.pad').scrollIntoViewIfNeeded();
    const top = async () => (await p.locator('.pad').boundingBox()).y;
    const before = await top();
    await stroke(p, '.pad', seven);
    await until(
      () => p.locator('.samples li').count(),
      (n) => n === 2,
      'the sketch',
    );
    assert.equal(await top(), before);
    await p.close();
  },

  'strokes are undone and cleared': async (s) => {
    const p = await s.open(page);
    const ink = () =>
      settled(p).then(() =>
        p.$eval('.pad', (c) => {
          const copy = new OffscreenCanvas(c.width, c.height).getContext('2d', { willReadFrequently: true });
          copy.drawImage(c, 0, 0);
          return copy.getImageData(0, 0, c.width, c.height).data.reduce((n, v, i) => n + (i % 4 === 0 && v > 128), 0);
        }),
      );
    await stroke(p, '.pad', seven);
    const one = await ink();
    await stroke(p, '.pad', [
      [0.2, 0.6],
      [0.8, 0.6],
    ]);
    assert.ok((await ink()) > one);
    await p.click('[aria-label="Undo the last stroke"]');
    assert.equal(await ink(), one);
    await p.click('[aria-label="Clear the sketchpad"]');
    assert.ok((await ink()) < one / 4);
    await p.click('[aria-label="Undo the last stroke"]');
    assert.equal(await ink(), one);
    await p.check('#points');
    await stroke(p, '.pad', [
      [0.1, 0.9],
      [0.9, 0.9],
    ]);
    assert.ok((await ink()) < one * 1.25, 'a point is not a line');
    await p.close();
  },

  'the brush is as wide as it says': async (s) => {
    const p = await s.open(page);
    await stroke(p, '.pad', seven);
    await sketched(p);
    const thin = await p.locator('.score-box').innerText();
    await p.locator('#brush').fill('6');
    await until(
      () => p.locator('.score-box').innerText(),
      (t) => t !== thin,
      'other scores',
    );
    await p.close();
  },

  'it can be drawn by keys': async (s) => {
    const p = await s.open(page);
    await p.focus('.pad');
    for (const key of ['ArrowUp', 'ArrowUp', ' ', ...Array(8).fill('ArrowDown'), ' ']) await p.keyboard.press(key);
    await sketched(p);
    await until(
      () => best(p).catch(() => ''),
      (t) => t === '1',
      'the label', // an earlier one is of the first dot
    );
    await p.close();
  },
});
