// Builds dist/page.html, the template that `nv view` fills with a model: style, script, worker and engine in one file.
//   node build.mjs                 builds the template
//   node build.mjs --check         fails if dist/page.html is not what the sources give
//   --wasm FILE                    the engine's WebAssembly, built by the preset wasm (default: that of the template)
//   --out FILE                     where to write
import { readFileSync, writeFileSync, existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync, gunzipSync } from 'node:zlib';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const template = join(here, 'dist/page.html');
const { values: options } = parseArgs({
  options: {
    check: { type: 'boolean' },
    wasm: { type: 'string' },
    out: { type: 'string' },
  },
});

/** One minified script of `entry` and all that it imports. `drop`: what is left out of it. */
async function bundle(entry, drop = []) {
  const result = await build({
    entryPoints: [join(here, entry)],
    bundle: true,
    drop,
    minify: true,
    format: 'iife',
    target: ['chrome110', 'firefox115'],
    legalComments: 'none',
    charset: 'utf8',
    write: false,
    logLevel: 'warning',
  });
  return result.outputFiles[0].text;
}

async function style() {
  const result = await build({
    entryPoints: [join(here, 'src/style.css')],
    minify: true,
    write: false,
    logLevel: 'warning',
    target: ['chrome110', 'firefox115'],
  });
  return result.outputFiles[0].text.trim();
}

/** A part of the page: compressed, as text that HTML passes through. src/parts.ts reads it. */
function part(id, bytes) {
  return `<script type="text/plain" id="${id}">${gzipSync(bytes, { level: 9 }).toString('base64')}</script>`;
}

/** The licences of what the page contains and we did not write. */
function notices() {
  const texts = [
    ['three.js', 'three/LICENSE'],
    ['jsfive', 'jsfive/LICENSE.txt'],
    ['pako', 'pako/LICENSE'],
  ].map(([name, file]) => `${name}:\n${readFileSync(join(here, 'node_modules', file), 'utf8').trim()}`);
  texts.push('The engine contains fmt (MIT), JSON for Modern C++ (MIT) and Eigen (MPL-2.0).');
  return `<!--\nThis page contains software of others.\n\n${texts.join('\n\n').replaceAll('--', '- -')}\n-->`;
}

/** The engine: from a file, or as the committed template has it. */
function engine() {
  if (options.wasm) return readFileSync(options.wasm);
  const match = existsSync(template) && /id="nv-wasm">([^<]+)</.exec(readFileSync(template, 'utf8'));
  if (!match) throw new Error('no engine: build it with the preset wasm, and pass --wasm FILE');
  return gunzipSync(Buffer.from(match[1], 'base64'));
}

async function page() {
  const parts = [part('nv-app', await bundle('src/main.ts'))];
  parts.push(part('nv-worker', await bundle('src/worker.ts', ['console']))); // jsfive talks about what it reads
  parts.push(part('nv-wasm', engine()));
  const fill = {
    style: await style(),
    boot: (await bundle('src/boot.ts')).trim(),
    parts: parts.join('\n'),
    notices: notices(),
  };
  return readFileSync(join(here, 'index.html'), 'utf8').replace(/\{\{(\w+)\}\}/g, (_, key) => fill[key]);
}

/** `html` with its parts unpacked: versions of zlib compress differently. */
function unpacked(html) {
  return html.replace(
    /(<script type="text\/plain" id="[\w-]+">)([^<]*)/g,
    (_, tag, text) => tag + gunzipSync(Buffer.from(text, 'base64')).toString('base64'),
  );
}

const out = options.out ?? template;
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
