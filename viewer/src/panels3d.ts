// Flat pictures in the 3D scene: the input as it looks, and the scores as bars.
import {
  CanvasTexture,
  DoubleSide,
  LinearFilter,
  Mesh,
  MeshBasicMaterial,
  NearestFilter,
  PlaneGeometry,
  SRGBColorSpace,
} from 'three';
import { theme } from './colours';
import { printable } from './dom';
import { probability } from './numbers';
import type { Prediction, SampleInfo } from './protocol';

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
    texture.generateMipmaps = false;
    texture.minFilter = LinearFilter;
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

  /** Draws nothing. */
  empty(): void {
    this.canvas.getContext('2d')!.clearRect(0, 0, this.canvas.width, this.canvas.height);
    this.changed();
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

  draw(picture: SampleInfo['picture']): void {
    this.resize(picture.width, picture.height);
    this.canvas
      .getContext('2d')!
      .putImageData(new ImageData(new Uint8ClampedArray(picture.rgba), picture.width, picture.height), 0, 0);
    this.changed();
  }
}

/** Up to ten classes, in their own order where all fit, so that bars do not jump while one draws. */
export class ScorePanel extends Panel {
  constructor() {
    super(true);
  }

  draw(prediction: Prediction, labelOf: (cls: number) => string): void {
    const rows = scoreRows(prediction, 10);
    const line = 44;
    const width = 560;
    this.resize(width, line * rows.length + 8);
    const context = this.canvas.getContext('2d')!;
    context.clearRect(0, 0, width, this.canvas.height);
    const colours = theme();
    const best = prediction.top[0]?.index;
    const hi = Math.max(1e-9, ...rows.map((r) => Math.abs(r.score)), isProbability(prediction) ? 1 : 0);
    context.textBaseline = 'middle';
    rows.forEach(({ index, score }, i) => {
      const y = 4 + line * i;
      const won = index === best;
      context.font = `${won ? '700' : '400'} 25px "Liberation Sans", Arial, Helvetica, sans-serif`;
      context.fillStyle = colours.ink;
      context.textAlign = 'right';
      context.fillText(shorten(printable(labelOf(index)), 11), 148, y + line / 2);
      context.fillStyle = colours.frame;
      context.globalAlpha = 0.5;
      context.fillRect(160, y + 9, 270, line - 18);
      context.globalAlpha = won ? 1 : 0.55;
      context.fillStyle = colours.accent;
      context.fillRect(160, y + 9, Math.max(2, (270 * Math.abs(score)) / hi), line - 18);
      context.globalAlpha = 1;
      context.fillStyle = won ? colours.ink : colours.muted;
      context.textAlign = 'left';
      context.fillText(probability(score), 440, y + line / 2);
    });
    this.changed();
  }
}

const shorten = (text: string, longest: number): string =>
  text.length > longest ? text.slice(0, longest - 1) + '…' : text;

export function isProbability(prediction: Prediction): boolean {
  let total = 0;
  for (const s of prediction.scores) {
    if (s < 0) return false;
    total += s;
  }
  return Math.abs(total - 1) < 0.01 || (prediction.scores.length === 1 && prediction.scores[0] <= 1);
}

export function scoreRows(prediction: Prediction, most: number): { index: number; score: number }[] {
  const all = Array.from(prediction.scores, (score, index) => ({ index, score }));
  return all.length <= most ? all : prediction.top.slice(0, most).map(({ index, score }) => ({ index, score }));
}
