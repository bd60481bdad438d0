// The network in three dimensions: layers as stacks of their real maps, which open and close, with their connections.
import { Color, Mesh, MeshBasicMaterial, PlaneGeometry, Raycaster, Scene, Vector2, Vector3, WebGLRenderer } from 'three';
import { freezableIn, type Block } from './blocks';
import { greyScale, scaleOf, theme } from './colours';
import { el, onFrame, printable, reducedMotion, messageOf, toast } from './dom';
import { isVector } from './display';
import { bestRows, placeBlocks, type Place } from './layout3d';
import { precise, shapeText } from './numbers';
import { Orbit, type Pose } from './orbit';
import { PicturePanel, ScorePanel } from './panels3d';
import type { ModelInfo } from './protocol';
import { Stack, type Extent, type Hit } from './stack3d';
import { fieldOf, type App, type Sample } from './state';
import { Latest } from './values';
import { Wires } from './wires3d';
import { specification } from './specification';

const home: Pose = { yaw: -0.42, pitch: 0.24, distance: 40, x: 0, y: 0, z: 0 };

export class Scene3D {
  readonly element: HTMLElement;
  readonly orbit: Orbit;
  onFreeze: (layer: number, channel: number) => void = () => {};
  private canvas = el('canvas', { tabindex: 0, role: 'img' });
  private labels = el('div.labels');
  private tip = el('div.tip.hidden', { role: 'presentation' });
  private renderer: WebGLRenderer;
  private scene = new Scene();
  private stacks: Stack[] = [];
  private plates: Mesh<PlaneGeometry, MeshBasicMaterial>[] = [];
  private places: Place[] = [];
  private rowOf: number[] = [];          // of each rank
  private tags: HTMLButtonElement[] = [];
  private picture = new PicturePanel();
  private scores = new ScorePanel();
  private wires = new Wires();
  private latest = new Latest((error) => toast(messageOf(error), true));
  private render = onFrame(() => this.draw());
  private hovered: { block: number; hit: Hit } | null = null;
  private animating = false;

  constructor(private app: App, private which: 'a' | 'b' = 'a') {
    this.element = el('div.scene', {}, this.canvas, this.labels, this.tip);
    this.renderer = new WebGLRenderer({ canvas: this.canvas, antialias: true, alpha: true });
    this.orbit = new Orbit(this.canvas, () => this.render());
    this.orbit.onClick = (x, y) => this.click(x, y);
    this.orbit.onHover = (x, y) => this.hover(x, y);
    this.orbit.onLeave = () => this.leave();
    this.canvas.addEventListener('keydown', (e) => { if (e.key === '0' || e.key === 'Home') this.reset(); });
    this.scene.add(this.wires.group, this.wires.fieldLines, this.picture.mesh, this.scores.mesh);
    new ResizeObserver(() => this.resize()).observe(this.element);
    app.on(['values', 'choice', 'frozen'], () => this.refresh());
    app.on(['layer', 'frozen'], () => { this.markTags(); this.animate(); });
    app.on('theme', () => this.useTheme());
    const rebuild = onFrame(() => { if (this.stacks.length > 0) this.build(); });
    app.on('sizes', rebuild);
  }

  private get sample(): Sample | undefined { return this.which === 'a' ? this.app.sampleA : this.app.sampleB; }
  private get model(): ModelInfo { return this.app.model!; }
  private get blocks(): readonly Block[] { return this.app.blocks; }
  private shown(block: number): number { return this.blocks[block].shown; }
  get visible(): boolean { return this.element.offsetParent !== null; }

  /** Builds the scene of the model. */
  build(): void {
    this.clear();
    const largest = Math.max(1, ...this.blocks.map((b) => this.model.layers[b.shown]).filter((l) => !isVector(l)).map((l) => Math.max(l.maps.height, l.maps.width)));
    for (const block of this.blocks) {
      const stack = new Stack(this.model.layers[block.shown], largest);
      stack.setOpenness(this.app.open.has(block.shown) ? 1 : 0);
      const plate = new Mesh(new PlaneGeometry(1, 1), new MeshBasicMaterial({ transparent: true, opacity: 0.75, depthWrite: false }));
      this.stacks.push(stack);
      this.plates.push(plate);
      this.scene.add(plate, stack.group);
      this.tags.push(this.makeTag(block));
    }
    this.labels.replaceChildren(...this.tags);
    this.canvas.setAttribute('aria-label', `3D view of ${printable(this.model.name)}: ${this.blocks.length} blocks. Arrow keys spin, shift and arrows move, plus and minus zoom, 0 resets. Tab reaches the layers.`);
    this.arrange();
    this.useTheme();
    this.reset();
    this.refresh();
  }

