// Detailed panel: stacks of maps that open and close by mouse and keys, hover, spin, pan, zoom, reset; links and pictures.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { digit, lenet, makePage, photo, shot, stroke, test, until, vgg } from './browser.mjs';

const page = makePage('scene', lenet, [digit('7_0293'), digit('1_0054')]);
const tag = (p, name) => p.locator('.scene:visible .tag', { hasText: name }).first();
const fragment = (p) => p.evaluate(() => new URLSearchParams(location.hash.slice(1)));

/** Different colours in the middle of the picture of the view. */
async function colours(p) {
  const png = await p.locator('.scene:visible').screenshot();
  return p.evaluate(async (data) => {
    const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(data), (c) => c.charCodeAt(0))]));
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
    context.drawImage(bitmap, 0, 0);
    const d = context.getImageData(0, 0, bitmap.width, bitmap.height).data;
    const seen = new Set();
    for (let i = 0; i < d.length; i += 40) seen.add((d[i] << 16) | (d[i + 1] << 8) | d[i + 2]);
    return seen.size;
  }, png.toString('base64'));
}

/** The longest run of pixels in the colour of the best class's bar, of the picture of the scene. */
async function barWidth(p) {
  const png = await p.locator('.scene:visible').screenshot();
  return p.evaluate(async (data) => {
    const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(data), (c) => c.charCodeAt(0))]));
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
    context.drawImage(bitmap, 0, 0);
    const d = context.getImageData(0, 0, bitmap.width, bitmap.height).data;
    const hex = getComputedStyle(document.documentElement).getPropertyValue('--accent').trim();
    const accent = [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
    let longest = 0;
    let run = 0;
    for (let i = 0; i < d.length; i += 4) {
      run = accent.every((c, k) => Math.abs(c - d[i + k]) < 12) ? run + 1 : 0;
      longest = Math.max(longest, run);
    }
    return longest;
  }, png.toString('base64'));
}

