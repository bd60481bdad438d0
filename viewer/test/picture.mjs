// Draws the pictures of the page for README.md and docs/gallery.md: node picture.mjs NV FOLDER (scripts/gallery.sh)
import { digit, lenet, makePage, outPath, photo, Session, stroke, until, vgg } from './browser.mjs';

const session = await Session.start();

/** A page as a visitor sees it, with some of it opened. */
async function draw(name, page, scheme, prepare) {
  const p = await session.open(page, { width: 1440, height: 860, scheme });
  await prepare(p);
  await p.mouse.move(0, 0);
  await p.waitForTimeout(800);
  await p.screenshot({ path: outPath(`${name}.png`) });
  await p.close();
}

const openLayer = (p, name) => p.locator('.scene:visible .tag', { hasText: name }).first().click();

await draw('view-lenet5', makePage('lenet5', lenet, ['7_0293', '1_0054', '3_0283'].map(digit)), 'light', async (p) => {
  await stroke(p, '.pad', [
    [0.3, 0.2],
    [0.68, 0.22],
    [0.5, 0.46],
    [0.72, 0.62],
    [0.55, 0.82],
    [0.28, 0.76],
  ]);
  await until(
    () => p.locator('.samples li').count(),
    (n) => n === 4,
    'the sketch',
  );
  await openLayer(p, 'conv1');
});
await draw(
  'view-vgg12',
  makePage('vgg12', vgg, ['chelsea-32', 'rocket-32', 'astronaut-32'].map(photo)),
  'dark',
  async (p) => {
    await p.selectOption('#explain-method', 'grad-cam');
    await openLayer(p, 'block2_conv1');
    await until(
      () => p.locator('.explain .colour-bar').count(),
      (n) => n === 1,
      'the explanation',
    );
  },
);
await session.end();
