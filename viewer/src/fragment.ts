// The state in the URL's fragment, so that a link shows the same view: samples, view, opened layers, frozen filters, map.
import type { Pose } from './orbit';
import type { App, View } from './state';

export interface Saved {
  a: number | null;
  b: number | null; // places in the list of samples that came with the page
  view: View | null;
  layer: number | null;
  open: number[];
  detail: number[] | null; // layer, channel, y, x
  frozen: Map<number, Set<number>>;
  explain: string;
  cls: number | null;
  pose: Partial<Pose> | null;
}

const list = (text: string | null, between = '.'): number[] =>
  (text ?? '')
    .split(between)
    .filter((t) => /^-?\d{1,9}$/.test(t))
    .map(Number);
const one = (text: string | null): number | null => (text && /^\d{1,9}$/.test(text) ? Number(text) : null);

/** Reads a fragment. Whatever it says is checked against the model by `restore`. */
export function parse(hash: string): Saved {
  const p = new URLSearchParams(hash.replace(/^#/, ''));
  const view = p.get('v');
  const detail = list(p.get('d'));
  const pose = (p.get('c') ?? '').split(',').map(Number);
  const frozen = new Map<number, Set<number>>();
  for (const part of (p.get('f') ?? '').split(';')) {
    const [layer, channels] = part.split(':');
    if (one(layer) !== null && list(channels ?? null).length > 0) frozen.set(Number(layer), new Set(list(channels)));
  }
  return {
    a: one(p.get('a')),
    b: one(p.get('b')),
    view: view === '3d' || view === 'graph' || view === 'compare' ? view : null,
    layer: one(p.get('l')),
    open: list(p.get('o')),
    detail: detail.length === 4 ? detail : null,
    frozen,
    explain: p.get('x') ?? '',
    cls: one(p.get('y')),
    pose:
      pose.length === 6 && pose.every(Number.isFinite)
        ? { yaw: pose[0], pitch: pose[1], distance: pose[2], x: pose[3], y: pose[4], z: pose[5] }
        : null,
  };
}

/** The fragment of the present state. Only samples that came with the page have a place in a link. */
export function fragment(app: App, pose: Pose | null): string {
  const given = app.samples.filter((s) => s.kind === 'given');
  const parts: string[] = [];
  const put = (key: string, value: string | number | null | undefined): void => {
    if (value !== null && value !== undefined && value !== '' && value !== -1) parts.push(`${key}=${value}`);
  };
  put(
    'a',
    given.findIndex((s) => s.info.id === app.a),
  );
  put(
    'b',
    given.findIndex((s) => s.info.id === app.b),
  );
  put('v', app.view);
  put('l', app.layer);
  put('o', [...app.open].join('.'));
  put('f', [...app.frozen].map(([layer, channels]) => `${layer}:${[...channels].join('.')}`).join(';'));
  put('d', app.detail && [app.detail.layer, app.detail.channel, app.detail.y, app.detail.x].join('.'));
  put('x', app.explain.method && encodeURIComponent(app.explain.method));
  put('y', app.explain.cls);
  put(
    'c',
    pose && [pose.yaw, pose.pitch, pose.distance, pose.x, pose.y, pose.z].map((v) => Number(v.toFixed(3))).join(','),
  );
  return '#' + parts.join('&');
}

/** Puts a saved state in place, as far as the model has what it names. Returns the filters to freeze. */
export function restore(app: App, saved: Saved): Map<number, Set<number>> {
  const layers = app.model!.layers;
  const given = app.samples.filter((s) => s.kind === 'given');
  const at = (i: number | null): number | null => (i === null ? null : (given[i]?.info.id ?? null));
  app.a = at(saved.a) ?? app.a;
  app.b = at(saved.b) === app.a ? null : at(saved.b);
  app.open = new Set(saved.open.filter((l) => layers[l]));
  if (saved.layer !== null && layers[saved.layer]) app.layer = saved.layer;
  if (saved.view && (saved.view !== 'compare' || app.b !== null)) app.view = saved.view;
  app.explain.method = app.explainMethods.some(({ name }) => name === saved.explain) ? saved.explain : '';
  app.explain.cls = saved.cls !== null && saved.cls < app.classCount ? saved.cls : null;
  const [layer, channel, y, x] = saved.detail ?? [-1, 0, 0, 0];
  const info = layers[layer];
  if (
    info &&
    channel >= -1 &&
    channel < info.maps.count &&
    y >= 0 &&
    y < info.maps.height &&
    x >= 0 &&
    x < info.maps.width
  )
    app.detail = { layer, channel, y, x };
  const frozen = new Map<number, Set<number>>();
  for (const [l, channels] of saved.frozen) {
    const most = layers[l]?.freezable
      ? layers[l].maps.count === 1 && layers[l].maps.height === 1
        ? layers[l].maps.width
        : layers[l].maps.count
      : 0;
    const valid = [...channels].filter((c) => c >= 0 && c < most);
    if (valid.length > 0) frozen.set(l, new Set(valid));
  }
  return frozen;
}

/** Writes the fragment without a step in the history. */
export function write(hash: string): void {
  try {
    history.replaceState(null, '', hash);
  } catch {
    location.replace(hash);
  }
}
