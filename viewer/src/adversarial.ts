// An adversarial sample beside its original: how it was made, and what was changed.
import { drawPixels, paint, symmetric } from './colours';
import { button, el, fill, named, printable } from './dom';
import { compact } from './numbers';
import { thumbnail } from './scores';
import type { App, Sample } from './state';

/** "pgd · L2 5.13 · L∞ 0.3", as far as it is known. */
export function adversarialNote(method: string, l2?: number | null, linf?: number | null): string {
  const size = (name: string, value: number | null | undefined): string[] =>
    value === null || value === undefined ? [] : [`${name} ${compact(value)}`];
  return [printable(method, 40), ...size('L2', l2), ...size('L∞', linf)].join(' · ');
}

/** What was added to the picture, averaged over its colours: blue is darker, red is lighter. */
export function perturbation(a: Sample, b: Sample, edge: number): HTMLCanvasElement {
  const { width, height } = a.info.picture;
  const canvas = el('canvas.thumb', { role: 'img', 'aria-label': 'the change, red where it made the picture lighter' });
  if (b.info.picture.width !== width || b.info.picture.height !== height || width === 0) return canvas;
  const change = new Float32Array(width * height);
  let most = 1e-9;
  for (let i = 0; i < change.length; i++) {
    for (let c = 0; c < 3; c++) change[i] += (b.info.picture.rgba[4 * i + c] - a.info.picture.rgba[4 * i + c]) / 3;
    most = Math.max(most, Math.abs(change[i]));
  }
  const pixels = new Uint8ClampedArray(4 * change.length);
  paint(change, 0, change.length, symmetric(most), pixels);
  const k = edge / Math.max(width, height);
  canvas.width = Math.round(width * k) * 2;
  canvas.height = Math.round(height * k) * 2;
  canvas.style.width = `${Math.round(width * k)}px`;
  canvas.style.height = `${Math.round(height * k)}px`;
  drawPixels(canvas.getContext('2d')!, pixels, width, height, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/** Original, change, sample. */
export function triple(original: Sample, sample: Sample): HTMLElement {
  const frame = (title: string, picture: HTMLElement | null): HTMLElement =>
    el('figure', {}, picture, el('figcaption', {}, title));
  return el(
    'div.triple',
    {},
    frame('original', thumbnail(original, 76)),
    frame('change', perturbation(original, sample, 76)),
    frame('sample', thumbnail(sample, 76)),
    el('p.visually-hidden', {}, named(original.info.name)),
  );
}

export function compareButton(app: App, original: Sample, sample: Sample): HTMLButtonElement {
  return button('Compare', () => {
    app.choose(original.info.id);
    app.compareWith(sample.info.id);
    app.setView('compare');
  });
}

/** Of the sample that is run, if it is an adversarial one. */
export function adversarialView(app: App): HTMLElement {
  const box = el('div.adversarial', { hidden: true });
  app.on(['choice', 'samples', 'model'], () => {
    const sample = app.sampleA;
    const original = app.originalOf(sample);
    box.hidden = !sample || !original;
    if (!sample || !original) return;
    fill(
      box,
      el('p.sub', {}, 'made from ', named(original.info.name), `: ${sample.note}`),
      triple(original, sample),
      el('div.row', {}, compareButton(app, original, sample)),
    );
  });
  return box;
}
