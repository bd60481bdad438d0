// The network in three dimensions: layers as stacks of their real maps, which open and close, with their connections.
import {
  Color,
  Mesh,
  MeshBasicMaterial,
  PlaneGeometry,
  Scene,
  Vector3,
  WebGLRenderer,
} from 'three';
import type { Block } from './blocks';
import { greyScale, scaleOf, theme } from './colours';
import { el, onFrame, printable, reducedMotion, messageOf, toast } from './dom';
import { copyOf } from './picture';
import { isVector } from './display';
import { Flats } from './flats3d';
import { bestRows, placeBlocks, type Place } from './layout3d';
import { Orbit, type Pose } from './orbit';
import { Pointer3D, type Plate } from './pointer3d';
import type { ModelInfo } from './protocol';
import { Stack, type Extent } from './stack3d';
import type { App, Sample } from './state';
import { Latest } from './values';
import { Wires } from './wires3d';
import { Tags } from './tags3d';
import { clamp } from './numbers';

const home: Pose = { yaw: -0.42, pitch: 0.24, distance: 40, x: 0, y: 0, z: 0 };

export class Scene3D {
  readonly element: HTMLElement;
  readonly orbit: Orbit;
  readonly pointer: Pointer3D;
  private canvas = el('canvas', { tabindex: 0, role: 'img' });
  private tags: Tags;
  private renderer: WebGLRenderer;
  private scene = new Scene();
  stacks: Stack[] = [];
  plates: Plate[] = [];
  private places: Place[] = [];
  private rowOf: number[] = []; // of each rank
  readonly flats: Flats;
  readonly wires = new Wires();
  private latest = new Latest((error) => toast(messageOf(error), true));
  private render = onFrame(() => this.draw());
  private animating = false;

  constructor(
    private app: App,
    private which: 'a' | 'b' = 'a',
  ) {
    this.tags = new Tags(app);
    this.flats = new Flats(app);
    this.renderer = new WebGLRenderer({ canvas: this.canvas, antialias: true, alpha: true });
    this.orbit = new Orbit(this.canvas, () => this.render());
    this.pointer = new Pointer3D(app, this, this.canvas, this.orbit, () => this.render());
    this.element = el('div.scene', {}, this.canvas, this.tags.element, this.pointer.tip.element);
    this.canvas.addEventListener('keydown', (e) => {
      if (e.key === '0' || e.key === 'Home') this.reset();
    });
    this.scene.add(this.wires.group, this.wires.fieldLines, this.flats.group);
    new ResizeObserver(() => this.resize()).observe(this.element);
    app.on(['values', 'choice', 'frozen'], () => this.refresh());
    app.on(['layer', 'frozen'], () => {
      this.tags.mark();
      this.animate();
    });
    app.on('theme', () => this.useTheme());
    const rebuild = onFrame(() => {
      if (this.stacks.length > 0) this.build();
    });
    app.on('sizes', rebuild);
  }

  get sample(): Sample | undefined {
    return this.which === 'a' ? this.app.sampleA : this.app.sampleB;
  }
  private get model(): ModelInfo {
    return this.app.model!;
  }
  private get blocks(): readonly Block[] {
    return this.app.blocks;
  }
  private shown(block: number): number {
    return this.blocks[block].shown;
  }
  get visible(): boolean {
    return this.element.offsetParent !== null;
  }

  /** Builds the scene of the model. */
  build(): void {
    this.clear();
    const largest = Math.max(
      1,
      ...this.blocks
        .map((b) => this.model.layers[b.shown])
        .filter((l) => !isVector(l))
        .map((l) => Math.max(l.maps.height, l.maps.width)),
    );
    for (const block of this.blocks) {
      const stack = new Stack(this.model.layers[block.shown], largest);
      stack.setOpenness(this.app.open.has(block.shown) ? 1 : 0);
      const plate = new Mesh(
        new PlaneGeometry(1, 1),
        new MeshBasicMaterial({ transparent: true, opacity: 0.75, depthWrite: false }),
      );
      this.stacks.push(stack);
      this.plates.push(plate);
      this.scene.add(plate, stack.group);
    }
    this.flats.build();
    this.tags.build();
    this.canvas.setAttribute(
      'aria-label',
      `3D view of ${printable(this.model.name)}: ${this.blocks.length} blocks. Arrow keys spin, shift and arrows move, plus and minus zoom, 0 resets. Tab reaches the layers.`,
    );
    this.settle();
    this.useTheme();
    this.refresh();
  }

  private clear(): void {
    for (const stack of this.stacks) {
      this.scene.remove(stack.group);
      stack.dispose();
    }
    for (const plate of this.plates) {
      this.scene.remove(plate);
      plate.geometry.dispose();
      plate.material.dispose();
    }
    this.stacks = [];
    this.rowOf = [];
    this.plates = [];
    this.pointer.forget();
  }

  /** Fetches what the shown layers hold for the sample, and draws it. */
  refresh(): void {
    const sample = this.sample;
    if (!this.app.model || !this.visible || this.stacks.length === 0) return;
    if (!sample) return this.empty();
    this.latest.request(async () => {
      const model = this.app.model;
      const id = sample.info.id;
      const answers = await this.app.values.fetch(
        id,
        this.blocks.map((b) => b.shown),
      );
      if (model !== this.app.model || this.stacks.length !== answers.length) return;
      answers.forEach((answer, i) =>
        this.stacks[i].setValues(answer, this.scaleOf(i, answer), this.app.frozen.get(this.shown(i))),
      );
      this.flats.draw(sample);
      this.flats.place(this.places, this.stacks);
      this.render();
    });
  }