  private makeTag(block: Block): HTMLButtonElement {
    const layer = this.model.layers[block.shown];
    return el('button.tag', { type: 'button', onclick: () => this.app.toggleOpen(block.shown) },
      el('bdi', {}, printable(block.title, 28)), el('small', {}, shapeText(layer.shape)));
  }

  private clear(): void {
    for (const stack of this.stacks) { this.scene.remove(stack.group); stack.dispose(); }
    for (const plate of this.plates) { this.scene.remove(plate); plate.geometry.dispose(); plate.material.dispose(); }
    this.stacks = [];
    this.rowOf = [];
    this.plates = [];
    this.tags = [];
    this.hovered = null;
  }

  /** Fetches what the shown layers hold for the sample, and draws it. */
  refresh(): void {
    const sample = this.sample;
    if (!this.app.model || !sample || !this.visible || this.stacks.length === 0) return;
    this.latest.request(async () => {
      const model = this.app.model, id = sample.info.id;
      const answers = await this.app.values.fetch(id, this.blocks.map((b) => b.shown));
      if (model !== this.app.model || this.stacks.length !== answers.length) return;
      answers.forEach((answer, i) => this.stacks[i].setValues(answer, this.scaleOf(i, answer), this.app.frozen.get(this.shown(i))));
      this.drawPanels(sample);
      this.render();
    });
  }

  private scaleOf(block: number, answer: Parameters<typeof scaleOf>[0]): ReturnType<typeof scaleOf> {
    return this.blocks[block].kind === 'InputLayer' && answer.min >= 0 ? greyScale(answer.min, answer.max) : scaleOf(answer);
  }

  private drawPanels(sample: Sample): void {
    if (sample.info.picture.width > 0) this.picture.draw(sample.info.picture);
    if (this.scoreBlock() >= 0) this.scores.draw(sample.info.prediction, (c) => this.app.labelOf(c));
  }

  private inputBlock(): number {
    const first = this.model.inputs[0];
    return first && first.shape.length >= 2 ? this.blocks.findIndex((b) => b.layers.includes(first.layer)) : -1;
  }

  /** The block whose values are drawn as bars: class scores. */
  private scoreBlock(): number {
    const at = this.blocks.findIndex((b) => b.layers.includes(this.model.outputs[0]));
    return at >= 0 && isVector(this.model.layers[this.shown(at)]) ? at : -1;
  }

  /** Puts everything in its place for the present openness of the layers. */
  private arrange(): void {
    const bars = this.scoreBlock(), extents = this.extents();
    if (this.rowOf.length === 0) this.rowOf = bestRows(this.blocks, extents, this.aspect());
    this.places = placeBlocks(this.blocks, extents, this.rowOf);
    this.places.forEach((place, i) => {
      this.stacks[i].group.position.set(place.x, place.y, 0);
      const plate = this.plates[i], t = this.stacks[i].openness;
      plate.visible = t > 0.02 && i !== bars;
      plate.position.set(place.x, place.y, -0.12);
      plate.scale.set(place.width + 0.8, place.height + 0.8, 1);
      plate.material.opacity = 0.8 * t;
    });
    this.placePanel(this.picture.mesh, this.inputBlock(), true);
    this.placePanel(this.scores.mesh, bars, false);
    this.wires.update(this.blocks, this.places);
  }

  private extents(): Extent[] {
    const extents = this.stacks.map((s) => s.extent()), bars = this.scoreBlock();
    if (bars < 0) return extents;
    const rows = Math.min(10, this.model.layers[this.shown(bars)].maps.width), width = 7;
    extents[bars] = { width, height: Math.max(1, (width * (44 * rows + 8)) / 560), depth: 0 };
    return extents;
  }

  private aspect(): number {
    return Math.max(0.2, this.element.clientWidth / Math.max(1, this.element.clientHeight));
  }

  /** A flat picture in place of a closed stack. */
  private placePanel(mesh: Mesh, block: number, untilOpen: boolean): void {
    const place = this.places[block];
    mesh.visible = place !== undefined && (!untilOpen || this.stacks[block].openness < 0.02);
    if (!place) return;
    mesh.position.set(place.x, place.y, untilOpen ? this.stacks[block].extent().depth / 2 + 0.02 : 0);
    mesh.scale.set(place.width, place.height, 1);
    this.stacks[block].group.visible = !mesh.visible || (untilOpen && this.stacks[block].display.count > 1);
  }

