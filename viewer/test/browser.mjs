// What the tests of the page have in common: pages written by `nv view`, and a browser that opens them from disk.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
export const root = dirname(dirname(here));

/** ctest takes this line for a skipped test (tests/CMakeLists.txt). */
export function skip(why) {
  console.log(`skipped: ${why}`);
  process.exit(0);
}

export const chromiumPath = process.env.NV_CHROMIUM ?? '/usr/bin/chromium';

async function playwright() {
  if (!existsSync(chromiumPath)) skip(`there is no ${chromiumPath}`);
  try {
    return (await import('playwright-core')).chromium;
  } catch {
    skip('playwright-core is not installed: npm ci in viewer/');
  }
}

const [nv = join(root, 'build/release/bin/nv'), out = join(root, 'build/viewer-test')] = process.argv.slice(2);
mkdirSync(out, { recursive: true });

/** Output of an nv command. */
export function run(...args) {
  return execFileSync(nv, args, { encoding: 'utf8', maxBuffer: 1e9, stdio: ['ignore', 'pipe', 'pipe'], cwd: out });
}
export const runJson = (...args) => JSON.parse(run(...args, '--json'));

/** A page of a model and inputs; its path. */
export function makePage(name, model, inputs = [], ...options) {
  const page = join(out, `${name}.html`);
  run('view', model, ...inputs, '-o', page, '--force', '--quiet', ...options);
  return page;
}

export const examples = join(root, 'examples');
export const lenet = join(examples, 'models/lenet5-mnist.h5');
export const vgg = join(examples, 'models/vgg12-cifar10.h5');
export const digit = (name) => join(examples, `digits/${name}.png`);
export const photo = (name) => join(examples, `photos/${name}.png`);
export const outPath = (name) => join(out, name);

export class Session {
  static async start() {
    const session = new Session();
    const flags = ['--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'];
    if (process.getuid?.() === 0) flags.push('--no-sandbox');
    session.browser = await (await playwright()).launch({ executablePath: chromiumPath, args: flags });
    session.complaints = [];
    return session;
  }

  /** Opens a page with the network off. Whatever it logs, or asks of a network, is a complaint. `prepare` runs before its scripts. */
  async open(path, { width = 1440, height = 900, scheme = 'light', hash = '', tour = false, touch = false, prepare } = {}) {
    const context = await this.browser.newContext({
      viewport: { width, height },
      colorScheme: scheme,
      offline: true,
      acceptDownloads: true,
      hasTouch: touch,
      reducedMotion: 'reduce',
    });
    await context.grantPermissions(['clipboard-read', 'clipboard-write']).catch(() => {});
    const page = await context.newPage();
    page.on('console', (m) => this.complaints.push(`console: ${m.type()}: ${m.text()}`));
    page.on('pageerror', (e) => this.complaints.push(`error: ${e.message}`));
    page.on('request', (r) => {
      if (!/^(file|blob|data):/.test(r.url())) this.complaints.push(`request: ${r.url()}`);
    });
    if (!tour)
      await page.addInitScript(() => {
        try {
          localStorage.setItem('nv-view-tour', 'seen');
        } catch {
          /* no storage */
        }
      });
    if (prepare) await page.addInitScript(prepare);
    await page.goto(pathToFileURL(path).href + hash);
    await page.waitForFunction(() => document.documentElement.dataset.ready === 'true', undefined, { timeout: 120000 });
    return page;
  }

  async end() {
    await this.browser.close();
    if (this.complaints.length > 0) throw new Error(`the page complained:\n${this.complaints.join('\n')}`);
  }
}

/** Runs a test file's parts one after the other in one browser; the first failure ends it. */
export async function test(parts) {
  const session = await Session.start();
  let failed = false;
  for (const [name, part] of Object.entries(parts)) {
    try {
      await part(session);
      console.log(`ok: ${name}`);
    } catch (error) {
      console.error(`FAILED: ${name}\n${error.stack}`);
      failed = true;
    }
  }
  try {
    await session.end();
  } catch (error) {
    console.error(`FAILED: ${error.message}`);
    failed = true;
  }
  process.exit(failed ? 1 : 0);
}

export const shot = (page, name) => page.screenshot({ path: outPath(`${name}.png`) });

/** Drops files into the page; the message that follows. */
export async function dropped(page, ...files) {
  await page.evaluate(() => {
    document.getElementById('nv-toast').textContent = '';
  });
  await page.setInputFiles('#nv-files', files);
  const toast = page.locator('#nv-toast');
  return until(
    () => toast.innerText(),
    (t) => t !== '' && !t.startsWith('Reading'),
    'a message',
  );
}

/** The scores that the page shows, by class. */
export function shownScores(page) {
  return page.$$eval('.score-box .scores li', (rows) =>
    Object.fromEntries(rows.map((r) => [r.dataset.class, r.querySelector('.number').textContent])),
  );
}

/** Waits until `read` gives something that `good` accepts. */
export async function until(read, good, what) {
  const end = Date.now() + 20000;
  let last;
  while (Date.now() < end) {
    last = await read();
    if (good(last)) return last;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`${what}: still ${JSON.stringify(last)}`);
}

/** A number as the page writes it. */
export const numberOf = (text) => Number(text.replace('−', '-').replace('> ', '').replace('< ', ''));

/** As the page writes probabilities. */
export function probability(p) {
  return p > 0.99995 ? '> 0.9999' : p < 0.00005 ? '< 0.0001' : p.toFixed(4);
}

/** The state as the page exports it, with scores in full. */
export async function state(page) {
  await page.click('button:has-text("Export")');
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('text=State and scores (JSON)')]);
  const { readFileSync } = await import('node:fs');
  return JSON.parse(readFileSync(await download.path(), 'utf8'));
}

/** Whether two lists of numbers agree, relative to the largest. */
export function close(a, b, bound = 1e-4) {
  const most = Math.max(...b.map(Math.abs), 1e-12);
  return a.length === b.length && a.every((v, i) => Math.abs(v - b[i]) <= bound * most);
}

/** Draws a line of points from 0 to 1 on an element. */
export async function stroke(page, selector, points) {
  await page.locator(selector).scrollIntoViewIfNeeded();
  const box = await page.locator(selector).boundingBox();
  const at = ([x, y]) => [box.x + x * box.width, box.y + y * box.height];
  await page.mouse.move(...at(points[0]));
  await page.mouse.down();
  for (const point of points.slice(1)) await page.mouse.move(...at(point), { steps: 6 });
  await page.mouse.up();
}
