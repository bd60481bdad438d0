// What the model is.
import { el, fill, named, printable } from './dom';
import { count, magnitude, plural, shapeText } from './numbers';
import type { ModelInfo } from './protocol';
import { problemsOf, problemText, type App } from './state';

export function modelCard(app: App): HTMLElement {
  const body = el('div');
  app.on('model', () => {
    const model = app.model!;
    const rows = details(model).flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, value)]);
    fill(
      body,
      el('p.model-name', {}, named(model.file)),
      el('p.sub', {}, summary(model)),
      el('details', {}, el('summary', {}, 'More about it'), el('dl.spec', {}, ...rows)),
      problems(model).map((text) => el('p.wrong', {}, text)),
      ...notes(model).map((text) => el('p.note', {}, text)),
    );
  });
  return el('section.card', { 'aria-labelledby': 'h-model' }, el('h2', { id: 'h-model' }, 'Model'), body);
}

/** "28 × 28 × 1 → 10 · 9 layers · 61.7 k parameters". */
function summary(model: ModelInfo): string {
  const shapes = (of: { shape: number[] }[]): string => listed(of.map((o) => shapeText(o.shape)));
  const outputs = model.outputs.map((layer) => model.layers[layer]);
  const parts = [
    `${shapes(model.inputs)} → ${shapes(outputs)}`,
    plural(model.layers.length, 'layer'),
    `${magnitude(model.parameters)} parameters`,
  ];
  return parts.join(' · ');
}

function listed(names: string[], most = 4): string {
  return names.slice(0, most).join(', ') + (names.length > most ? ', …' : '');
}

function details(model: ModelInfo): [string, string][] {
  const rows: [string, string][] = [
    ['name', printable(model.name, 60)],
    ['parameters', count(model.parameters)],
    ['multiply-adds', magnitude(model.macs)],
  ];
  const labels = model.labels.map((label) => printable(label, 16));
  if (labels.length > 0) rows.push(['classes', `${count(labels.length)}: ${listed(labels, 10)}`]);
  if (model.inputs[0]) rows.push(['preprocessing', printable(model.inputs[0].preprocess, 60)]);
  rows.push(['Keras', printable(model.kerasVersion || 'unknown', 20)]);
  return rows;
}

const mostProblems = 5;

/** Why nothing can be run, if so: the layers that nv cannot compute. */
function problems(model: ModelInfo): string[] {
  const all = problemsOf(model);
  if (all.length === 0) return [];
  const more = all.length - mostProblems;
  return [
    'This model cannot be run; its structure is shown.',
    ...all.slice(0, mostProblems).map(problemText),
    ...(more > 0 ? [`${plural(more, 'further layer')} with a problem`] : []),
  ];
}

function notes(model: ModelInfo): string[] {
  const all = (model.notes ?? []).map((note) => printable(note, 300));
  if (model.half) all.push('Weights were stored as float16: numbers differ slightly from those of the file.');
  return all;
}
