// Generate: attack methods with their parameters; a found sample joins the list next to its original; stop.
import assert from 'node:assert/strict';
import { digit, lenet, makePage, outPath, photo, run, runJson, shot, state, test, until, vgg } from './browser.mjs';

const page = makePage('generate', lenet, [digit('7_0293'), digit('1_0054')]);

async function generate(p, method, parameters = {}) {
  await p.selectOption('#attack', method);
  for (const [name, value] of Object.entries(parameters)) await p.fill(`#p-${name}`, String(value));
  await p.click('#generate button.primary');
  return until(
    () => p.locator('.found').innerText(),
    (t) => t !== '',
    'an answer',
  );
}

await test({
  'a sample is found, listed below its original, and wrong': async (s) => {
    const p = await s.open(page);
    assert.match(await generate(p, 'pgd', { eps: 0.3 }), /queries/);
    await until(
      () => p.locator('.samples li').count(),
      (n) => n === 3,
      'samples',
    );
    assert.match(await p.locator('.samples li').nth(1).getAttribute('class'), /child/);
    assert.ok((await p.locator('.triple canvas').count()) === 3);
    await p.locator('.samples li').nth(1).locator('.sample').click();
    const { a } = await state(p);
    assert.equal(a.truth, 7);
    assert.notEqual(a.prediction[0].index, 7);
    await shot(p, 'generate');
    await p.close();
  },

  'the focus stays on the button, and the answer comes into view': async (s) => {
    const p = await s.open(page, { height: 620 });
    const focused = () => p.evaluate(() => document.activeElement.textContent);
    await p.locator('#generate button.primary').focus();
    await p.keyboard.press('Enter');
    assert.match(await focused(), /Stop|Generate/);
    await until(
      () => p.locator('.found').innerText(),
      (t) => t !== '',
      'an answer',
    );
    assert.equal(await focused(), 'Generate');
    await until(
      () => p.locator('.found').boundingBox(),
      (b) => b.y + b.height <= 621,
      'the answer in view',
    );
    await p.close();
  },

  'a default that is a share of eps follows it, until it is set': async (s) => {
    const p = await s.open(page);
    await p.selectOption('#attack', 'pgd');
    const step = async () => Number(await p.inputValue('#p-step-size'));
    const share = (await step()) / Number(await p.inputValue('#p-eps'));
    await p.fill('#p-eps', '0.4');
    assert.ok(Math.abs((await step()) - share * 0.4) < 1e-5, `${await step()} is not ${share} of 0.4`);
    await p.fill('#p-step-size', '0.05');
    await p.fill('#p-eps', '0.2');
    assert.equal(await step(), 0.05);
    await p.close();
  },

  'samples of a list are shown as those that are made in the page': async (s) => {
    const folder = outPath('attacked');
    run('attack', lenet, digit('7_0293'), '--method', 'pgd', '--eps', '0.3', '--quiet', '-o', folder, '--force');
    const p = await s.open(makePage('generate-list', lenet, [folder]));
    const child = p.locator('.samples li.child');
    assert.match(await child.innerText(), /pgd · L2 [\d.]+ · L∞ 0\.3/);
    assert.ok(await p.locator('.adversarial').isHidden());
    await child.locator('.sample').click();
    await until(
      () => p.locator('.adversarial canvas').count(),
      (n) => n === 3,
      'original, change and sample',
    );
    assert.match(await p.locator('.adversarial').innerText(), /made from 7_0293: pgd/);
    await shot(p, 'adversarial');
    await p.close();
  },

  'the same attack on the command line finds the same label': async (s) => {
    const p = await s.open(page);
    const text = await generate(p, 'fgsm', { eps: 0.25 });
    const answer = runJson('attack', lenet, digit('7_0293'), '--method', 'fgsm', '--eps', '0.25');
    const found =
      JSON.stringify(answer).includes('"status":"success"') || JSON.stringify(answer).includes('"success":true');
    assert.equal(!/None found/.test(text), found, text);
    await p.close();
  },

  'a small change is not enough, and that is said': async (s) => {
    const p = await s.open(page);
    assert.match(await generate(p, 'fgsm', { eps: 0.001 }), /None found/);
    assert.equal(await p.locator('.samples li').count(), 2);
    await p.close();
  },

  'a long attack is stopped, and the page answers meanwhile': async (s) => {
    const p = await s.open(makePage('generate-vgg', vgg, [photo('chelsea-32'), photo('rocket-32')]));
    const slow = await p.$$eval(
      '#attack option',
      (o) =>
        o.map((x) => x.value).find((v) => ['cw', 'carlini-wagner', 'boundary', 'zoo'].includes(v)) ?? o.at(-1).value,
    );
    await p.selectOption('#attack', slow);
    await p.click('#generate button.primary');
    const stop = p.locator('#generate button:has-text("Stop")');
    await stop.waitFor({ state: 'visible' });
    await p.locator('.samples li').nth(1).locator('.sample').click();
    await until(
      () => p.locator('.side-right .sub').first().innerText(),
      (t) => t.includes('rocket'),
      'the other sample',
    );
    if (await stop.isVisible()) await stop.click();
    await until(
      () => p.locator('#generate button.primary').isEnabled(),
      (on) => on,
      'the attack has ended',
    );
    await p.close();
  },
});
