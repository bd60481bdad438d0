// The prediction as labelled bars, and beside it what it was without frozen filters.
import { el, fill, printable } from './dom';
import { probability } from './numbers';
import { isProbability, scoreRows } from './panels3d';
import type { Prediction } from './protocol';
import type { Sample } from './state';

export function predictionText(prediction: Prediction): string {
  const best = prediction.top[0];
  return best ? `${printable(best.label, 32)} (${probability(best.score)})` : 'no class scores';
}

/** Rows of bars. `before`: the prediction to compare with, as a mark on each bar. */
export function scoreBars(
  prediction: Prediction,
  labelOf: (cls: number) => string,
  most: number,
  truth: number | null,
  before: Prediction | null,
): HTMLElement {
  const list = el('ol.scores', { 'aria-label': 'scores' });
  const rows = scoreRows(prediction, most);
  const best = prediction.top[0]?.index;
  const hi = Math.max(1e-9, isProbability(prediction) ? 1 : 0, ...rows.map((r) => Math.abs(r.score)));
  for (const { index, score } of rows) {
    const bar = el('span.bar', {}, el('span.value'));
    (bar.firstElementChild as HTMLElement).style.width = `${Math.min(100, (100 * Math.abs(score)) / hi)}%`;
    if (before && before.scores[index] !== undefined) {
      const mark = el('span.before', { title: `without frozen filters: ${probability(before.scores[index])}` });
      mark.style.left = `${Math.min(100, (100 * Math.abs(before.scores[index])) / hi)}%`;
      bar.append(mark);
    }
    list.append(
      el(
        index === best ? 'li.best' : 'li',
        { 'data-class': index },
        el(
          'span.label',
          {},
          index === truth ? el('span.truth', { title: 'the true class' }, 'true ') : null,
          el('bdi', {}, printable(labelOf(index), 40)),
        ),
        bar,
        el('span.number', {}, probability(score)),
      ),
    );
  }
  return list;
}

/** Draws a picture of a sample, crisp, no larger than `edge` CSS pixels. */
export function thumbnail(sample: Sample, edge: number): HTMLCanvasElement {
  const { width, height, rgba } = sample.info.picture;
  const canvas = el('canvas.thumb', { width: Math.max(1, width), height: Math.max(1, height), 'aria-hidden': 'true' });
  if (width > 0 && height > 0)
    canvas.getContext('2d')!.putImageData(new ImageData(new Uint8ClampedArray(rgba), width, height), 0, 0);
  const k = edge / Math.max(width, height, 1);
  canvas.style.width = `${Math.max(2, Math.round(width * k))}px`;
  canvas.style.height = `${Math.max(2, Math.round(height * k))}px`;
  canvas.classList.toggle('smooth', width > edge * 1.5);
  return canvas;
}

export function fillScores(
  box: Element,
  sample: Sample | undefined,
  labelOf: (cls: number) => string,
  frozen: boolean,
): void {
  if (!sample) {
    fill(box, el('p.empty', {}, 'Choose a sample, or draw one.'));
    return;
  }
  const { prediction } = sample.info;
  if (prediction.scores.length === 0) {
    fill(box, el('p.empty', {}, 'The output has no class scores: see the maps of the last layer.'));
    return;
  }
  const before = frozen ? sample.intact : null;
  const changed = before && before.top[0]?.index !== prediction.top[0]?.index;
  fill(
    box,
    scoreBars(prediction, labelOf, 10, sample.truth, before),
    before
      ? el(
          'p.note',
          {},
          changed ? `Without frozen filters: ${predictionText(before)}.` : 'Marks: the scores without frozen filters.',
        )
      : null,
  );
}