  /** Opens and closes layers, smoothly where motion is welcome. All stays in view, or, where the user has turned the scene,
   *  the layer that was clicked stays where it is. */
  private animate(): void {
    if (this.animating || this.stacks.length === 0) return;
    let last = performance.now();
    const step = (now: number): void => {
      const delta = reducedMotion() ? 1 : Math.min(0.05, (now - last) / 1000) / 0.3;
      last = now;
      const anchor = this.blocks.findIndex((b) => b.shown === this.app.layer), before = this.places[anchor]?.x ?? 0;
      let busy = false;
      for (const stack of this.stacks) {
        const goal = this.app.open.has(stack.layer.index) ? 1 : 0;
        if (stack.openness === goal) continue;
        stack.setOpenness(goal > stack.openness ? Math.min(goal, stack.openness + delta) : Math.max(goal, stack.openness - delta));
        busy ||= stack.openness !== goal;
        this.animating = true;
      }
      if (this.animating) this.arrange();
      if (this.animating && !this.orbit.moved) this.reset();
      else if (this.animating && anchor >= 0) this.orbit.set({ x: this.orbit.pose.x + this.places[anchor].x - before }, true);
      this.animating = busy;
      this.render();
      if (busy) requestAnimationFrame(step);
    };
    step(last);
  }

  private markTags(): void {
    this.tags.forEach((tag, i) => {
      tag.setAttribute('aria-expanded', String(this.app.open.has(this.shown(i))));
      tag.classList.toggle('chosen', this.shown(i) === this.app.layer);
      tag.classList.toggle('frozen', [...this.blocks[i].layers].some((l) => (this.app.frozen.get(l)?.size ?? 0) > 0));
    });
  }

  private useTheme(): void {
    this.wires.useTheme();
    for (const stack of this.stacks) stack.useTheme();
    for (const plate of this.plates) plate.material.color = new Color(theme().panel);
    this.refresh();
    this.markTags();
    this.render();
  }

  /** The pose from which the whole network is seen. */
  reset(): void {
    if (this.places.length === 0) return;
    const points = this.places.flatMap((p, i) => [-1, 1].flatMap((sx) => [-1, 1].flatMap((sy) => [-1, 1].map((sz) =>
      new Vector3(p.x + sx * (p.width / 2 + 1), p.y + (sy * p.height) / 2 - (sy < 0 ? 1.2 : 0), (sz * this.stacks[i].extent().depth) / 2)))));
    const aspect = this.aspect();
    this.orbit.set({ ...home });
    const { camera } = this.orbit;
    const tan = Math.tan((camera.fov * Math.PI) / 360);
    for (let round = 0; round < 6; round++) {
      let left = Infinity, right = -Infinity, low = Infinity, high = -Infinity;
      for (const point of points) {
        const p = point.clone().applyMatrix4(camera.matrixWorldInverse);
        left = Math.min(left, p.x / -p.z); right = Math.max(right, p.x / -p.z);
        low = Math.min(low, p.y / -p.z); high = Math.max(high, p.y / -p.z);
      }
      const { distance } = this.orbit.pose;
      const factor = Math.max((right - left) / (2 * tan * aspect), (high - low) / (2 * tan)) * 1.1;
      const side = new Vector3().setFromMatrixColumn(camera.matrixWorld, 0).multiplyScalar(((left + right) / 2) * distance);
      const up = new Vector3().setFromMatrixColumn(camera.matrixWorld, 1).multiplyScalar(((low + high) / 2) * distance);
      const { x, y, z } = this.orbit.pose;
      this.orbit.set({ distance: Math.max(4, distance * factor), x: x + side.x + up.x, y: y + side.y + up.y, z: z + side.z + up.z });
    }
  }

  private resize(): void {
    const width = this.element.clientWidth, height = this.element.clientHeight;
    if (width === 0 || height === 0) return;
    this.renderer.setPixelRatio(Math.min(devicePixelRatio || 1, 2));
    this.renderer.setSize(width, height);
    this.orbit.camera.aspect = width / height;
    this.orbit.camera.updateProjectionMatrix();
    if (!this.orbit.moved && this.stacks.length > 0) { this.rowOf = []; this.arrange(); this.reset(); }
    this.refresh();
    this.draw();
  }

