// Flat pictures in the 3D scene: the input as it looks, and the scores as bars.
import {
  CanvasTexture,
  DoubleSide,
  LinearFilter,
  LinearMipmapLinearFilter,
  Mesh,
  MeshBasicMaterial,
  NearestFilter,
  PlaneGeometry,
  SRGBColorSpace,
} from 'three';
import { theme } from './colours';
import { printable } from './dom';
import { probability } from './numbers';
import type { Picture, Prediction } from './protocol';

export class Panel {
  readonly canvas = document.createElement('canvas');
  readonly mesh: Mesh<PlaneGeometry, MeshBasicMaterial>;
  private texture: CanvasTexture;

  constructor(smooth: boolean) {
    this.canvas.width = this.canvas.height = 1;
    this.texture = this.makeTexture(smooth);
    this.mesh = new Mesh(
      new PlaneGeometry(1, 1),
      new MeshBasicMaterial({ map: this.texture, side: DoubleSide, transparent: true }),
    );
    this.smooth = smooth;
  }

  private smooth: boolean;

  private makeTexture(smooth: boolean): CanvasTexture {
    const texture = new CanvasTexture(this.canvas);
    texture.colorSpace = SRGBColorSpace;
    texture.generateMipmaps = smooth; // letters are drawn larger than they are seen
    texture.minFilter = smooth ? LinearMipmapLinearFilter : LinearFilter;
    texture.magFilter = smooth ? LinearFilter : NearestFilter;
    return texture;
  }

  /** A canvas of another size needs another texture. */
  protected resize(width: number, height: number): void {
    if (this.canvas.width === width && this.canvas.height === height) return;
    this.canvas.width = width;
    this.canvas.height = height;
    this.texture.dispose();
    this.texture = this.makeTexture(this.smooth);
    this.mesh.material.map = this.texture;
  }

  protected changed(): void {
    this.texture.needsUpdate = true;
  }

  dispose(): void {
    this.texture.dispose();
    this.mesh.geometry.dispose();
    this.mesh.material.dispose();
  }
}

export class PicturePanel extends Panel {
  constructor() {
    super(false);
  }

  draw(picture: Picture): void {
    this.resize(picture.width, picture.height);
    this.canvas
      .getContext('2d')!
      .putImageData(new ImageData(new Uint8ClampedArray(picture.rgba), picture.width, picture.height), 0, 0);
    this.changed();
  }
}

const font = (won: boolean): string => `${won ? '700' : '400'} 12px "Liberation Sans", Arial, Helvetica, sans-serif`;
const line = 17; // CSS pixels, as all sizes of the bars
const barWidth = 76;
const numberWidth = 52;
const widestLabel = 132;
const sharpness = 3; // pixels of the canvas per CSS pixel

/** Up to ten classes, in their own order where all fit, so that bars do not jump while one draws. */
export class ScorePanel extends Panel {
  /** Its size in CSS pixels, for which the scene makes room. */
  size = { width: 0, height: 0 };
  private labelWidth = 0;

  constructor() {
    super(true);
  }

  /** Makes room for the classes of a model. */
  fit(scores: number, labelOf: (cls: number) => string): void {
    const context = this.canvas.getContext('2d')!;
    context.font = font(true);
    const widths = Array.from({ length: Math.min(Math.max(scores, 1), 1000) }, (_, i) =>
      context.measureText(printable(labelOf(i), 60)).width,
    );
    this.labelWidth = Math.ceil(Math.min(widestLabel, Math.max(8, ...widths)));
    this.size = {
      width: this.labelWidth + 6 + barWidth + 6 + numberWidth,
      height: line * Math.min(Math.max(scores, 1), 10) + 4,
    };
  }

  draw(prediction: Prediction, probabilities: boolean, labelOf: (cls: number) => string): void {
    const rows = scoreRows(prediction, 10);
    const { width, height } = this.size;
    this.resize(width * sharpness, height * sharpness);
    const context = this.canvas.getContext('2d')!;
    context.setTransform(sharpness, 0, 0, sharpness, 0, 0);
    context.clearRect(0, 0, width, height);
    const colours = theme();
    const best = prediction.top[0]?.index;
    const hi = Math.max(1e-9, ...rows.map((r) => Math.abs(r.score)), probabilities ? 1 : 0);
    const left = this.labelWidth + 6;
    context.textBaseline = 'middle';
    rows.forEach(({ index, score }, i) => {
      const y = 2 + line * i;
      const won = index === best;
      context.font = font(won);
      context.fillStyle = colours.ink;
      context.textAlign = 'right';
      context.fillText(shortened(context, printable(labelOf(index), 60), this.labelWidth), left - 6, y + line / 2);
      context.fillStyle = colours.frame;
      context.globalAlpha = 0.5;
      context.fillRect(left, y + 4, barWidth, line - 8);
      context.globalAlpha = won ? 1 : 0.55;
      context.fillStyle = colours.accent;
      context.fillRect(left, y + 4, Math.max(1, (barWidth * Math.abs(score)) / hi), line - 8);
      context.globalAlpha = 1;
      context.fillStyle = won ? colours.ink : colours.muted;
      context.textAlign = 'left';
      context.fillText(probability(score), left + barWidth + 6, y + line / 2);
    });
    this.changed();
  }
}

/** The text, cut so that it is no wider than this. */
function shortened(context: CanvasRenderingContext2D, text: string, widest: number): string {
  if (context.measureText(text).width <= widest + 0.5) return text;
  let letters = text.length - 1;
  while (letters > 1 && context.measureText(`${text.slice(0, letters)}…`).width > widest) letters--;
  return `${text.slice(0, letters)}…`;
}

/** The score of a class; that of a single unit is of the class it predicts. */
export function scoreOf({ scores, top }: Prediction, index: number): number | undefined {
  return scores.length === 1 && top[0]?.index === index ? scores[0] : scores[index];
}

/** Up to `most` classes, in their own order if that is all of them. */
export function scoreRows(prediction: Prediction, most: number): { index: number; score: number }[] {
  if (prediction.scores.length === 1) return prediction.top.slice(0, 1);
  const all = Array.from(prediction.scores, (score, index) => ({ index, score }));
  return all.length <= most ? all : prediction.top.slice(0, most).map(({ index, score }) => ({ index, score }));
}
