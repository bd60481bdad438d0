// Models of all kinds: deep and branching ones as a graph, two inputs, one unit, no maps; hostile names.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lenet, makePage, outPath, root, run, runJson, shot, test, until } from './browser.mjs';

const fixtures = join(root, 'tests/fixtures');
const models = readdirSync(fixtures).filter((name) => existsSync(join(fixtures, name, 'model.keras')));

await test({
  ...Object.fromEntries(models.map((name) => [`${name} is shown`, async (s) => {
    const file = join(fixtures, name, 'model.keras'), { layers } = runJson('inspect', file);
    const p = await s.open(makePage(`model-${name}`, file, [join(fixtures, name, 'input.npz')]));
    assert.ok((await p.locator('.side-left .card').first().innerText()).includes(`${layers.length} layer`));
    assert.equal(await p.locator('.side-right select[aria-label=Layer] option').count(), layers.length);
    await until(() => p.locator('.samples .sample').count(), (n) => n >= 1, 'its input');
    await p.click('.segments >> text=Graph');
    await p.focus('.graph canvas');
    for (const k of ['ArrowDown', 'ArrowDown', 'Enter', 'Escape']) await p.keyboard.press(k);
    await p.waitForTimeout(400);
    await shot(p, `model-${name}`);
    await p.close();
  }])),

  'names from a file are text, never markup': async (s) => {
    const name = 'conv<img src=x onerror=alert(1)>', html = readFileSync(makePage('hostile', lenet, []), 'utf8');
    assert.ok(html.length < 1.5e6, `the page of LeNet has ${html.length} bytes`);
    const p = await s.open(outPath('hostile.html'));
    const text = await p.evaluate((n) => { document.title = n; return document.querySelectorAll('img').length; }, name);
    assert.equal(text, 0);
    await p.close();
  },
});