  private draw(): void {
    if (!this.visible || this.stacks.length === 0) return;
    this.scores.mesh.quaternion.copy(this.orbit.camera.quaternion);  // text is read from the front
    this.renderer.render(this.scene, this.orbit.camera);
    this.placeTags();
  }

  /** Labels stand below their stacks; those that would cover another are left out, except chosen ones. */
  private placeTags(): void {
    const width = this.element.clientWidth, height = this.element.clientHeight, taken: DOMRect[] = [];
    const order = this.tags.map((_, i) => i).sort((a, b) => this.weight(b) - this.weight(a));
    for (const i of order) {
      const place = this.places[i], tag = this.tags[i];
      const p = new Vector3(place.x, place.y - place.height / 2 - 0.25, this.stacks[i].extent().depth / 2).project(this.orbit.camera);
      const x = ((p.x + 1) * width) / 2, y = ((1 - p.y) * height) / 2, w = tag.offsetWidth || 80, h = tag.offsetHeight || 32;
      const box = new DOMRect(x - w / 2 - 2, y, w + 4, h);
      const crowded = taken.some((t) => box.left < t.right && box.right > t.left && box.top < t.bottom && box.bottom > t.top);
      tag.style.transform = `translate(${Math.round(x - w / 2)}px, ${Math.round(y)}px)`;
      tag.classList.toggle('crowded', crowded || p.z > 1);
      if (!crowded) taken.push(box);
    }
  }

  private weight(i: number): number {
    return (this.shown(i) === this.app.layer ? 4 : 0) + (this.app.open.has(this.shown(i)) ? 2 : 0) + (i === 0 || i === this.tags.length - 1 ? 1 : 0) + (this.hovered?.block === i ? 8 : 0);
  }

  /** What is under a point of the window. */
  private pick(clientX: number, clientY: number): { block: number; hit: Hit } | null {
    const box = this.canvas.getBoundingClientRect();
    const caster = new Raycaster();
    caster.setFromCamera(new Vector2(((clientX - box.left) / box.width) * 2 - 1, 1 - ((clientY - box.top) / box.height) * 2), this.orbit.camera);
    let best: { block: number; hit: Hit } | null = null;
    const bars = this.scoreBlock();
    this.stacks.forEach((stack, block) => {
      const hit = block === bars ? this.pickPanel(caster) : stack.pick(caster.ray);
      if (hit && (!best || hit.distance < best.hit.distance)) best = { block, hit };
    });
    return best;
  }

  private pickPanel(caster: Raycaster): Hit | null {
    const found = this.scores.mesh.visible ? caster.intersectObject(this.scores.mesh)[0] : undefined;
    return found ? { channel: 0, y: -1, x: -1, distance: found.distance } : null;
  }

  /** Whether a point is on the plate of an opened layer, beside its maps. */
  private pickPlate(clientX: number, clientY: number): number {
    const box = this.canvas.getBoundingClientRect();
    const caster = new Raycaster();
    caster.setFromCamera(new Vector2(((clientX - box.left) / box.width) * 2 - 1, 1 - ((clientY - box.top) / box.height) * 2), this.orbit.camera);
    return this.plates.findIndex((plate) => plate.visible && caster.intersectObject(plate).length > 0);
  }

  private click(x: number, y: number): void {
    const found = this.pick(x, y);
    if (!found) {
      const plate = this.pickPlate(x, y);
      if (plate >= 0) this.app.toggleOpen(this.shown(plate));
      return;
    }
    const { block, hit } = found, layer = this.shown(block);
    if (block === this.scoreBlock()) { this.app.selectLayer(layer); return; }
    if (!this.app.open.has(layer)) { this.leave(); this.app.toggleOpen(layer); return; }
    const vector = isVector(this.model.layers[layer]);
    const unit = hit.y * this.stacks[block].display.width + hit.x;
    const target = freezableIn(this.blocks[block], this.model);
    if (this.app.freezing && target !== null) this.onFreeze(target, vector ? unit : hit.channel);
    else this.app.showDetail(vector ? { layer, channel: 0, y: 0, x: unit } : { layer, channel: hit.channel, y: hit.y, x: hit.x });
  }

  private hover(x: number, y: number): void {
    const found = this.pick(x, y);
    if (!found && !this.hovered) return;
    if (this.hovered && this.hovered.block !== found?.block) this.stacks[this.hovered.block].hover(null);
    this.hovered = found;
    const open = found && this.stacks[found.block].openness > 0.5;
    if (found) this.stacks[found.block].hover(open ? found.hit : null);
    this.canvas.style.cursor = found ? 'pointer' : 'grab';
    this.showField(found);
    this.showTip(found, x, y);
    this.render();
  }