  private scaleOf(block: number, answer: Parameters<typeof scaleOf>[0]): ReturnType<typeof scaleOf> {
    return this.blocks[block].kind === 'InputLayer' && answer.min >= 0
      ? greyScale(answer.min, answer.max)
      : scaleOf(answer);
  }

  /** Without a sample there is nothing to see. */
  private empty(): void {
    for (const stack of this.stacks) stack.empty();
    this.flats.empty();
    this.flats.place(this.places, this.stacks);
    this.render();
  }

  /** Puts everything in its place for the present openness of the layers. */
  private arrange(): void {
    const bars = this.flats.scoreBlock();
    const extents = this.extents();
    if (this.rowOf.length === 0) this.rowOf = bestRows(this.blocks, extents, this.aspect());
    this.places = placeBlocks(this.blocks, extents, this.rowOf);
    this.places.forEach((place, i) => {
      this.stacks[i].group.position.set(place.x, place.y, 0);
      const plate = this.plates[i];
      const t = this.stacks[i].openness;
      plate.visible = t > 0.02 && i !== bars;
      plate.position.set(place.x, place.y, -0.12);
      plate.scale.set(place.width + 0.8, place.height + 0.8, 1);
      plate.material.opacity = 0.8 * t;
    });
    this.flats.place(this.places, this.stacks);
    this.wires.update(this.blocks, this.places);
  }

  private extents(): Extent[] {
    const extents = this.stacks.map((s) => s.extent());
    const bars = this.flats.scoreBlock();
    if (bars >= 0) extents[bars] = this.flats.scoreExtent();
    return extents;
  }

  private aspect(): number {
    return Math.max(0.2, this.element.clientWidth / Math.max(1, this.element.clientHeight));
  }

  /** Arranges the layers and shows all of them. The letters of the scores have their own size on the screen then: the larger
   *  the network, the larger the scores must be in it. */
  private settle(): void {
    for (let round = 0; round < 5; round++) {
      if (round < 3) this.rowOf = [];
      this.arrange();
      this.reset();
      const bars = this.places[this.flats.scoreBlock()];
      if (!bars) return;
      this.flats.unit = clamp(this.orbit.unitsPerPixel(bars.x, bars.y, 0), 0.005, 0.2);
    }
    this.arrange();
    this.reset();
  }

  /** Opens and closes layers, smoothly where motion is welcome. All stays in view, or, where the user has turned the scene,
   *  the layer that was clicked stays where it is. */
  private animate(): void {
    if (this.animating || this.stacks.length === 0) return;
    let last = performance.now();
    const step = (now: number): void => {
      const delta = reducedMotion() ? 1 : Math.min(0.05, (now - last) / 1000) / 0.3;
      last = now;
      const anchor = this.blocks.findIndex((b) => b.shown === this.app.layer);
      const before = this.places[anchor]?.x ?? 0;
      let busy = false;
      for (const stack of this.stacks) {
        const goal = this.app.open.has(stack.layer.index) ? 1 : 0;
        if (stack.openness === goal) continue;
        stack.setOpenness(
          goal > stack.openness ? Math.min(goal, stack.openness + delta) : Math.max(goal, stack.openness - delta),
        );
        busy ||= stack.openness !== goal;
        this.animating = true;
      }
      if (this.animating) this.arrange();
      if (this.animating && !this.orbit.moved) this.reset();
      else if (this.animating && anchor >= 0)
        this.orbit.set({ x: this.orbit.pose.x + this.places[anchor].x - before }, true);
      if (this.animating && !busy && !this.orbit.moved) this.settle();
      this.animating = busy;
      this.render();
      if (busy) requestAnimationFrame(step);
    };
    step(last);
  }

  private useTheme(): void {
    this.wires.useTheme();
    for (const stack of this.stacks) stack.useTheme();
    for (const plate of this.plates) plate.material.color = new Color(theme().panel);
    this.refresh();
    this.tags.mark();
    this.render();
  }

  /** The pose from which the whole network is seen. */
  reset(): void {
    if (this.places.length === 0) return;
    const ends = [-1, 1];
    const points = this.places.flatMap(({ x, y, width, height }, i) => {
      const depth = this.stacks[i].extent().depth;
      const corner = (sx: number, sy: number, sz: number): Vector3 =>
        new Vector3(x + sx * (width / 2 + 1), y + (sy * height) / 2 - (sy < 0 ? 1.2 : 0), (sz * depth) / 2);
      return ends.flatMap((sx) => ends.flatMap((sy) => ends.map((sz) => corner(sx, sy, sz))));
    });
    this.orbit.set({ ...home });
    this.orbit.fit(points, this.aspect());
  }

  private resize(): void {
    const width = this.element.clientWidth;
    const height = this.element.clientHeight;
    if (width === 0 || height === 0) return;
    this.renderer.setPixelRatio(Math.min(devicePixelRatio || 1, 2));
    this.renderer.setSize(width, height);
    this.orbit.camera.aspect = width / height;
    this.orbit.camera.updateProjectionMatrix();
    if (!this.orbit.moved && this.stacks.length > 0) this.settle();
    this.refresh();
    this.draw();
  }

  private draw(): void {
    if (!this.visible || this.stacks.length === 0) return;
    this.flats.face(this.orbit.camera.quaternion);
    this.renderer.render(this.scene, this.orbit.camera);
    const depths = this.stacks.map((s) => s.extent().depth);
    this.tags.place(this.places, depths, this.orbit.camera, this.pointer.block);
  }

  /** The view as a picture, labels included. */
  picture2d(): HTMLCanvasElement {
    this.renderer.render(this.scene, this.orbit.camera);
    const out = copyOf(this.canvas);
    const context = out.getContext('2d')!;
    const ratio = this.canvas.width / this.element.clientWidth;
    context.scale(ratio, ratio);
    this.tags.draw(context);
    return out;
  }
}
