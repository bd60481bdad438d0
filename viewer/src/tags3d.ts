// The names of the blocks in the 3D scene: buttons that stand below the stacks and open them, also by keys.
import { Vector3, type Camera } from 'three';
import type { Block } from './blocks';
import { theme } from './colours';
import { el, printable } from './dom';
import type { Place } from './layout3d';
import { shapeText } from './numbers';
import type { App } from './state';

export class Tags {
  readonly element = el('div.labels');
  private tags: HTMLButtonElement[] = [];

  constructor(private app: App) {}

  build(): void {
    this.tags = this.app.blocks.map((block) => this.make(block));
    this.element.replaceChildren(...this.tags);
  }

  private make(block: Block): HTMLButtonElement {
    const layer = this.app.model!.layers[block.shown];
    const open = (): void => this.app.toggleOpen(block.shown);
    return el(
      'button.tag',
      { type: 'button', onclick: open },
      el('bdi', {}, printable(block.title, 28)),
      el('small', {}, shapeText(layer.shape)),
    );
  }

  /** Which blocks are open, chosen, frozen. */
  mark(): void {
    const { app } = this;
    this.tags.forEach((tag, i) => {
      const block = app.blocks[i];
      tag.setAttribute('aria-expanded', String(app.open.has(block.shown)));
      tag.classList.toggle('chosen', block.shown === app.layer);
      const frozen = block.layers.some((l) => (app.frozen.get(l)?.size ?? 0) > 0);
      tag.classList.toggle('frozen', frozen);
    });
  }

  /** Puts them below their stacks. Those that would cover another are left out; chosen and opened ones come first. */
  place(places: readonly Place[], depths: readonly number[], camera: Camera, hovered: number): void {
    const { clientWidth: width, clientHeight: height } = this.element;
    const taken: DOMRect[] = [];
    const order = this.tags.map((_, i) => i).sort((a, b) => this.weight(b, hovered) - this.weight(a, hovered));
    for (const i of order) {
      const { x, y, height: tall } = places[i];
      const at = new Vector3(x, y - tall / 2 - 0.25, depths[i] / 2).project(camera);
      const tag = this.tags[i];
      const w = tag.offsetWidth || 80;
      const box = new DOMRect(
        ((at.x + 1) * width - w) / 2 - 2,
        ((1 - at.y) * height) / 2,
        w + 4,
        tag.offsetHeight || 32,
      );
      const crowded = taken.some((t) => overlap(t, box));
      tag.style.transform = `translate(${Math.round(box.x + 2)}px, ${Math.round(box.y)}px)`;
      tag.classList.toggle('crowded', crowded || at.z > 1);
      if (!crowded) taken.push(box);
    }
  }

  private weight(i: number, hovered: number): number {
    const layer = this.app.blocks[i].shown;
    const end = i === 0 || i === this.tags.length - 1;
    return (
      (hovered === i ? 8 : 0) + (layer === this.app.layer ? 4 : 0) + (this.app.open.has(layer) ? 2 : 0) + Number(end)
    );
  }

  /** Draws those that can be seen into a picture. */
  draw(context: CanvasRenderingContext2D): void {
    context.textAlign = 'center';
    for (const tag of this.tags) {
      if (tag.classList.contains('crowded')) continue;
      const [x, y] = (tag.style.transform.match(/-?[\d.]+/g) ?? ['0', '0']).map(Number);
      const middle = x + tag.offsetWidth / 2;
      context.fillStyle = theme().ink;
      context.font = '600 12px "Liberation Sans", Arial, sans-serif';
      context.fillText(tag.firstChild?.textContent ?? '', middle, y + 14);
      context.fillStyle = theme().muted;
      context.font = '11px "Liberation Sans", Arial, sans-serif';
      context.fillText(tag.lastChild?.textContent ?? '', middle, y + 28);
    }
  }
}

function overlap(a: DOMRect, b: DOMRect): boolean {
  return a.left < b.right && a.right > b.left && a.top < b.bottom && a.bottom > b.top;
}
