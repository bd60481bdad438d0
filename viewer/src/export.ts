// What leaves the page: a PNG of the view, the state as JSON, links and commands.
import { copy, viewCommand } from './command';
import { el, iconButton, messageOf, toast } from './dom';
import type { App } from './state';

export function save(name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob);
  const link = el('a', { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

/** The state, with the numbers of the prediction, as JSON. */
export function stateJson(app: App, link: string): string {
  const model = app.model!;
  const sample = (id: number | null): unknown => {
    const s = app.sample(id);
    return s
      ? {
          name: s.info.name,
          kind: s.kind,
          truth: s.truth,
          prediction: s.info.prediction.top,
          scores: s.info.prediction.scores.length <= 1000 ? Array.from(s.info.prediction.scores) : undefined,
          command: s.command ?? undefined,
        }
      : null;
  };
  return JSON.stringify(
    {
      schema: 'neuralvis/view/1',
      model: { file: model.file, name: model.name },
      a: sample(app.a),
      b: sample(app.b),
      view: app.view,
      layer: app.layer === null ? null : model.layers[app.layer].path,
      opened: [...app.open].map((l) => model.layers[l].path),
      freeze: [...app.frozen].map(([layer, filters]) => ({
        layer: model.layers[layer].path,
        filters: [...filters].sort((x, y) => x - y),
      })),
      map: app.detail && { ...app.detail, layer: model.layers[app.detail.layer].path },
      command: viewCommand(app),
      fragment: link,
    },
    null,
    1,
  );
}

/** A menu of ways out. */
export function exportMenu(app: App, picture: () => HTMLCanvasElement | null, link: () => string): HTMLElement {
  const stem = (): string => (app.model?.file ?? 'view').replace(/\.\w+$/, '').replace(/[^\w.-]+/g, '_') || 'view';
  const items: [string, () => void][] = [
    [
      'Picture of the view (PNG)',
      () =>
        picture()?.toBlob((blob) => {
          if (blob) save(`${stem()}.png`, blob);
        }, 'image/png'),
    ],
    [
      'State and scores (JSON)',
      () => save(`${stem()}.json`, new Blob([stateJson(app, link())], { type: 'application/json' })),
    ],
    ['Copy as nv command', () => void copy(viewCommand(app), 'the command')],
    ['Copy a link to this view', () => void copy(location.href.replace(/#.*/, '') + link(), 'the link')],
  ];
  const menu = el(
    'div.menu',
    { hidden: true, role: 'menu', id: 'export-menu', 'aria-label': 'Export' },
    ...items.map(([text, act]) =>
      el(
        'button',
        {
          type: 'button',
          role: 'menuitem',
          tabindex: -1,
          onclick: () => {
            close();
            try {
              act();
            } catch (error) {
              toast(messageOf(error), true);
            }
          },
        },
        text,
      ),
    ),
  );
  const opener = iconButton('share', 'Export', () => (menu.hidden ? open() : close()), 'Export');
  opener.setAttribute('aria-haspopup', 'menu');
  opener.setAttribute('aria-expanded', 'false');
  opener.setAttribute('aria-controls', 'export-menu');
  const entries = (): HTMLElement[] => [...menu.querySelectorAll('button')];
  const open = (): void => {
    if (!app.model) return;
    menu.hidden = false;
    opener.setAttribute('aria-expanded', 'true');
    entries()[0].focus();
  };
  const close = (): void => {
    menu.hidden = true;
    opener.setAttribute('aria-expanded', 'false');
    opener.focus();
  };
  menu.addEventListener('keydown', (e) => {
    const all = entries();
    const at = all.indexOf(document.activeElement as HTMLElement);
    if (e.key === 'Escape') close();
    else if (e.key === 'ArrowDown' || e.key === 'ArrowUp')
      all[(at + (e.key === 'ArrowDown' ? 1 : all.length - 1)) % all.length].focus();
    else return;
    e.preventDefault();
    e.stopPropagation();
  });
  const box = el('div.menu-box', {}, opener, menu);
  box.addEventListener('focusout', (e) => {
    if (!box.contains(e.relatedTarget as Node | null)) {
      menu.hidden = true;
      opener.setAttribute('aria-expanded', 'false');
    }
  });
  return box;
}