await test({
  'every block of the network has its name and shape': async (s) => {
    const p = await s.open(page);
    const names = await p.locator('.scene:visible .tag').allInnerTexts();
    for (const name of ['image', 'conv1', 'pool1', 'conv2', 'pool2', 'fc1', 'fc2', 'predictions'])
      assert.ok(
        names.some((t) => t.startsWith(name)),
        `${name} in ${names}`,
      );
    await shot(p, 'scene-lenet');
    await p.close();
  },

  ...Object.fromEntries(
    [
      ['lenet', lenet, digit('7_0293')],
      ['vgg', vgg, photo('chelsea-32')],
    ].flatMap(([name, model, input]) =>
      [360, 1024, 1440].flatMap((width) =>
        ['light', 'dark'].map((scheme) => [
          `labels and scores can be read: ${name}, ${width} px, ${scheme}`,
          async (s) => {
            const p = await s.open(makePage(`labels-${name}`, model, [input]), {
              ...{ width, scheme, height: width === 360 ? 740 : 800 },
            });
            await p.waitForTimeout(300);
            await shot(p, `labels-${name}-${width}-${scheme}`);
            const boxes = await p.$$eval('.scene .tag', (tags) =>
              tags
                .filter((t) => t.offsetParent)
                .map((t) => {
                  const box = t.getBoundingClientRect().toJSON();
                  return { ...box, seen: !t.classList.contains('crowded'), name: t.innerText };
                }),
            );
            const leftOut = boxes.filter((b) => !b.seen).map((b) => b.name);
            assert.ok(leftOut.length <= (width === 360 ? 2 : 0), `left out: ${leftOut}`); // by other fonts, perhaps
            const room = await p.locator('.scene:visible').boundingBox();
            const seen = boxes.filter((b) => b.seen);
            for (const [i, a] of seen.entries()) {
              assert.ok(a.left >= room.x - 1 && a.right <= room.x + room.width + 1, `${a.name} leaves the view`);
              for (const b of seen.slice(0, i)) {
                const beside = a.left >= b.right || a.right <= b.left;
                assert.ok(beside || a.top >= b.bottom || a.bottom <= b.top, `${a.name} on ${b.name}`);
              }
            }
            const texts = seen.map((b) => b.name.split('\n')[0]);
            assert.equal(new Set(texts).size, texts.length, `names that can be told apart: ${texts}`);
            assert.ok((await barWidth(p)) >= 40, 'the scores are large enough');
            await p.close();
          },
        ]),
      ),
    ),
  ),

  'a layer opens and closes by mouse and by keys': async (s) => {
    const p = await s.open(page);
    await tag(p, 'conv1').click();
    assert.equal(await tag(p, 'conv1').getAttribute('aria-expanded'), 'true');
    await shot(p, 'scene-open');
    await tag(p, 'conv1').click();
    assert.equal(await tag(p, 'conv1').getAttribute('aria-expanded'), 'false');
    await tag(p, 'conv2').focus();
    await p.keyboard.press('Enter');
    assert.equal(await tag(p, 'conv2').getAttribute('aria-expanded'), 'true');
    await p.close();
  },

  'drag spins, shift moves, the wheel zooms, a button resets': async (s) => {
    const p = await s.open(page);
    const pose = async () =>
      (await p.evaluate(() => new URLSearchParams(location.hash.slice(1)).get('c')))?.split(',').map(Number);
    await stroke(p, '.scene:visible canvas', [
      [0.9, 0.5],
      [0.8, 0.55],
    ]);
    const spun = await until(pose, (c) => c !== undefined, 'the pose in the link');
    await p.keyboard.down('Shift');
    await stroke(p, '.scene:visible canvas', [
      [0.9, 0.5],
      [0.8, 0.5],
    ]);
    await p.keyboard.up('Shift');
    const moved = await until(pose, (c) => c && c[3] !== spun[3], 'another centre');
    assert.equal(moved[0], spun[0]);
    await p.mouse.wheel(0, -300);
    await stroke(p, '.scene:visible canvas', [
      [0.9, 0.5],
      [0.89, 0.5],
    ]);
    await until(pose, (c) => c && c[2] < moved[2], 'nearer');
    await p.click('[aria-label="Reset the view"]');
    await p.focus('.scene:visible canvas');
    await p.keyboard.press('ArrowLeft');
    await tag(p, 'conv1').focus();
    await p.keyboard.press('Enter');
    await until(pose, (c) => c && Math.abs(c[0] - spun[0]) > 0.01, 'spun by keys');
    await p.close();
  },

  'hovering tells name, kind and shape, and a value in an opened layer': async (s) => {
    const p = await s.open(page);
    await tag(p, 'conv1').click();
    const box = await p.locator('.scene:visible canvas').boundingBox();
    const seen = new Set();
    for (let y = 0.08; y < 0.5; y += 0.06)
      for (let x = 0.1; x < 0.9; x += 0.08) {
        await p.mouse.move(box.x + x * box.width, box.y + y * box.height);
        for (const line of await p.locator('.scene:visible .tip:not(.hidden)').allInnerTexts()) seen.add(line);
      }
    assert.ok(
      [...seen].some((t) => /conv1\nConv2D \+ relu\n28 × 28 × 6\nmap \d, row \d+, column \d+: /.test(t)),
      [...seen].join('|'),
    );
    await p.close();
  },

  'vgg-12 is one scene of 17 blocks': async (s) => {
    const p = await s.open(makePage('scene-vgg', vgg, [photo('chelsea-32')]), { scheme: 'dark' });
    const n = await p.locator('.scene:visible .tag').count();
    assert.equal(n, 17);
    await tag(p, 'block2_conv1').click();
    await shot(p, 'scene-vgg');
    await p.close();
  },

  'a link shows the same view again': async (s) => {
    const p = await s.open(page);
    await p.locator('.samples li').nth(1).locator('.sample').click();
    await tag(p, 'conv2').click();
    const hash = await until(
      () => p.evaluate(() => location.hash),
      (h) => h.includes('a=1') && h.includes('o=3'),
      'the fragment',
    );
    await p.close();
    const q = await s.open(page, { hash });
    assert.match(await q.locator('.samples li.is-a').innerText(), /1_0054/);
    assert.equal(await tag(q, 'conv2').getAttribute('aria-expanded'), 'true');
    assert.equal((await fragment(q)) !== null, true);
    await q.close();
    for (const bad of ['#a=99&l=77&o=1.500&d=1.999.0.0&f=1:700&x=none', '#%%%=1&v=<b>&c=1,2,NaN'])
      await (await s.open(page, { hash: bad })).close();
  },

  'a link to one of many samples is not lost while they are added': async (s) => {
    const p = await s.open(makePage('scene-many', lenet, [dirname(digit('7_0293'))]), { hash: '#a=3&v=3d&l=3&f=3:1' });
    assert.match(await p.locator('.samples li.is-a').innerText(), /^1_0721/);
    assert.match(await p.evaluate(() => location.hash), /a=3&.*f=3:1/);
    await p.close();
  },

  'the view is saved as a picture': async (s) => {
    const p = await s.open(page);
    await p.click('button:has-text("Export")');
    const [download] = await Promise.all([p.waitForEvent('download'), p.click('text=Picture of the view (PNG)')]);
    const png = readFileSync(await download.path());
    assert.equal(png.subarray(1, 4).toString(), 'PNG');
    assert.ok(png.length > 20000, `${png.length} bytes`);
    await p.close();
  },

  'real activations are drawn': async (s) => {
    const p = await s.open(page);
    const n = await colours(p);
    assert.ok(n > 30, `${n} colours`);
    await p.close();
  },
});
