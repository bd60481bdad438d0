// What stands flat in the 3D scene in place of stacks: the inputs as they look, and the scores as bars.
import { Group, type Mesh, type Quaternion } from 'three';
import type { Place } from './layout3d';
import { PicturePanel, ScorePanel } from './panels3d';
import type { Extent, Stack } from './stack3d';
import type { App, Sample } from './state';

export class Flats {
  readonly group = new Group();
  unit = 0.04; // of the scene per CSS pixel of the scores
  private pictures: PicturePanel[] = []; // of the model's inputs
  readonly scores = new ScorePanel();
  private filled = false; // with a sample; without one the stacks are shown

  constructor(private app: App) {
    this.group.add(this.scores.mesh);
  }

  build(): void {
    const model = this.app.model!;
    for (const picture of this.pictures) {
      this.group.remove(picture.mesh);
      picture.dispose();
    }
    this.pictures = model.inputs.map(() => new PicturePanel());
    this.group.add(...this.pictures.map((p) => p.mesh));
    this.scores.fit(model.classifier?.scores ?? 1, (c) => this.app.labelOf(c));
  }

  empty(): void {
    this.filled = false;
  }

  draw({ info }: Sample): void {
    this.filled = true;
    [info.picture, ...info.more].forEach((picture, k) => {
      if (picture.width > 0) this.pictures[k]?.draw(picture);
    });
    const probabilities = this.app.model!.classifier?.probability ?? false;
    if (this.scoreBlock() >= 0) this.scores.draw(info.prediction, probabilities, (c) => this.app.labelOf(c));
  }

  /** The block of an input that is a picture; -1 if it is none. */
  inputBlock(k = 0): number {
    const input = this.app.model!.inputs[k];
    return input && input.shape.length >= 2 ? this.app.blocks.findIndex((b) => b.layers.includes(input.layer)) : -1;
  }

  /** The block whose values are drawn as bars: class scores. */
  scoreBlock(): number {
    const layer = this.app.model!.classifier?.layer;
    return layer === undefined ? -1 : this.app.blocks.findIndex((b) => b.shown === layer);
  }

  /** The room of the scores in the scene: they face the viewer, who looks at the scene from the side. */
  scoreExtent(): Extent {
    const { width, height } = this.scores.size;
    return { width: width * this.unit * 1.16, height: height * this.unit * 1.08, depth: 0 };
  }

  place(places: readonly Place[], stacks: readonly Stack[]): void {
    const put = (mesh: Mesh, block: number, untilOpen: boolean): void =>
      this.put(mesh, places[block], stacks[block], untilOpen);
    this.pictures.forEach((picture, k) => put(picture.mesh, this.inputBlock(k), true));
    put(this.scores.mesh, this.scoreBlock(), false);
    const { width, height } = this.scores.size;
    this.scores.mesh.scale.set(width * this.unit, height * this.unit, 1);
  }

  /** Text is read from the front. */
  face(view: Quaternion): void {
    this.scores.mesh.quaternion.copy(view);
  }

  /** In place of a stack, or of a closed one. */
  private put(mesh: Mesh, place: Place | undefined, stack: Stack | undefined, untilOpen: boolean): void {
    mesh.visible = this.filled && stack !== undefined && (!untilOpen || stack.openness < 0.02);
    if (!place || !stack) return;
    mesh.position.set(place.x, place.y, untilOpen ? stack.extent().depth / 2 + 0.02 : 0);
    mesh.scale.set(place.width, place.height, 1);
    stack.group.visible = !mesh.visible || (untilOpen && stack.display.count > 1);
  }
}
