// What the model is.
import { el, fill, named, printable } from './dom';
import { count, magnitude, plural, shapeText } from './numbers';
import type { App } from './state';

export function modelCard(app: App): HTMLElement {
  const body = el('div');
  app.on('model', () => {
    const model = app.model!;
    const labels = model.labels.length;
    const shapes = (layers: { shape: number[] }[]): string =>
      layers
        .slice(0, 4)
        .map((l) => shapeText(l.shape))
        .join(', ') + (layers.length > 4 ? ', …' : '');
    const rows: [string, string][] = [
      ['name', printable(model.name, 60)],
      ['parameters', count(model.parameters)],
      ['multiply-adds', magnitude(model.macs)],
      ...(labels > 0
        ? [
            [
              'classes',
              labels > 3
                ? `${count(labels)}: ${model.labels
                    .slice(0, 3)
                    .map((l) => printable(l, 16))
                    .join(', ')}, …`
                : model.labels.map((l) => printable(l, 16)).join(', '),
            ] as [string, string],
          ]
        : []),
      ...(model.inputs[0] ? [['preprocessing', printable(model.inputs[0].preprocess, 60)] as [string, string]] : []),
      ['Keras', printable(model.kerasVersion || 'unknown', 20)],
    ];
    const line = `${shapes(model.inputs)} → ${shapes(model.outputs.map((o) => model.layers[o]))} · ${plural(model.layers.length, 'layer')} · ${magnitude(model.parameters)} parameters`;
    fill(
      body,
      el('p.model-name', {}, named(model.file)),
      el('p.sub', {}, line),
      el(
        'details',
        {},
        el('summary', {}, 'More about it'),
        el('dl.spec', {}, ...rows.flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, value)])),
      ),
      ...(model.notes ?? []).map((note) => el('p.note', {}, printable(note, 300))),
      model.half
        ? el('p.note', {}, 'Weights were stored as float16: numbers differ slightly from those of the file.')
        : null,
      model.inputs.length > 1
        ? el('p.note', {}, `This model has ${plural(model.inputs.length, 'input')}; the first is shown.`)
        : null,
    );
  });
  return el('section.card', { 'aria-labelledby': 'h-model' }, el('h2', { id: 'h-model' }, 'Model'), body);
}
