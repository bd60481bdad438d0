// The middle of the page: the 3D scene, the graph or the comparison, with their tools.
import { suits3d } from './blocks';
import { Compare } from './compare';
import { Detail } from './detail';
import { el, fill, iconButton, messageOf } from './dom';
import type { Freezer } from './freeze';
import { Graph2D } from './graph2d';
import { freezeSwitch } from './layer_panel';
import { Scene3D } from './scene3d';
import type { App, View } from './state';

const names: Record<View, string> = { '3d': '3D', graph: 'Graph', compare: 'Compare' };
const mostIn3d = 80; // blocks; beyond, even a fast graphics card shows only a thread

export class Stage {
  readonly element: HTMLElement;
  readonly scene: Scene3D | null = null;
  readonly graph: Graph2D;
  private detail: Detail;
  private compare: Compare | null = null;
  private tools = el('div.stage-tools');
  private views = el('div.segments', { role: 'group', 'aria-label': 'View' });
  private hint = el('p.hint');
  private why = '';

  constructor(
    private app: App,
    freezer: Freezer,
  ) {
    this.graph = new Graph2D(app);
    const parts: HTMLElement[] = [this.graph.element];
    try {
      this.scene = new Scene3D(app);
      this.compare = new Compare(app);
      this.scene.pointer.onFreeze = (layer, channel) => freezer.toggle(layer, channel);
      parts.unshift(this.scene.element);
      parts.push(this.compare.element);
    } catch (error) {
      this.why = `3D needs WebGL 2: ${messageOf(error)}`;
    }
    this.detail = new Detail(app, freezer);
    this.element = el(
      'main.stage-area',
      { id: 'stage', tabindex: -1 },
      el('div.stage-bar', {}, this.views, el('span.grow'), this.tools),
      el('div.stage-body', {}, ...parts, this.detail.element),
      this.hint,
    );
    app.on(['view', 'choice', 'layer', 'detail'], () => this.update());
    app.on('model', () => this.build());
  }

  private build(): void {
    const { app } = this;
    const deep = !suits3d(app.blocks);
    app.defaultView = () => (this.scene && !deep ? '3d' : 'graph');
    app.view = app.defaultView();
    this.graph.build();
    if (app.blocks.length <= mostIn3d) {
      this.scene?.build();
      this.compare?.build();
    }
    this.update();
    app.emit('view');
  }

  private update(): void {
    const { app } = this;
    if (!app.model) return;
    const possible: View[] = [
      ...(this.scene && app.blocks.length <= mostIn3d ? ['3d' as View] : []),
      'graph',
      ...(this.compare ? ['compare' as View] : []),
    ];
    const focused = this.views.contains(document.activeElement);
    fill(
      this.views,
      ...possible.map((view) =>
        el(
          'button',
          {
            type: 'button',
            'aria-pressed': String(view === app.view),
            title: view === 'compare' && app.b === null ? 'choose a second sample (B) first' : null,
            onclick: () => app.setView(view),
          },
          names[view],
        ),
      ),
    );
    if (focused) this.views.querySelector<HTMLElement>('[aria-pressed=true]')?.focus();
    const shown: [HTMLElement | undefined, View][] = [
      [this.scene?.element, '3d'],
      [this.graph.element, 'graph'],
      [this.compare?.element, 'compare'],
    ];
    for (const [element, view] of shown) if (element) element.hidden = view !== app.view;
    document.body.dataset.view = app.view;
    this.fillTools();
    this.hint.textContent = this.hintText();
    if (app.view === '3d') this.scene?.refresh();
  }

  private hintText(): string {
    if (this.why) return this.why;
    if (this.app.detail)
      return this.app.detail.channel < 0
        ? 'Click a map to see it alone.'
        : 'Point at a value, or use the arrow keys; a click holds it. Escape closes.';
    if (this.app.view === 'graph')
      return 'Scroll and drag to move, ctrl and scroll to zoom. Click a layer for its maps, twice for all of them large.';
    if (this.app.view === 'compare') return 'Maps on one scale for A and B; the difference is red where B is larger.';
    return this.app.open.size > 0
      ? this.app.freezing
        ? 'Click a map to freeze its filter. Click beside the maps to close the layer.'
        : 'Click a map to see it large. Click beside the maps to close the layer.'
      : 'Drag to spin, scroll to zoom, shift and drag to move. Click a layer to open it.';
  }

  private fillTools(): void {
    const { app } = this;
    const viewer = app.view === '3d' ? this.scene : app.view === 'graph' ? this.graph : null;
    const zoom = (factor: number): void =>
      app.view === 'graph' ? this.graph.zoom(factor) : this.scene?.orbit.zoom(1 / factor);
    fill(
      this.tools,
      app.view === '3d' &&
        app.open.size > 0 &&
        el(
          'button',
          {
            type: 'button',
            onclick: () => {
              app.open.clear();
              app.emit('layer');
            },
          },
          'Close all',
        ),
      app.view === '3d' && freezeSwitch(app),
      viewer && iconButton('minus', 'Zoom out', () => zoom(1 / 1.25)),
      viewer && iconButton('plus', 'Zoom in', () => zoom(1.25)),
      viewer && iconButton('fit', 'Reset the view', () => viewer.reset()),
    );
  }

  /** The view as a picture. */
  picture(): HTMLCanvasElement | null {
    if (this.app.detail) return this.detail.picture();
    if (this.app.view === 'graph') return this.graph.picture2d();
    if (this.app.view === 'compare') return this.compare?.picture() ?? null;
    return this.scene?.picture2d() ?? null;
  }
}
