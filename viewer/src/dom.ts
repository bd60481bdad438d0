// Small helpers for elements. Text from a model or a file only ever becomes textContent or an attribute's value.

type Child = Node | string | null | undefined | false | Child[];
type Attributes = Record<string, string | number | boolean | null | undefined | ((event: never) => void)>;

/** `el('button.small', { onclick, 'aria-label': … }, children…)`. Attributes that are false or null are left out. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K | `${K}.${string}`,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const [name, ...classes] = tag.split('.');
  const element = document.createElement(name) as HTMLElementTagNameMap[K];
  if (classes.length > 0) element.className = classes.join(' ');
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === 'function') element.addEventListener(key.slice(2), value as EventListener);
    else element.setAttribute(key, value === true ? '' : String(value));
  }
  element.append(...flat(children));
  return element;
}

function flat(children: Child[]): (Node | string)[] {
  return children.flatMap((c) =>
    Array.isArray(c) ? flat(c) : c === null || c === undefined || c === false ? [] : [c],
  );
}

export function fill(parent: Element, ...children: Child[]): void {
  parent.replaceChildren(...flat(children));
}

/** Drawn as strokes in the text's colour, 16 x 16. */
const icons: Record<string, string> = {
  close: 'M4 4l8 8M12 4l-8 8',
  reset: 'M3 8a5 5 0 1 0 1.6-3.7M3 2.5v3h3',
  fit: 'M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4',
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
  undo: 'M6 3L3 6l3 3M3 6h6.5a3.5 3.5 0 0 1 0 7H6',
  trash: 'M3 4.5h10M6.5 4.5V3h3v1.5M4.5 4.5l.6 8.5h5.8l.6-8.5M6.8 7v3.7M9.2 7v3.7',
  copy: 'M5.5 5.5h7v8h-7zM3.5 10.5v-8h7',
  sun: 'M8 5.2a2.8 2.8 0 1 0 0 5.6a2.8 2.8 0 0 0 0-5.6M8 1v1.6M8 13.4V15M1 8h1.6M13.4 8H15M3 3l1.2 1.2M11.8 11.8L13 13M3 13l1.2-1.2M11.8 4.2L13 3',
  moon: 'M13 9.6A5.6 5.6 0 0 1 6.4 3a5.6 5.6 0 1 0 6.6 6.6z',
  auto: 'M8 2.5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 0 0 0-11zM8 2.5v11M8 5h4.5M8 8h5.4M8 11h4.5',
  help: 'M5.6 6a2.4 2.4 0 1 1 3.6 2c-.8.5-1.2.9-1.2 1.9M8 12.4v.3',
  share: 'M8 10V2.5M5.2 5L8 2.2L10.8 5M4 8H3v5.5h10V8h-1',
  freeze: 'M8 2v12M2.8 5l10.4 6M13.2 5L2.8 11M6.4 2.8L8 4.3l1.6-1.5M6.4 13.2L8 11.7l1.6 1.5',
  stop: 'M4 4h8v8H4z',
  left: 'M10 3L5 8l5 5',
  expand: 'M9.5 2.5h4v4M6.5 13.5h-4v-4M13.5 2.5l-4.6 4.6M2.5 13.5l4.6-4.6',
};

export function icon(name: keyof typeof icons | string): SVGSVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', icons[name] ?? '');
  svg.append(path);
  return svg;
}

/** A button with an icon, a name for screen readers, and its text if `text` is set. */
export function iconButton(
  name: string,
  label: string,
  onclick: (event: MouseEvent) => void,
  text = '',
): HTMLButtonElement {
  return el(
    'button.icon-button',
    { type: 'button', title: text ? null : label, 'aria-label': text ? null : label, onclick },
    icon(name),
    text,
  );
}

export function button(text: string, onclick: () => void, attributes: Attributes = {}): HTMLButtonElement {
  return el('button', { type: 'button', onclick, ...attributes }, text);
}

/** A name from a file, for display: characters that would hide or reorder text become visible. */
export function printable(text: string, longest = 200): string {
  const shown = text.replace(
    /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return shown.length > longest ? shown.slice(0, longest - 1) + '…' : shown;
}

/** A name from a file in its own direction, so that it cannot reorder the text around it. */
export function named(text: string, tag: 'bdi' | 'strong' = 'bdi'): HTMLElement {
  const element = el('bdi', { title: text.length > 24 ? printable(text) : null }, printable(text));
  return tag === 'bdi' ? element : el('strong', {}, element);
}

/** Says `text` to screen readers. */
export function announce(text: string): void {
  const live = document.getElementById('nv-live');
  if (live) live.textContent = text;
}

let toastTimer = 0;
/** A short message at the bottom of the page. */
export function toast(text: string, error = false): void {
  const box = document.getElementById('nv-toast');
  if (!box) return;
  box.textContent = text;
  box.className = error ? 'toast error' : 'toast';
  clearTimeout(toastTimer);
  toastTimer = window.setTimeout(
    () => {
      box.className = 'toast hidden';
    },
    error ? 8000 : 3500,
  );
}

export function messageOf(error: unknown): string {
  return printable(error instanceof Error ? error.message : String(error), 400);
}

/** What is wrong with a file, after its name; the engine's errors begin with that, in its own spelling, already. */
export function fileError(name: string, error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const plain = (t: string): string => t.replace(/\\x[0-9a-f]{2}|\\u[0-9a-f]{4}|[^ -~]/g, '?');
  let what = text;
  for (let at = text.indexOf(': '); at >= 0 && what === text; at = text.indexOf(': ', at + 1))
    if (plain(text.slice(0, at)) === plain(name)) what = text.slice(at + 2);
  return `${printable(name, 60)}: ${printable(what, 400)}`;
}

/** Calls `draw` at the next frame, once however often it is asked for. */
export function onFrame(draw: () => void): () => void {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      draw();
    });
  };
}

export const reducedMotion = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches;

/** Sizes a canvas for the screen's pixels; returns its context in CSS pixels. */
export function context2d(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D {
  const ratio = Math.min(devicePixelRatio || 1, 2);
  const w = Math.max(1, Math.round(width * ratio));
  const h = Math.max(1, Math.round(height * ratio));
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w;
    canvas.height = h;
  }
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const context = canvas.getContext('2d')!;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

/** The direction of an arrow key, [right, down]; undefined for other keys. */
export function arrowOf(key: string): [number, number] | undefined {
  const arrows: Record<string, [number, number]> = {
    ArrowLeft: [-1, 0],
    ArrowRight: [1, 0],
    ArrowUp: [0, -1],
    ArrowDown: [0, 1],
  };
  return arrows[key];
}
