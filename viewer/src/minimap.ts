// A small picture of the whole graph beside it: where the view is, and a way to go elsewhere.
import { theme } from './colours';
import { clamp } from './numbers';

export interface Window {
  x: number;
  y: number;
  width: number;
  height: number;
}

const margin = 10;
const widest = 70;

export class Minimap {
  private box: Window = { x: 0, y: 0, width: 0, height: 0 };
  private scale = 0; // 0: not shown

  /** Shown if less than some two thirds of the graph are in view. */
  draw(
    context: CanvasRenderingContext2D,
    room: { width: number; height: number },
    size: { width: number; height: number },
    view: Window,
    cards: readonly { x: number; y: number; width: number; height: number; chosen: boolean; frozen: boolean }[],
  ): void {
    this.scale =
      view.width * view.height > 0.65 * size.width * size.height || room.width < 420
        ? 0
        : Math.min(widest / size.width, (room.height - 2 * margin) / size.height);
    if (this.scale === 0) return;
    const k = this.scale;
    const width = Math.max(26, size.width * k + 8);
    const height = size.height * k + 8;
    this.box = { x: room.width - margin - width, y: margin, width, height };
    const left = this.box.x + (width - size.width * k) / 2;
    const top = this.box.y + 4;
    const colours = theme();
    context.fillStyle = colours.panel;
    context.fillRect(this.box.x, this.box.y, width, height);
    for (const card of cards) {
      context.fillStyle = card.chosen ? colours.second : card.frozen ? colours.accent : colours.muted;
      context.globalAlpha = card.chosen || card.frozen ? 1 : 0.55;
      context.fillRect(left + card.x * k, top + card.y * k, Math.max(2, card.width * k), Math.max(1, card.height * k));
    }
    context.globalAlpha = 1;
    context.strokeStyle = colours.frame;
    context.lineWidth = 1;
    context.strokeRect(this.box.x + 0.5, this.box.y + 0.5, width - 1, height - 1);
    context.strokeStyle = colours.accent;
    context.lineWidth = 2;
    const y0 = clamp(top + view.y * k, this.box.y + 1, this.box.y + height - 3);
    const y1 = clamp(top + (view.y + view.height) * k, y0 + 2, this.box.y + height - 1);
    context.strokeRect(this.box.x + 1, y0, width - 2, y1 - y0);
  }

  /** The height in the graph at a point of the canvas; null beside the small picture. */
  at(x: number, y: number): number | null {
    const { box } = this;
    if (this.scale === 0 || x < box.x || x > box.x + box.width || y < box.y || y > box.y + box.height) return null;
    return (y - box.y - 4) / this.scale;
  }
}

/** Whether two windows have a point in common; a line may be a window without width. */
export function overlaps(a: Window, b: Window): boolean {
  return a.x <= b.x + b.width && a.x + a.width >= b.x && a.y <= b.y + b.height && a.y + a.height >= b.y;
}
