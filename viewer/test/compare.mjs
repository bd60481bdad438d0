// Comparison panel: metrics of `nv compare`, maps of A, B and the difference, full size, side by side in 3D. Explanations.
import assert from 'node:assert/strict';
import { digit, lenet, makePage, numberOf, runJson, shot, test, until } from './browser.mjs';

const page = makePage('compare', lenet, [digit('7_0293'), digit('1_0054')]);

async function compare(s, options) {
  const p = await s.open(page, options);
  await p.locator('.samples li').nth(1).locator('.chip').click();
  await p.click('.segments >> text=Compare');
  await until(
    () => p.locator('.layers tbody tr').count(),
    (n) => n > 0,
    'the table',
  );
  return p;
}

await test({
  'metrics are those of nv compare': async (s) => {
    const p = await compare(s);
    const { layers } = runJson('compare', lenet, digit('7_0293'), digit('1_0054'));
    const rows = await p.$$eval('.layers tbody tr', (all) =>
      all.map((r) => [
        r.querySelector('bdi').textContent,
        ...[...r.querySelectorAll('.number')].map((n) => n.textContent),
      ]),
    );
    for (const [name, relative, cosine, largest] of rows) {
      const layer = layers.find((l) => l.path === name);
      assert.ok(layer, name);
      const agree = (text, value) => Math.abs(numberOf(text) - value) <= 0.0051 * Math.max(Math.abs(value), 1e-3);
      assert.ok(
        agree(relative, layer.relative_l2 ?? layer.l2_relative),
        `${name}: ${relative}, ${JSON.stringify(layer).slice(0, 300)}`,
      );
      assert.ok(agree(cosine, layer.cosine), `${name}: cosine ${cosine}`);
      assert.ok(largest !== '');
    }
    await shot(p, 'compare');
    await p.close();
  },

  'a layer is chosen, and a map shown full size for A, B and the difference': async (s) => {
    const p = await compare(s);
    await p.locator('.layers >> text=conv2').click();
    await until(
      () => p.locator('.compare-layer h3').first().innerText(),
      (t) => t === 'conv2',
      'the layer',
    );
    await p
      .locator('.compare-maps .mosaic')
      .first()
      .click({ position: { x: 20, y: 30 } });
    await until(
      () => p.locator('.pair-strip figure').count(),
      (n) => n === 2,
      'B and the difference',
    );
    const value = async (at) => numberOf((await p.locator(at).first().innerText()).replace(/.*: /, '').split(' ')[0]);
    const a = await value('.detail .value strong');
    const b = await value('.pair-strip figure:nth-child(1) figcaption');
    const change = await value('.pair-strip figure:nth-child(2) figcaption');
    assert.ok(Math.abs(b - a - change) < 1e-4, `${b} - ${a} is not ${change}`);
    await shot(p, 'compare-full');
    await p.keyboard.press('Escape');
    assert.ok(await p.locator('.detail').isHidden());
    await p.close();
  },

  'both networks stand side by side in 3D and turn together': async (s) => {
    const p = await compare(s, { scheme: 'dark' });
    await p.click('text=Side by side in 3D');
    await until(
      () => p.locator('.twin .tag').count(),
      (n) => n === 16,
      'names in both',
    );
    await p.waitForTimeout(300);
    await shot(p, 'compare-3d');
    const places = () => p.$$eval('.twin-half', (all) => all.map((h) => h.querySelector('.tag').style.transform));
    const before = await places();
    await p.locator('.twin canvas').first().focus();
    for (let i = 0; i < 5; i++) await p.keyboard.press('ArrowLeft');
    const after = await until(places, (now) => now[0] !== before[0], 'the scene has turned');
    assert.equal(after[0], after[1]);
    await p.close();
  },

  'without a second sample it says what to do': async (s) => {
    const p = await s.open(page);
    await p.click('.segments >> text=Compare');
    assert.ok(await p.getByText('Choose two samples in the list').first().isVisible());
    await p.close();
  },

  'explanations lie over the input': async (s) => {
    const p = await s.open(page);
    const picture = () => p.$eval('.side-right .input-picture', (c) => c.toDataURL());
    const plain = await picture();
    const seen = new Set([plain]);
    const methods = await p.$$eval('#explain-method option', (all) => all.map((o) => o.value).filter(Boolean));
    for (const name of ['gradient', 'grad-cam', 'occlusion'])
      assert.ok(methods.includes(name), `${name} in ${methods}`);
    for (const name of ['gradient', 'grad-cam', 'occlusion']) {
      await p.selectOption('#explain-method', name);
      seen.add(await until(picture, (now) => !seen.has(now), `the map of ${name}`));
      await p.waitForTimeout(200);
      seen.add(await picture());
    }
    await p.selectOption('#explain-class', '1');
    await until(picture, (now) => !seen.has(now), 'the map of another class');
    await shot(p, 'explain');
    await p.selectOption('#explain-method', '');
    await until(picture, (now) => now === plain, 'the input alone');
    await p.close();
  },
});
