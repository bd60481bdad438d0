// Pictures of views that are not one canvas: canvases side by side, with a title that lets them stand alone.
import { theme } from './colours';

const font = '"Liberation Sans", Arial, Helvetica, sans-serif';

export function composed(
  title: string,
  sub: string,
  parts: { label: string; canvas: HTMLCanvasElement }[],
): HTMLCanvasElement {
  const ratio = Math.min(devicePixelRatio || 1, 2);
  const margin = 20;
  const gap = 20;
  const top = 66;
  const sizes = parts.map(({ canvas }) => [canvas.width / ratio, canvas.height / ratio]);
  const probe = document.createElement('canvas').getContext('2d')!;
  probe.font = `700 15px ${font}`;
  const width =
    Math.max(
      probe.measureText(title).width,
      sizes.reduce((w, [x]) => w + x + gap, -gap),
    ) +
    2 * margin;
  const out = document.createElement('canvas');
  out.width = Math.ceil(width * ratio);
  out.height = Math.ceil((top + 18 + Math.max(...sizes.map(([, h]) => h)) + margin) * ratio);
  const context = out.getContext('2d')!;
  context.scale(ratio, ratio);
  context.fillStyle = theme().background;
  context.fillRect(0, 0, width, out.height);
  const write = (text: string, x: number, y: number, style: string, colour: string): void => {
    context.font = `${style} ${font}`;
    context.fillStyle = colour;
    context.fillText(text, x, y);
  };
  write(title, margin, 28, '700 15px', theme().ink);
  write(sub, margin, 47, '12px', theme().muted);
  let x = margin;
  parts.forEach(({ label, canvas }, i) => {
    write(label, x, top + 8, '700 13px', theme().ink);
    context.drawImage(canvas, x, top + 18, sizes[i][0], sizes[i][1]);
    x += sizes[i][0] + gap;
  });
  return out;
}

/** A copy of a canvas on the background of the theme. */
export function copyOf(canvas: HTMLCanvasElement): HTMLCanvasElement {
  const out = document.createElement('canvas');
  out.width = canvas.width;
  out.height = canvas.height;
  const context = out.getContext('2d')!;
  context.fillStyle = theme().background;
  context.fillRect(0, 0, out.width, out.height);
  context.drawImage(canvas, 0, 0);
  return out;
}
