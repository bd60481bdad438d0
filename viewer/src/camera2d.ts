// The window on the graph: moved and zoomed by mouse, touch and wheel, or by pressing the small picture beside it.
import type { Minimap, Window } from './minimap';
import { clamp } from './numbers';

export class Camera2D {
  scale = 1; // screen = (world - (x, y)) * scale
  x = 0;
  y = 0;
  moved = false; // by the user, since the last reset
  world = { width: 1, height: 1 }; // the size of the graph
  onClick: (x: number, y: number) => void = () => {};
  onHover: (x: number, y: number) => void = () => {};
  private pointers = new Map<number, { x: number; y: number }>();
  private travelled = 0;
  private steering = false; // the minimap is dragged

  /** The window is as large as `element`, and gets the events of `canvas`. */
  constructor(
    private element: HTMLElement,
    canvas: HTMLCanvasElement,
    private minimap: Minimap,
    private changed: () => void,
  ) {
    canvas.addEventListener('wheel', (e) => this.wheel(e), { passive: false });
    canvas.addEventListener('pointerdown', (e) => {
      canvas.setPointerCapture(e.pointerId);
      this.pointers.set(e.pointerId, { x: e.offsetX, y: e.offsetY });
      this.begin(e);
    });
    canvas.addEventListener('pointermove', (e) => this.move(e));
    canvas.addEventListener('pointerup', (e) => this.up(e));
    canvas.addEventListener('pointercancel', (e) => this.pointers.delete(e.pointerId));
  }

  /** What of the graph is in view. */
  get view(): Window {
    const { clientWidth, clientHeight } = this.element;
    return { x: this.x, y: this.y, width: clientWidth / this.scale, height: clientHeight / this.scale };
  }

  /** The point of the graph at a point of the window. */
  at(x: number, y: number): [number, number] {
    return [x / this.scale + this.x, y / this.scale + this.y];
  }

  /** The whole width if it can be read, else the beginning: what is around `first`. */
  reset(first: Window): void {
    const w = this.element.clientWidth;
    const h = this.element.clientHeight;
    const { width, height } = this.world;
    const whole = Math.min((w - 32) / width, (h - 32) / height);
    const scale = whole > 0.8 ? Math.min(whole, 1) : clamp((w - 32) / width, 0.42, 1);
    this.scale = scale;
    this.x =
      width * scale <= w
        ? (width - w / scale) / 2
        : clamp(first.x + first.width / 2 - w / scale / 2, -16 / scale, width + 16 / scale - w / scale);
    this.y = height * scale <= h ? (height - h / scale) / 2 : first.y - 20 / scale;
    this.moved = false;
    this.changed();
  }

  zoom(factor: number, x = this.element.clientWidth / 2, y = this.element.clientHeight / 2): void {
    const scale = clamp(this.scale * factor, 0.04, 4);
    this.x += x / this.scale - x / scale;
    this.y += y / this.scale - y / scale;
    this.scale = scale;
    this.bound();
  }

  pan(dx: number, dy: number): void {
    this.x += dx / this.scale;
    this.y += dy / this.scale;
    this.bound();
  }

  /** Scrolls so that a part of the graph can be seen. */
  reveal(part: Window): void {
    const { width, height } = this.view;
    if (width === 0) return;
    const margin = 24 / this.scale;
    if (part.x < this.x || part.x + part.width > this.x + width) this.x = part.x + part.width / 2 - width / 2;
    if (part.y < this.y) this.y = part.y - margin;
    else if (part.y + part.height > this.y + height) this.y = part.y + part.height + margin - height;
  }

  /** Some of the graph stays in view. */
  private bound(): void {
    const { width, height } = this.view;
    this.x = clamp(this.x, -0.8 * width, this.world.width - 0.2 * width);
    this.y = clamp(this.y, -0.8 * height, this.world.height - 0.2 * height);
    this.moved = true;
    this.changed();
  }

  private wheel(event: WheelEvent): void {
    event.preventDefault();
    const unit = event.deltaMode === 1 ? 20 : 1;
    if (event.ctrlKey || event.metaKey)
      this.zoom(Math.exp(-clamp(event.deltaY * unit, -120, 120) * 0.006), event.offsetX, event.offsetY);
    else if (event.shiftKey) this.pan(event.deltaY * unit, 0);
    else this.pan(event.deltaX * unit, event.deltaY * unit);
  }

  private begin(event: PointerEvent): void {
    if (this.pointers.size > 1) return;
    this.travelled = 0;
    this.steering = this.minimap.at(event.offsetX, event.offsetY) !== null;
    if (this.steering) this.steer(event);
  }

  /** Goes where the minimap is pressed. */
  private steer(event: PointerEvent): void {
    const y = this.minimap.at(event.offsetX, event.offsetY);
    this.travelled = 4;
    if (y === null) return;
    this.y = y - this.view.height / 2;
    this.bound();
  }

  private move(event: PointerEvent): void {
    if (this.steering && this.pointers.has(event.pointerId)) {
      this.steer(event);
      return;
    }
    const last = this.pointers.get(event.pointerId);
    if (!last) {
      this.onHover(event.offsetX, event.offsetY);
      return;
    }
    const other = [...this.pointers].find(([id]) => id !== event.pointerId)?.[1];
    const now = { x: event.offsetX, y: event.offsetY };
    this.travelled += Math.abs(now.x - last.x) + Math.abs(now.y - last.y);
    if (other) {
      const before = Math.hypot(last.x - other.x, last.y - other.y);
      const after = Math.hypot(now.x - other.x, now.y - other.y);
      if (before > 0) this.zoom(after / before, (now.x + other.x) / 2, (now.y + other.y) / 2);
    }
    if (this.travelled >= 4) this.pan(last.x - now.x, last.y - now.y);
    this.pointers.set(event.pointerId, now);
  }

  private up(event: PointerEvent): void {
    const single = this.pointers.size === 1;
    this.pointers.delete(event.pointerId);
    this.steering = false;
    if (single && this.travelled < 4) this.onClick(event.offsetX, event.offsetY);
  }
}
