// The camera: spun, moved and zoomed by mouse, touch and keys around a point.
import { PerspectiveCamera, Vector3 } from 'three';
import { arrowOf } from './dom';
import { clamp } from './numbers';

export interface Pose {
  yaw: number;
  pitch: number;
  distance: number;
  x: number;
  y: number;
  z: number;
}

export class Orbit {
  readonly camera = new PerspectiveCamera(30, 1, 0.1, 2000);
  pose: Pose = { yaw: 0, pitch: 0, distance: 30, x: 0, y: 0, z: 0 };
  moved = false; // by the user, since the last reset
  onClick: (x: number, y: number) => void = () => {};
  onHover: (x: number, y: number) => void = () => {};
  onLeave: () => void = () => {};
  private pointers = new Map<number, { x: number; y: number }>();
  private travelled = 0;

  constructor(
    private element: HTMLElement,
    private changed: () => void,
  ) {
    element.addEventListener('pointerdown', (e) => this.down(e));
    element.addEventListener('pointermove', (e) => this.move(e));
    element.addEventListener('pointerup', (e) => this.up(e));
    element.addEventListener('pointercancel', (e) => this.pointers.delete(e.pointerId));
    element.addEventListener('pointerleave', () => {
      if (this.pointers.size === 0) this.onLeave();
    });
    element.addEventListener('wheel', (e) => this.wheel(e), { passive: false });
    element.addEventListener('contextmenu', (e) => e.preventDefault());
    element.addEventListener('keydown', (e) => this.key(e));
  }

  set(pose: Partial<Pose>, moved = false): void {
    this.pose = { ...this.pose, ...pose };
    this.moved = moved;
    this.apply();
  }

  apply(): void {
    const { yaw, pitch, distance, x, y, z } = this.pose;
    const around = new Vector3(Math.sin(yaw) * Math.cos(pitch), Math.sin(pitch), Math.cos(yaw) * Math.cos(pitch));
    this.camera.position.set(x, y, z).addScaledVector(around, distance);
    this.camera.lookAt(x, y, z);
    this.camera.updateMatrixWorld();
    this.changed();
  }

  spin(dx: number, dy: number): void {
    this.set({ yaw: this.pose.yaw - dx, pitch: clamp(this.pose.pitch + dy, -1.5, 1.5) }, true);
  }

  /** Moves by pixels of the screen. */
  pan(dx: number, dy: number): void {
    const scale = (2 * this.pose.distance * Math.tan((this.camera.fov * Math.PI) / 360)) / this.element.clientHeight;
    const right = new Vector3().setFromMatrixColumn(this.camera.matrixWorld, 0).multiplyScalar(-dx * scale);
    const up = new Vector3().setFromMatrixColumn(this.camera.matrixWorld, 1).multiplyScalar(dy * scale);
    const { x, y, z } = this.pose;
    this.set({ x: x + right.x + up.x, y: y + right.y + up.y, z: z + right.z + up.z }, true);
  }

  zoom(factor: number): void {
    this.set({ distance: clamp(this.pose.distance * factor, 2, 600) }, true);
  }

  /** Moves until all points are in view, seen from the same direction. */
  fit(points: readonly Vector3[], aspect: number): void {
    const tan = Math.tan((this.camera.fov * Math.PI) / 360);
    for (let round = 0; round < 6; round++) {
      const seen = points.map((point) => point.clone().applyMatrix4(this.camera.matrixWorldInverse));
      const across = seen.map((p) => p.x / -p.z);
      const upright = seen.map((p) => p.y / -p.z);
      const [left, right] = [Math.min(...across), Math.max(...across)];
      const [low, high] = [Math.min(...upright), Math.max(...upright)];
      const { distance, x, y, z } = this.pose;
      const factor = 1.1 * Math.max((right - left) / (2 * tan * aspect), (high - low) / (2 * tan));
      const move = new Vector3().setFromMatrixColumn(this.camera.matrixWorld, 0).multiplyScalar((left + right) / 2);
      const up = new Vector3().setFromMatrixColumn(this.camera.matrixWorld, 1).multiplyScalar((low + high) / 2);
      move.add(up).multiplyScalar(distance);
      this.set({ distance: Math.max(4, distance * factor), x: x + move.x, y: y + move.y, z: z + move.z });
    }
  }

  /** The size of a CSS pixel of the screen at a point of the scene. */
  unitsPerPixel(x: number, y: number, z: number): number {
    const depth = -new Vector3(x, y, z).applyMatrix4(this.camera.matrixWorldInverse).z;
    return (2 * depth * Math.tan((this.camera.fov * Math.PI) / 360)) / Math.max(1, this.element.clientHeight);
  }

  private down(event: PointerEvent): void {
    this.element.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (this.pointers.size === 1) this.travelled = 0;
  }

  private move(event: PointerEvent): void {
    const last = this.pointers.get(event.pointerId);
    if (!last) {
      this.onHover(event.clientX, event.clientY);
      return;
    }
    const dx = event.clientX - last.x;
    const dy = event.clientY - last.y;
    const others = [...this.pointers].filter(([id]) => id !== event.pointerId).map(([, p]) => p);
    this.travelled += Math.abs(dx) + Math.abs(dy);
    if (others.length > 0) this.pinch(event, last, others[0]);
    else if (this.travelled < 4) return;
    else if (event.shiftKey || event.buttons & 6) this.pan(dx, dy);
    else this.spin(dx * 0.006, dy * 0.006);
    this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  }

  /** Two fingers: their distance zooms, their middle moves. */
  private pinch(now: PointerEvent, last: { x: number; y: number }, other: { x: number; y: number }): void {
    const before = Math.hypot(last.x - other.x, last.y - other.y);
    const after = Math.hypot(now.clientX - other.x, now.clientY - other.y);
    if (before > 0 && after > 0) this.zoom(before / after);
    this.pan((now.clientX - last.x) / 2, (now.clientY - last.y) / 2);
  }

  private up(event: PointerEvent): void {
    const single = this.pointers.size === 1;
    this.pointers.delete(event.pointerId);
    if (single && this.travelled < 4 && event.button === 0) this.onClick(event.clientX, event.clientY);
  }

  private wheel(event: WheelEvent): void {
    event.preventDefault();
    this.zoom(Math.exp(clamp(event.deltaY * (event.deltaMode === 1 ? 20 : 1), -240, 240) * 0.0016));
  }

  private key(event: KeyboardEvent): void {
    const arrow = arrowOf(event.key);
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== this.element) return;
    if (arrow && event.shiftKey) this.pan(-24 * arrow[0], -24 * arrow[1]);
    else if (arrow) this.spin(0.08 * arrow[0], 0.08 * arrow[1]);
    else if (event.key === '+' || event.key === '=') this.zoom(0.88);
    else if (event.key === '-') this.zoom(1 / 0.88);
    else return;
    event.preventDefault();
  }
}
