// For everyone: axe-core finds nothing in any view, light or dark; keys alone do the work; narrow screens; the tour.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { digit, lenet, makePage, photo, root, shot, test, until, vgg } from './browser.mjs';

const page = makePage('access', lenet, [digit('7_0293'), digit('1_0054')]);
const axe = readFileSync(join(root, 'viewer/node_modules/axe-core/axe.min.js'), 'utf8');

async function violations(p) {
  await p.evaluate(axe);
  const { violations: found } = await p.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  return found.map(
    (v) =>
      `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 160)).join(' | ')} (${v.nodes[0].failureSummary?.split('\n')[1]?.trim()})`,
  );
}

const views = {
  scene: async () => {},
  opened: async (p) => {
    await p.locator('.scene:visible .tag').nth(1).click();
  },
  graph: async (p) => {
    await p.click('.segments >> text=Graph');
  },
  map: async (p) => {
    await p.focus('.side-right .mosaic');
    await p.keyboard.press('Enter');
    await p.locator('.arithmetic').waitFor();
  },
  compare: async (p) => {
    await p.locator('.samples li').nth(1).locator('.chip').click();
    await p.click('.segments >> text=Compare');
    await p.locator('.layers tbody tr').first().waitFor();
  },
  menu: async (p) => {
    await p.click('button:has-text("Export")');
  },
  tour: async (p) => {
    await p.click('[aria-label=Tour]');
  },
  frozen: async (p) => {
    await p.focus('.side-right .mosaic');
    await p.keyboard.press('f');
    await p.click('text=Generate >> nth=-1');
    await p.waitForTimeout(500);
  },
};

await test({
  ...Object.fromEntries(
    ['light', 'dark'].flatMap((scheme) =>
      Object.entries(views).map(([name, go]) => [
        `axe-core finds nothing: ${name}, ${scheme}`,
        async (s) => {
          const p = await s.open(page, { scheme });
          await go(p);
          await p.waitForTimeout(250);
          assert.deepEqual(await violations(p), []);
          await p.close();
        },
      ]),
    ),
  ),

  'axe-core finds nothing where names of layers are cut': async (s) => {
    const p = await s.open(makePage('access-vgg', vgg, [photo('chelsea-32')]), { width: 360, height: 740 });
    assert.ok((await p.locator('.scene .tag[aria-label]').count()) > 0);
    assert.deepEqual(await violations(p), []);
    await p.close();
  },

  'axe-core finds nothing in the page without a model': async (s) => {
    const p = await s.open(join(root, 'viewer/dist/page.html'));
    assert.deepEqual(await violations(p), []);
    await p.close();
  },

  'the four tasks are done by keys alone': async (s) => {
    const p = await s.open(page);
    const key = (k) => p.keyboard.press(k);
    const tabTo = async (what, most = 90) => {
      for (let i = 0; i < most; i++) {
        await key('Tab');
        if (await p.evaluate((w) => document.activeElement.matches(w), what)) return;
      }
      throw new Error(`no ${what} by Tab`);
    };
    await tabTo('.samples li:nth-child(2) .sample');
    await key('Enter');
    await until(
      () => p.locator('.samples li.is-a').innerText(),
      (t) => t.includes('1_0054'),
      'the second sample',
    );
    await tabTo('.pad');
    for (const k of [' ', 'ArrowDown', 'ArrowDown', 'ArrowDown', ' ']) await key(k);
    await until(
      () => p.locator('.samples li').count(),
      (n) => n === 3,
      'the sketch',
    );
    await tabTo('#attack');
    await tabTo('#generate button.primary');
    await key('Enter');
    await until(
      () => p.locator('.found').innerText(),
      (t) => t !== '',
      'an answer of the attack',
    );
    await tabTo('.tag');
    await key('Enter');
    await until(
      () => p.locator('.tag[aria-expanded=true]').count(),
      (n) => n >= 1,
      'an opened layer',
    );
    await tabTo('.side-right .mosaic');
    await key('f');
    await until(
      () => p.locator('.frozen-list').innerText(),
      (t) => !t.startsWith('None'),
      'a frozen filter',
    );
    await p.close();
  },

  'a link for keys leads to the sketchpad, on a narrow screen too': async (s) => {
    for (const width of [1440, 360]) {
      const p = await s.open(page, { width, height: 740 });
      for (let i = 0; i < 2; i++) await p.keyboard.press('Tab');
      assert.equal(await p.evaluate(() => document.activeElement.textContent), 'To the sketchpad');
      await p.keyboard.press('Enter');
      assert.equal(await p.evaluate(() => document.activeElement.className), 'pad');
      await until(
        () => p.locator('.pad').boundingBox(),
        (b) => b.y >= 0 && b.y < 740,
        'the sketchpad in view',
      );
      for (const k of [' ', 'ArrowDown', 'ArrowDown', ' ']) await p.keyboard.press(k);
      await until(
        () => p.locator('.samples li').count(),
        (n) => n === 3,
        'the sketch',
      );
      await p.close();
    }
  },

  'a link with a method or class that there is not shows the input alone': async (s) => {
    const shown = async (hash) => {
      const p = await s.open(page, { hash });
      const values = [await p.inputValue('#explain-method'), await p.inputValue('#explain-class')];
      await p.close();
      return values;
    };
    assert.deepEqual(await shown('#a=1&x=nonsense&y=99'), ['', '']);
    assert.deepEqual(await shown('#a=1&x=grad-cam&y=3'), ['grad-cam', '3']);
  },

  'the theme is switched and follows the system': async (s) => {
    const p = await s.open(page, { scheme: 'dark' });
    const theme = () => p.evaluate(() => document.documentElement.dataset.theme);
    assert.equal(await theme(), 'dark');
    await p.click('[aria-label^=Theme]');
    assert.equal(await theme(), 'light');
    await p.click('[aria-label^=Theme]');
    assert.equal(await theme(), 'dark');
    await p.close();
  },

  ...Object.fromEntries(
    [
      [360, 740],
      [768, 900],
      [1024, 768],
    ].map(([width, height]) => [
      `nothing is wider than a screen of ${width} px`,
      async (s) => {
        const p = await s.open(page, { width, height, touch: width < 800 });
        const columns = width < 860 ? ['Samples', 'Network', 'Results'] : [''];
        for (const column of columns) {
          if (column) await p.click(`.switcher >> text=${column}`);
          await p.waitForTimeout(150);
          const wide = await p.evaluate(() =>
            [...document.querySelectorAll('body *')]
              .filter((e) => {
                const b = e.getBoundingClientRect();
                return (
                  b.width > 0 &&
                  getComputedStyle(e).visibility === 'visible' &&
                  !e.closest('.scene, .graph, .visually-hidden, .tour, .table-box, .products, .skip, [hidden]') &&
                  (b.right > innerWidth + 1 || b.left < -1)
                );
              })
              .map((e) => e.outerHTML.slice(0, 120)),
          );
          assert.deepEqual(wide, [], column);
          await shot(p, `narrow-${width}-${column || 'all'}`);
        }
        await p.close();
      },
    ]),
  ),

  'the tour is shown once and can be left': async (s) => {
    const p = await s.open(page, { tour: true });
    assert.ok(await p.locator('.tour').isVisible());
    await shot(p, 'tour');
    for (let i = 0; i < 4; i++) await p.click('.tour >> text=Next');
    await p.click('.tour >> text=Start');
    assert.ok(await p.locator('.tour').isHidden());
    await p.reload();
    await p.waitForFunction(() => document.documentElement.dataset.ready === 'true');
    assert.ok(await p.locator('.tour').isHidden());
    await p.close();
  },
});
