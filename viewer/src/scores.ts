// The prediction as labelled bars, and beside it what it was without frozen filters.
import { el, fill, printable } from './dom';
import { probability } from './numbers';
import { scoreOf, scoreRows } from './panels3d';
import type { Picture, Prediction } from './protocol';
import type { Sample } from './state';

const longLabel = 10; // letters that have room beside the input
const mediumLabel = 5; // and on a narrow screen

export function predictionText(prediction: Prediction): string {
  const best = prediction.top[0];
  return best ? `${printable(best.label, 32)} (${probability(best.score)})` : 'no class scores';
}

/** Rows of bars, which end at 1 for probabilities. `before`: the prediction to compare with, as a mark on each bar. */
export function scoreBars(
  prediction: Prediction,
  probabilities: boolean,
  labelOf: (cls: number) => string,
  most: number,
  truth: number | null,
  before: Prediction | null,
): HTMLElement {
  const rows = scoreRows(prediction, most);
  const longest = Math.max(0, ...rows.map(({ index }) => labelOf(index).length));
  const room = longest > longLabel ? '.wide' : longest > mediumLabel ? '.medium' : '';
  const list = el(`ol.scores${room}` as 'ol', { 'aria-label': 'scores' });
  const best = prediction.top[0]?.index;
  const hi = Math.max(1e-9, probabilities ? 1 : 0, ...rows.map((r) => Math.abs(r.score)));
  for (const { index, score } of rows) {
    const bar = el('span.bar', {}, el('span.value'));
    (bar.firstElementChild as HTMLElement).style.width = `${Math.min(100, (100 * Math.abs(score)) / hi)}%`;
    const was = before ? scoreOf(before, index) : undefined;
    if (was !== undefined) {
      const mark = el('span.before', { title: `without frozen filters: ${probability(was)}` });
      mark.style.left = `${Math.min(100, (100 * Math.abs(was)) / hi)}%`;
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
          el('bdi', {}, printable(labelOf(index), 60)),
        ),
        bar,
        el('span.number', {}, probability(score)),
      ),
    );
  }
  return list;
}

/** A picture of a sample, crisp, no larger than `edge` CSS pixels. */
export function thumbnail(sample: Sample, edge: number): HTMLCanvasElement {
  return pictureOf(sample.info.picture, edge);
}

/** Pictures of all inputs of a sample. */
export function thumbnails(sample: Sample, edge: number): HTMLElement[] {
  return [sample.info.picture, ...sample.info.more].map((picture) => pictureOf(picture, edge));
}

function pictureOf({ width, height, rgba }: Picture, edge: number): HTMLCanvasElement {
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
  probabilities: boolean,
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
    scoreBars(prediction, probabilities, labelOf, 10, sample.truth, before),
    before
      ? el(
          'p.note',
          {},
          changed ? `Without frozen filters: ${predictionText(before)}.` : 'Marks: the scores without frozen filters.',
        )
      : null,
  );
}
