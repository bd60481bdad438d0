// The pointer in the 3D scene: what is under it, what a click there does, and what is said and drawn of it.
import { Raycaster, Vector2, type Mesh, type MeshBasicMaterial, type PlaneGeometry, type Vector3 } from 'three';
import { freezableIn } from './blocks';
import { isVector } from './display';
import type { Flats } from './flats3d';
import type { Orbit } from './orbit';
import type { Hit, Stack } from './stack3d';
import { fieldOf, type App, type Sample } from './state';
import { blockLines, Tip } from './tip';
import type { Wires } from './wires3d';

export type Plate = Mesh<PlaneGeometry, MeshBasicMaterial>;

/** What the scene holds. */
interface Contents {
  readonly stacks: readonly Stack[];
  readonly plates: readonly Plate[];
  readonly flats: Flats;
  readonly wires: Wires;
  readonly sample: Sample | undefined;
}

interface Found {
  block: number;
  hit: Hit;
}

export class Pointer3D {
  readonly tip = new Tip();
  onFreeze: (layer: number, channel: number) => void = () => {};
  private hovered: Found | null = null;

  constructor(
    private app: App,
    private scene: Contents,
    private canvas: HTMLCanvasElement,
    private orbit: Orbit,
    private render: () => void,
  ) {
    orbit.onClick = (x, y) => this.click(x, y);
    orbit.onHover = (x, y) => this.hover(x, y);
    orbit.onLeave = () => this.leave();
  }

  /** The block under the pointer; -1 if none. */
  get block(): number {
    return this.hovered?.block ?? -1;
  }

  /** Nothing is under the pointer in another model. */
  forget(): void {
    this.hovered = null;
  }

  /** The ray through a point of the window. */
  private ray(clientX: number, clientY: number): Raycaster {
    const box = this.canvas.getBoundingClientRect();
    const caster = new Raycaster();
    const x = ((clientX - box.left) / box.width) * 2 - 1;
    caster.setFromCamera(new Vector2(x, 1 - ((clientY - box.top) / box.height) * 2), this.orbit.camera);
    return caster;
  }

  /** What is under a point of the window. */
  private pick(clientX: number, clientY: number): Found | null {
    const caster = this.ray(clientX, clientY);
    const bars = this.scene.flats.scoreBlock();
    let best: Found | null = null;
    this.scene.stacks.forEach((stack, block) => {
      const hit = block === bars ? this.pickPanel(caster) : stack.pick(caster.ray);
      if (hit && (!best || hit.distance < best.hit.distance)) best = { block, hit };
    });
    return best;
  }

  private pickPanel(caster: Raycaster): Hit | null {
    const { mesh } = this.scene.flats.scores;
    const found = mesh.visible ? caster.intersectObject(mesh)[0] : undefined;
    return found ? { channel: 0, y: -1, x: -1, distance: found.distance } : null;
  }

  /** Whether a point is on the plate of an opened layer, beside its maps. */
  private pickPlate(clientX: number, clientY: number): number {
    const caster = this.ray(clientX, clientY);
    return this.scene.plates.findIndex((plate) => plate.visible && caster.intersectObject(plate).length > 0);
  }

  private click(x: number, y: number): void {
    const found = this.pick(x, y);
    if (!found) {
      const plate = this.pickPlate(x, y);
      if (plate >= 0) this.app.toggleOpen(this.app.blocks[plate].shown);
      return;
    }
    const { block, hit } = found;
    const layer = this.app.blocks[block].shown;
    if (block === this.scene.flats.scoreBlock()) {
      this.app.selectLayer(layer);
      return;
    }
    if (!this.app.open.has(layer)) {
      this.leave();
      this.app.toggleOpen(layer);
      return;
    }
    const vector = isVector(this.app.model!.layers[layer]);
    const unit = hit.y * this.scene.stacks[block].display.width + hit.x;
    const target = freezableIn(this.app.blocks[block], this.app.model!);
    if (this.app.freezing && target !== null) this.onFreeze(target, vector ? unit : hit.channel);
    else
      this.app.showDetail(
        vector ? { layer, channel: 0, y: 0, x: unit } : { layer, channel: hit.channel, y: hit.y, x: hit.x },
      );
  }

  private hover(x: number, y: number): void {
    const found = this.pick(x, y);
    if (!found && !this.hovered) return;
    if (this.hovered && this.hovered.block !== found?.block) this.scene.stacks[this.hovered.block].hover(null);
    this.hovered = found;
    const open = found && this.scene.stacks[found.block].openness > 0.5;
    if (found) this.scene.stacks[found.block].hover(open ? found.hit : null);
    this.canvas.style.cursor = found ? 'pointer' : 'grab';
    this.showField(found);
    this.showTip(found, x, y);
    this.render();
  }

  private leave(): void {
    if (this.hovered) this.scene.stacks[this.hovered.block].hover(null);
    this.hovered = null;
    this.showField(null);
    this.tip.hide();
    this.render();
  }

  /** The receptive field of the value under the pointer, as a pyramid to the input. */
  private showField(found: Found | null): void {
    const input = this.scene.flats.inputBlock();
    const region =
      found && found.hit.y >= 0 && this.scene.stacks[found.block].openness > 0.5 && found.block !== input
        ? fieldOf(this.app.model!, this.app.blocks[found.block].shown, found.hit.y, found.hit.x)
        : null;
    this.app.setField(region);
    if (!found || !region || input < 0) {
      this.scene.wires.showField(null, null);
      return;
    }
    const stack = this.scene.stacks[input];
    const [y0, y1, x0, x1] = region;
    const at = (row: number, column: number, corner: number): Vector3 => stack.cellCorners(0, row, column)[corner];
    const { channel, y, x } = found.hit;
    this.scene.wires.showField(this.scene.stacks[found.block].cellCorners(channel, y, x), [
      at(y0, x0, 0),
      at(y0, x1 - 1, 1),
      at(y1 - 1, x1 - 1, 2),
      at(y1 - 1, x0, 3),
    ]);
  }

  private showTip(found: Found | null, x: number, y: number): void {
    if (!found) {
      this.tip.hide();
      return;
    }
    const { block, hit } = found;
    const values = this.scene.sample && this.app.values.get(this.scene.sample.info.id, this.app.blocks[block].shown);
    const lines = blockLines(this.app.model!, this.app.blocks[block], this.scene.stacks[block], hit, values);
    this.tip.show(lines, x, y, this.canvas.parentElement!.getBoundingClientRect());
  }
}
