// Freeze: a click on a filter changes what follows at once, with the numbers of `nv run --freeze`; undo, list, commands.
import assert from 'node:assert/strict';
import { close, digit, lenet, makePage, runJson, shot, state, test, until, vgg, photo } from './browser.mjs';

const page = makePage('freeze', lenet, [digit('7_0293')]);
const frozenList = (p) => p.locator('.frozen-list').innerText();

/** Clicks a map of the chosen layer's mosaic. */
async function clickMap(p, index) {
  await p.focus('.side-right .mosaic');
  await p.keyboard.press('Home');
  for (let i = 0; i < index; i++) await p.keyboard.press('ArrowRight');
  await p.keyboard.press('f');
}

const scoresOf = ({ top }) =>
  top.reduce((all, { index, score }) => {
    all[index] = score;
    return all;
  }, []);

await test({
  'scores with frozen filters are those of nv run --freeze': async (s) => {
    const p = await s.open(page);
    await clickMap(p, 0);
    await until(
      () => frozenList(p),
      (t) => t.includes('conv1'),
      'the list',
    );
    await clickMap(p, 3);
    await until(
      () => frozenList(p),
      (t) => t.includes('0,3'),
      'two filters in the list',
    );
    const [input] = runJson('run', lenet, digit('7_0293'), '--top', '10', '--freeze', 'conv1:0,3').inputs;
    const expected = scoresOf(input);
    await until(
      async () => (await state(p)).a.scores,
      (scores) => close(scores, expected),
      'scores with frozen filters',
    );
    await p.locator('.scene:visible .tag', { hasText: 'conv1' }).first().click();
    await shot(p, 'freeze');
    await p.close();
  },

  'a click freezes when the switch is on': async (s) => {
    const p = await s.open(page);
    await p.locator('.stage-tools >> text=Freeze').click();
    await p.locator('.side-right .mosaic').click({ position: { x: 30, y: 40 } });
    await until(
      () => frozenList(p),
      (t) => /conv1\s+0/.test(t),
      'the list',
    );
    await p.locator('.side-right .mosaic').click({ position: { x: 30, y: 40 } });
    await until(
      () => frozenList(p),
      (t) => t.startsWith('None'),
      'the empty list',
    );
    await p.close();
  },

  'undo and un-freeze give the intact scores back': async (s) => {
    const p = await s.open(page);
    const intact = (await state(p)).a.scores;
    await clickMap(p, 2);
    await until(
      async () => (await state(p)).a.scores,
      (v) => !close(v, intact, 1e-7),
      'other scores',
    );
    await p.click('.side-right button:has-text("Undo")');
    await until(
      async () => (await state(p)).a.scores,
      (v) => close(v, intact, 1e-9),
      'intact scores',
    );
    await clickMap(p, 1);
    await p.click('text=Un-freeze all');
    await until(
      async () => (await state(p)).a.scores,
      (v) => close(v, intact, 1e-9),
      'intact scores',
    );
    await p.keyboard.press('Control+z');
    await until(
      () => frozenList(p),
      (t) => /conv1\s+1/.test(t),
      'frozen again',
    );
    await p.close();
  },

  'the command and the configuration are copied': async (s) => {
    const p = await s.open(page);
    await clickMap(p, 0);
    await clickMap(p, 3);
    await until(
      () => frozenList(p),
      (t) => t.includes('0,3'),
      'two filters',
    );
    await p.click('text=Copy command');
    const copied = () => p.evaluate(() => navigator.clipboard.readText());
    await until(copied, (t) => t === 'nv mutate lenet5-mnist.h5 7_0293.png --freeze conv1:0,3', 'the command');
    await p.click('text=Copy JSON');
    await until(copied, (t) => t === '{"freeze":[{"layer":"conv1","filters":[0,3]}]}', 'the configuration');
    await p.close();
  },

  'a filter of a block with normalisation is frozen after it': async (s) => {
    const p = await s.open(makePage('freeze-vgg', vgg, [photo('chelsea-32')]));
    await clickMap(p, 4);
    const list = await until(
      () => frozenList(p),
      (t) => t.includes('4'),
      'the list',
    );
    const layer = list.split(/\s/)[0];
    const [input] = runJson('run', vgg, photo('chelsea-32'), '--top', '10', '--freeze', `${layer}:4`).inputs;
    const expected = scoresOf(input);
    await until(
      async () => (await state(p)).a.scores,
      (v) => close(v, expected),
      `scores with ${layer}:4 frozen`,
    );
    await p.close();
  },
});
