// Which parts of the input decide: explanations laid over it.
import { adversarialView } from './adversarial';
import { button, el, fill, iconButton, messageOf, printable } from './dom';
import { copy, explainCommand } from './command';
import { explanationScale, InputView } from './input_view';
import { colourBar } from './mosaic';
import { compact } from './numbers';
import { fillScores } from './scores';
import type { App } from './state';
import { Latest } from './values';

/** The input with its explanation, and the scores. */
export function resultPanel(app: App): HTMLElement {
  const view = new InputView(app, 168, true);
  const scores = el('div.score-box');
  const name = el('p.sub');
  const panel = explainControls(app, view);
  const section = el(
    'section.card',
    { 'aria-labelledby': 'h-result' },
    el('h2', { id: 'h-result' }, 'Prediction'),
    name,
    el('div.result', {}, view.element, scores),
    adversarialView(app),
    panel,
  );
  const update = (): void => {
    const sample = app.sampleA;
    name.textContent = sample
      ? `${printable(sample.info.name, 60)}${sample.info.milliseconds > 0 ? ` · ${sample.info.milliseconds.toFixed(1)} ms` : ''}`
      : '';
    const probabilities = app.model?.classifier?.probability ?? false;
    if (app.model && !app.runs) fill(scores, el('p.empty', {}, 'This model cannot be run.'));
    else fillScores(scores, sample, (c) => app.labelOf(c), probabilities, app.frozen.size > 0);
  };
  app.on(['choice', 'samples', 'values', 'model'], update);
  return section;
}

function explainControls(app: App, view: InputView): HTMLElement {
  const method = el('select', {
    id: 'explain-method',
    onchange: () => {
      app.explain.method = method.value;
      ask();
    },
  });
  const cls = el('select', {
    id: 'explain-class',
    onchange: () => {
      app.explain.cls = cls.value === '' ? null : Number(cls.value);
      ask();
    },
  });
  const opacity = el('input', {
    type: 'range',
    id: 'explain-opacity',
    min: 0,
    max: 1,
    step: 0.05,
    value: view.opacity,
    'aria-label': 'Opacity of the explanation',
  });
  opacity.addEventListener('input', () => {
    view.opacity = Number(opacity.value);
    view.draw();
  });
  const stop = button('Stop', () => app.engine.stop(), { hidden: true });
  const bar = el('div');
  const extra = el(
    'div.row',
    { hidden: true },
    opacity,
    iconButton('copy', 'Copy as nv command', () => copy(explainCommand(app), 'the command')),
  );
  const status = el('p.sub', { role: 'status' });
  const about = el('p.sub');
  const latest = new Latest((error) => {
    stop.hidden = true;
    fill(bar);
    status.textContent = messageOf(error);
  });

  const ask = (): void => {
    app.explain.values = null;
    status.textContent = '';
    app.emit('explain');
    const sample = app.sampleA;
    const name = app.explain.method;
    if (!sample || !name) {
      show();
      return;
    }
    const target = app.explain.cls ?? sample.info.prediction.top[0]?.index ?? 0;
    latest.request(async () => {
      stop.hidden = false;
      const values = await app.engine.explain(sample.info.id, name, target);
      stop.hidden = true;
      if (app.a === sample.info.id && app.explain.method === name) {
        app.explain.values = values;
        app.emit('explain');
      }
      show();
    });
  };
  const show = (): void => {
    const { values } = app.explain;
    method.value = app.explain.method;
    cls.value = app.explain.cls === null ? '' : String(app.explain.cls);
    about.textContent = app.explainMethods.find((m) => m.name === app.explain.method)?.title ?? '';
    extra.hidden = !values;
    fill(bar, values && colourBar(explanationScale(values), compact));
  };
  const load = (): void => {
    const { explainMethods: methods, model, runs } = app;
    fill(
      method,
      el('option', { value: '' }, 'the input alone'),
      ...methods.map((m) => el('option', { value: m.name }, m.name)),
    );
    fill(
      cls,
      el('option', { value: '' }, 'predicted'),
      ...Array.from({ length: app.classCount }, (_, i) => el('option', { value: i }, printable(app.labelOf(i), 40))),
    );
    section.hidden = methods.length === 0 || !runs || !model!.inputs.some((i) => i.shape.length >= 2);
    show();
  };
  const section = el(
    'div.explain',
    {},
    el(
      'div.fields',
      {},
      el('label.field', { for: 'explain-method' }, 'Explained by', method),
      el('label.field', { for: 'explain-class' }, 'class', cls),
    ),
    about,
    extra,
    bar,
    stop,
    status,
  );
  app.on('model', load);
  app.on('explain', show);
  app.on(['choice', 'values'], () => {
    if (app.explain.method && !app.explain.values) ask();
  });
  return section;
}