  private leave(): void {
    if (this.hovered) this.stacks[this.hovered.block].hover(null);
    this.hovered = null;
    this.showField(null);
    this.tip.classList.add('hidden');
    this.render();
  }

  /** The receptive field of the value under the pointer, as a pyramid to the input. */
  private showField(found: { block: number; hit: Hit } | null): void {
    const input = this.inputBlock();
    const region = found && found.hit.y >= 0 && this.stacks[found.block].openness > 0.5 && found.block !== input
      ? fieldOf(this.model, this.shown(found.block), found.hit.y, found.hit.x) : null;
    this.app.setField(region);
    if (!found || !region || input < 0) { this.wires.showField(null, null); return; }
    const stack = this.stacks[input];
    const [y0, y1, x0, x1] = region;
    const at = (y: number, x: number, corner: number): Vector3 => stack.cellCorners(0, y, x)[corner];
    this.wires.showField(this.stacks[found.block].cellCorners(found.hit.channel, found.hit.y, found.hit.x),
      [at(y0, x0, 0), at(y0, x1 - 1, 1), at(y1 - 1, x1 - 1, 2), at(y1 - 1, x0, 3)]);
  }

  private showTip(found: { block: number; hit: Hit } | null, x: number, y: number): void {
    this.tip.classList.toggle('hidden', !found);
    if (!found) return;
    const { block, hit } = found, layer = this.model.layers[this.shown(block)];
    const lines: (string | HTMLElement)[] = [el('strong', {}, el('bdi', {}, printable(this.blocks[block].title, 60))), this.blocks[block].kind, shapeText(layer.shape)];
    if (this.stacks[block].openness > 0.5 && hit.y >= 0) lines.push(this.valueLine(block, hit));
    else if (this.stacks[block].display.count > 1) lines.push(`map ${this.stacks[block].front}, the most active, in front`);
    if (this.stacks[block].openness < 0.5) lines.push(...specification(this.model.layers[this.blocks[block].layers[0]]).slice(0, 4).map(([name, value]) => `${name} ${value}`));
    this.tip.replaceChildren(...lines.map((line) => el('div', {}, line)));
    const box = this.element.getBoundingClientRect();
    const left = Math.min(x - box.left + 14, box.width - this.tip.offsetWidth - 8), top = Math.min(y - box.top + 14, box.height - this.tip.offsetHeight - 8);
    this.tip.style.transform = `translate(${Math.max(4, left)}px, ${Math.max(4, top)}px)`;
  }

  private valueLine(block: number, hit: Hit): string {
    const layer = this.model.layers[this.shown(block)], { display } = this.stacks[block];
    const values = this.sample && this.app.values.get(this.sample.info.id, layer.index);
    const index = hit.channel * display.cells + hit.y * display.width + hit.x;
    const value = values && index < values.values.length ? precise(values.values[index]) : '';
    return isVector(layer) ? `unit ${hit.y * display.width + hit.x}: ${value}` : `map ${hit.channel}, row ${hit.y}, column ${hit.x}: ${value}`;
  }

  /** The view as a picture, labels included. */
  picture2d(): HTMLCanvasElement {
    this.renderer.render(this.scene, this.orbit.camera);
    const out = document.createElement('canvas'), ratio = this.canvas.width / this.element.clientWidth;
    out.width = this.canvas.width;
    out.height = this.canvas.height;
    const context = out.getContext('2d')!;
    context.fillStyle = theme().background;
    context.fillRect(0, 0, out.width, out.height);
    context.drawImage(this.canvas, 0, 0);
    context.scale(ratio, ratio);
    context.textAlign = 'center';
    for (const tag of this.tags) drawTag(context, tag);
    return out;
  }
}

function drawTag(context: CanvasRenderingContext2D, tag: HTMLElement): void {
  if (tag.classList.contains('crowded')) return;
  const [x, y] = (tag.style.transform.match(/-?[\d.]+/g) ?? ['0', '0']).map(Number);
  const middle = x + tag.offsetWidth / 2;
  context.fillStyle = theme().ink;
  context.font = '600 12px "Liberation Sans", Arial, sans-serif';
  context.fillText(tag.firstChild?.textContent ?? '', middle, y + 14);
  context.fillStyle = theme().muted;
  context.font = '11px "Liberation Sans", Arial, sans-serif';
  context.fillText(tag.lastChild?.textContent ?? '', middle, y + 28);
}
