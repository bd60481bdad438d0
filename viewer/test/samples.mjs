// Operation panel: the model card, samples with the predictions of `nv run`, dropped files, another model, hostile files.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import {
  close,
  digit,
  dropped,
  lenet,
  makePage,
  outPath,
  photo,
  root,
  runJson,
  shot,
  state,
  test,
  until,
  vgg,
} from './browser.mjs';
import { claiming, weightless } from './keras_file.mjs';

const page = makePage('samples', lenet, [digit('7_0293'), digit('1_0054')]);
const rows = (p) => p.locator('.samples li');

await test({
  'the card says what the model is': async (s) => {
    const p = await s.open(page);
    const card = await p.locator('.side-left .card').first().innerText();
    const { model } = runJson('inspect', lenet);
    assert.match(card, /lenet5-mnist\.h5/);
    assert.match(card, /28 × 28 × 1 → 10/);
    assert.ok(card.includes(`${model.layer_count} layers`));
    await shot(p, 'samples');
    await p.close();
  },

  'scores are those of nv run': async (s) => {
    const p = await s.open(page);
    const { inputs } = runJson('run', lenet, digit('7_0293'), digit('1_0054'), '--top', '10');
    for (const [i, input] of inputs.entries()) {
      await rows(p).nth(i).locator('.sample').click();
      const { a } = await state(p);
      const expected = [];
      for (const { index, score } of input.top) expected[index] = score;
      assert.ok(close(a.scores, expected), `${a.scores} is not ${expected}`);
      assert.equal(a.prediction[0].index, input.prediction.index);
    }
    await p.close();
  },

  'a picture that is added is run as nv run does it': async (s) => {
    const p = await s.open(page);
    await p.setInputFiles('#nv-files', [digit('3_0283')]);
    await until(
      () => rows(p).count(),
      (n) => n === 3,
      'samples',
    );
    await until(
      () => p.locator('.samples li.is-a').innerText(),
      (t) => t.includes('3_0283'),
      'the added picture is run',
    );
    const { a } = await state(p);
    const [{ top }] = runJson('run', lenet, digit('3_0283'), '--top', '10').inputs;
    assert.ok(close([a.prediction[0].score], [top[0].score]));
    await rows(p)
      .nth(2)
      .getByRole('button', { name: /^Remove/ })
      .click();
    await until(
      () => rows(p).count(),
      (n) => n === 2,
      'samples after removal',
    );
    await p.close();
  },

  'a coloured photo with transparency aside is decoded to the same numbers': async (s) => {
    const p = await s.open(makePage('samples-vgg', vgg));
    await p.setInputFiles('#nv-files', [photo('chelsea-32')]);
    await until(
      () => rows(p).count(),
      (n) => n === 1,
      'samples',
    );
    const { a } = await state(p);
    const [{ top }] = runJson('run', vgg, photo('chelsea-32'), '--top', '10').inputs;
    const expected = [];
    for (const { index, score } of top) expected[index] = score;
    assert.ok(close(a.scores, expected), `${a.scores} is not ${expected}`);
    await p.close();
  },

  'what is not a picture is refused by name': async (s) => {
    const p = await s.open(page);
    const bad = outPath('bad <b>picture.png');
    writeFileSync(bad, 'no picture');
    assert.match(await dropped(p, bad), /bad <b>picture\.png: not a picture/);
    assert.equal(await rows(p).count(), 2);
    await p.close();
  },

  'another model replaces this one, from .keras and .h5': async (s) => {
    const p = await s.open(page);
    for (const [file, layers] of [
      [vgg, 39],
      [join(root, 'examples/models/lenet5-mnist.keras'), 9],
    ]) {
      await p.setInputFiles('#nv-files', [file]);
      await until(
        () => p.locator('.side-left .card').first().innerText(),
        (t) => t.includes(` · ${layers} layers`),
        'the card of the other model',
      );
      await until(
        () => rows(p).locator('.sample').count(),
        (n) => n === 0,
        'no samples of the model before',
      );
    }
    await p.setInputFiles('#nv-files', [digit('7_0293')]);
    await until(
      () => rows(p).locator('.sample').count(),
      (n) => n === 1,
      'a sample of the other model',
    );
    const { a } = await state(p);
    assert.equal(a.prediction[0].index, 7);
    await p.close();
  },

  'weights in the chunks of the newest HDF5 format are read': async (s) => {
    const p = await s.open(page);
    const odd = join(root, 'tests/fixtures/odd');
    assert.match(await dropped(p, join(odd, 'chunks.h5')), /^Opened/);
    await p.setInputFiles('#nv-files', [join(odd, 'digit.npy')]);
    await until(
      () => rows(p).locator('.sample').count(),
      (n) => n === 1,
      'a sample',
    );
    const { a } = await state(p);
    const [{ top }] = runJson('run', join(odd, 'intact.h5'), join(odd, 'digit.npy'), '--top', '10').inputs;
    const expected = [];
    for (const { index, score } of top) expected[index] = score;
    assert.ok(close(a.scores, expected), `${a.scores} is not ${expected}`);
    await p.close();
  },

  'damaged and hostile model files end in a message': async (s) => {
    const p = await s.open(page);
    const odd = join(root, 'tests/fixtures/odd');
    for (const file of ['bad_json.h5', 'truncated.h5', 'truncated.keras', 'no_model.h5', 'text.h5', 'cycle.h5', 'lzf.h5']) {
      const text = await dropped(p, join(odd, file));
      assert.match(text, new RegExp(`^${file}: .{8}`));
      assert.equal(text.split(file).length, 2, `the name once: ${text}`);
      assert.doesNotMatch(text, /DataView|not a function|undefined|bounds|\bnull\b|TypeError|RangeError/);
    }
    assert.match(await dropped(p, join(odd, 'truncated.h5')), /cut short: it has [\d,]+ of its [\d,]+ bytes/);
    assert.match(await dropped(p, join(odd, 'lzf.h5')), /a page cannot read: “nv view FILE -o page\.html” makes a page/);
    const vast = outPath('vast.keras');
    writeFileSync(vast, claiming(readFileSync(join(root, 'examples/models/lenet5-mnist.keras')), 2 ** 31 - 2));
    assert.match(await dropped(p, vast), /config\.json has 2,148 MB; a page takes 64 MB/);
    assert.match(await p.locator('.side-left .card').first().innerText(), /lenet5-mnist\.h5/);
    await p.close();
  },

  'a model that cannot be run is shown, and says by layer what is wrong': async (s) => {
    const p = await s.open(page);
    const odd = join(root, 'tests/fixtures/odd');
    const bare = outPath('weightless.keras');
    writeFileSync(bare, weightless(readFileSync(join(root, 'examples/models/lenet5-mnist.keras'))));
    for (const [file, problem] of [
      [join(odd, 'wrong_shape.h5'), /conv \(Conv2D\): weight kernel is 5 x 5/],
      [join(odd, 'lstm.h5'), /\(LSTM\): /],
      [bare, /conv1 \(Conv2D\): its weights are missing in the file/],
    ]) {
      const text = await dropped(p, file);
      assert.match(text, problem);
      assert.match(text, new RegExp(`^${basename(file)}: cannot be run: `));
      const card = await p.locator('.side-left .card').first().innerText();
      assert.match(card, problem);
      assert.match(card, /cannot be run; its structure is shown/);
      const { layers } = runJson('inspect', file);
      assert.equal(await p.locator('.side-right select[aria-label=Layer] option').count(), layers.length);
      for (const part of ['#sketch', '#generate', '.explain']) assert.ok(await p.locator(part).isHidden(), part);
      assert.match(await dropped(p, digit('7_0293')), /^7_0293\.png: the model cannot be run: /);
      await until(
        () => rows(p).locator('.sample').count(),
        (n) => n === 0,
        'no sample of the model before',
      );
    }
    const card = await p.locator('.side-left .card').first().innerText();
    assert.match(card, /61\.7 k parameters/);
    assert.match(card, /a Keras archive without weights/);
    await shot(p, 'cannot-run');
    await p.close();
  },

  'without a model the page asks for one': async (s) => {
    const p = await s.open(join(root, 'viewer/dist/page.html'));
    assert.ok(await p.getByText('Drop a trained Keras model').isVisible());
    await shot(p, 'empty');
    await p.setInputFiles('#nv-files', [lenet]);
    await until(
      () => p.locator('.side-left .card').first().innerText(),
      (t) => t.includes('9 layers'),
      'the model card',
    );
    await p.close();
  },
});
