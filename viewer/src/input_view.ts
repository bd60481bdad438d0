// The input as the network gets it, with what is laid over it: an explanation, the receptive field of a value. Of a model
// with several inputs that is the first; the others stand below.
import { paint, sequential, symmetric, theme, type Scale } from './colours';
import { el, fill, printable } from './dom';
import { thumbnails } from './scores';
import type { App, ExplainMap, Region, Sample } from './state';

export class InputView {
  readonly element: HTMLElement;
  readonly canvas = el('canvas.input-picture', { role: 'img' });
  private further = el('div.further-inputs');
  opacity = 0.7;

  constructor(
    private app: App,
    private edge: number,
    private overlay: boolean,
  ) {
    this.element = el('div.input-view', {}, this.canvas, this.further);
    app.on(['choice', 'values', 'field', 'theme', 'explain', 'samples'], () => this.draw());
  }

  /** Pixels per position of the input: whole where it is small. */
  private scale(sample: Sample): number {
    const { width, height } = sample.info.picture;
    const fit = this.edge / Math.max(width, height, 1);
    return fit >= 1 ? Math.floor(fit) : fit;
  }

  draw(sample: Sample | undefined = this.app.sampleA, region: Region | null = this.app.field): void {
    const picture = sample?.info.picture;
    this.element.hidden = !picture || picture.width === 0;
    if (!sample || !picture || picture.width === 0) return;
    const k = this.scale(sample);
    fill(this.further, ...thumbnails(sample, k * Math.max(picture.width, picture.height)).slice(1));
    const w = Math.round(picture.width * k);
    const h = Math.round(picture.height * k);
    const ratio = Math.min(devicePixelRatio || 1, 2);
    Object.assign(this.canvas, { width: w * ratio, height: h * ratio });
    Object.assign(this.canvas.style, { width: `${w}px`, height: `${h}px` });
    const context = this.canvas.getContext('2d')!;
    const source = new OffscreenCanvas(picture.width, picture.height);
    source
      .getContext('2d')!
      .putImageData(new ImageData(new Uint8ClampedArray(picture.rgba), picture.width, picture.height), 0, 0);
    context.imageSmoothingEnabled = k < 1;
    const map = this.overlay ? this.app.explain.values : null;
    if (map) context.filter = 'grayscale(1)';
    context.drawImage(source, 0, 0, w * ratio, h * ratio);
    context.filter = 'none';
    if (map) drawExplanation(context, map, w * ratio, h * ratio, this.opacity);
    if (region) drawRegion(context, region, sample, w * ratio, h * ratio);
    this.canvas.setAttribute(
      'aria-label',
      `input ${printable(sample.info.name)}${map ? `, with the ${this.app.explain.method} map` : ''}${region ? `, rows ${region[0]} to ${region[1] - 1}, columns ${region[2]} to ${region[3] - 1} marked` : ''}`,
    );
  }
}

export function explanationScale(map: ExplainMap): Scale {
  let lo = 0;
  let hi = 0;
  for (const v of map.values) {
    if (v < lo) lo = v;
    if (v > hi) hi = v;
  }
  return map.signed ? symmetric(Math.max(-lo, hi)) : sequential(0, hi);
}

/** Weak values are transparent, so that the picture below stays visible where the map says nothing. */
function drawExplanation(
  context: CanvasRenderingContext2D,
  map: ExplainMap,
  w: number,
  h: number,
  opacity: number,
): void {
  const scale = explanationScale(map);
  const pixels = new ImageData(map.width, map.height);
  paint(map.values, 0, map.values.length, scale, pixels.data);
  const most = Math.max(-scale.lo, scale.hi) || 1;
  for (let i = 0; i < map.values.length; i++)
    pixels.data[4 * i + 3] = 255 * opacity * Math.min(1, 0.12 + 1.6 * (Math.abs(map.values[i]) / most));
  const source = new OffscreenCanvas(map.width, map.height);
  source.getContext('2d')!.putImageData(pixels, 0, 0);
  context.imageSmoothingEnabled = map.width * 4 < w && map.width < 16;
  context.drawImage(source, 0, 0, w, h);
}

function drawRegion(context: CanvasRenderingContext2D, region: Region, sample: Sample, w: number, h: number): void {
  const [y0, y1, x0, x1] = region;
  const { width, height } = sample.info.picture;
  const sx = w / width;
  const sy = h / height;
  context.fillStyle = 'rgb(0 0 0 / 35%)';
  context.beginPath();
  context.rect(0, 0, w, h);
  context.rect(x0 * sx, y0 * sy, (x1 - x0) * sx, (y1 - y0) * sy);
  context.fill('evenodd');
  context.strokeStyle = theme().second;
  context.lineWidth = 2 * Math.min(devicePixelRatio || 1, 2);
  context.strokeRect(x0 * sx + 1, y0 * sy + 1, (x1 - x0) * sx - 2, (y1 - y0) * sy - 2);
}
