// Builds dist/page.html, the template that `nv view` fills with a model: style, script, worker and engine in one file.
//   node build.mjs                 builds the template
//   node build.mjs --check         fails if dist/page.html is not what the sources give
//   --wasm FILE                    the engine's WebAssembly (default: wasm/nv.wasm)
//   --engine FILE                  a module in place of src/engine_client.ts, for trials
//   --out FILE                     where to write
import { readFileSync, writeFileSync, existsSync, mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync, gunzipSync } from 'node:zlib';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const { values: options } = parseArgs({
  options: {
    check: { type: 'boolean' }, wasm: { type: 'string' }, engine: { type: 'string' }, out: { type: 'string' },
  },
});

/** One minified script of `entry` and all that it imports. */
async function bundle(entry) {
  const replace = options.engine && {
    name: 'engine',
    setup: (b) => b.onResolve({ filter: /\/engine_client$/ }, () => ({ path: resolve(options.engine) })),
  };
  const result = await build({
    entryPoints: [join(here, entry)], bundle: true, minify: true, format: 'iife', target: ['chrome110', 'firefox115'],
    legalComments: 'none', charset: 'utf8', write: false, logLevel: 'warning', plugins: replace ? [replace] : [],
  });
  return result.outputFiles[0].text;
}

async function style() {
  const result = await build({
    entryPoints: [join(here, 'src/style.css')], minify: true, write: false, logLevel: 'warning', target: ['chrome110', 'firefox115'],
  });
  return result.outputFiles[0].text.trim();
}

/** A part of the page: compressed, as text that HTML passes through. src/parts.ts reads it. */
function part(id, bytes) {
  return `<script type="text/plain" id="${id}">${gzipSync(bytes, { level: 9 }).toString('base64')}</script>`;
}

/** The licences of what the page contains and we did not write. */
function notices() {
  const three = readFileSync(join(here, 'node_modules/three/LICENSE'), 'utf8').trim();
  return `<!--\nThis page contains three.js:\n${three.replaceAll('--', '- -')}\n-->`;
}

async function page() {
  const parts = [part('nv-app', await bundle('src/main.ts'))];
  parts.push(part('nv-worker', await bundle('src/worker.ts')));
  const wasm = options.wasm ?? join(here, 'wasm/nv.wasm');
  if (options.engine) parts.push(part('nv-wasm', Buffer.alloc(0)));
  else parts.push(part('nv-wasm', readFileSync(wasm)));
  const fill = { style: await style(), boot: (await bundle('src/boot.ts')).trim(), parts: parts.join('\n'), notices: notices() };
  return readFileSync(join(here, 'index.html'), 'utf8').replace(/\{\{(\w+)\}\}/g, (_, key) => fill[key]);
}

/** `html` with its parts unpacked: versions of zlib compress differently. */
function unpacked(html) {
  return html.replace(/(<script type="text\/plain" id="[\w-]+">)([^<]*)/g,
    (_, tag, text) => tag + gunzipSync(Buffer.from(text, 'base64')).toString('base64'));
}

const out = options.out ?? join(here, 'dist/page.html');
const html = await page();
if (options.check) {
  if (!existsSync(out) || unpacked(readFileSync(out, 'utf8')) !== unpacked(html)) {
    console.error(`${out} is not what the sources give: run node viewer/build.mjs and commit it`);
    process.exit(1);
  }
} else {
  mkdirSync(dirname(out), { recursive: true });
  writeFileSync(out, html);
  console.log(`wrote ${out} (${Math.round(html.length / 1000)} kB)`);
}
