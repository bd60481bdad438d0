// The names of the blocks in the 3D scene: buttons that stand below the stacks and open them, also by keys.
import { Vector3, type Camera } from 'three';
import type { Block } from './blocks';
import { theme } from './colours';
import { el, printable } from './dom';
import type { Place } from './layout3d';
import { clamp, shapeText } from './numbers';
import type { App } from './state';

/** The name with the shape below; alone; its first words by their first letters, "b3_conv2"; all words so, "b3c2". */
const forms = [(name: string) => name, (name: string) => name, shortWords, initials];
type Size = { width: number; height: number };

/** Ends with the last letters, in which long names differ. */
function lastLetters(name: string): string {
  return name.length > 8 ? `…${name.slice(-7)}` : name;
}

/** A word by its first letter and its numbers. */
function initial(word: string): string {
  return (Array.from(word)[0] ?? '') + (word.slice(1).match(/\d+/g) ?? []).join('_');
}

/** The words of a name; a number alone belongs to the word before it: "max", "pooling2d_1". */
function wordsOf(name: string): string[] {
  return name.match(/[^_/.\s-]+(?:[_.\s-]+\d+(?![^_/.\s-]))?/g) ?? [name];
}

function shortWords(name: string): string {
  const words = wordsOf(name);
  if (name.length <= 8) return name;
  return words.length < 2 ? lastLetters(name) : [...words.slice(0, -1).map(initial), words[words.length - 1]].join('_');
}

function initials(name: string): string {
  const words = wordsOf(name);
  return lastLetters(words.length < 2 ? name : words.map(initial).join(''));
}

/** What each name says in each form. Where another would say the same, it says what it does in the form before. */
function textsOf(names: readonly string[]): string[][] {
  const texts = names.map((name) => [name]);
  for (const form of forms.slice(1)) {
    const all = names.map(form);
    const first = new Map<string, string>();
    const shared = new Set<string>();
    all.forEach((text, i) => {
      if ((first.get(text) ?? names[i]) !== names[i]) shared.add(text);
      first.set(text, names[i]);
    });
    all.forEach((text, i) => texts[i].push(shared.has(text) ? texts[i][texts[i].length - 1] : text));
  }
  return texts;
}

function setForm(tag: HTMLElement, form: number, text: string): void {
  tag.classList.toggle('brief', form > 0);
  if (tag.firstChild!.textContent === text) return;
  tag.firstChild!.textContent = text;
  if (text === tag.dataset.name) tag.removeAttribute('aria-label');
  else tag.setAttribute('aria-label', `${tag.dataset.name}, ${text}`); // what is seen is a part of what is said
}

/** Centred below or above a projected point, inside the window. */
function boxAt(at: Vector3, size: Size, above: boolean, width: number, height: number): DOMRect {
  const left = ((at.x + 1) * width - size.width) / 2;
  const top = ((1 - at.y) * height) / 2 - (above ? size.height : 0);
  const inside = (from: number, size: number, room: number): number => clamp(from, 2, Math.max(2, room - size - 2));
  const seen = Math.abs(at.x) < 1 && Math.abs(at.y) < 1; // it is not pulled in from outside
  return seen
    ? new DOMRect(inside(left, size.width, width), inside(top, size.height, height), size.width, size.height)
    : new DOMRect(left, top, size.width, size.height);
}

export class Tags {
  readonly element = el('div.labels');
  private tags: HTMLButtonElement[] = [];
  private texts: string[][] = []; // of each tag, in each form
  private sizes: Size[][] = []; // of each tag, in each form; empty until it is measured

  constructor(private app: App) {}

  build(): void {
    this.tags = this.app.blocks.map((block) => this.make(block));
    this.texts = textsOf(this.tags.map((tag) => tag.dataset.name!));
    this.element.replaceChildren(...this.tags);
    this.sizes = [];
  }

  private make(block: Block): HTMLButtonElement {
    const layer = this.app.model!.layers[block.shown];
    const name = printable(block.title, 28);
    const open = (): void => this.app.toggleOpen(block.shown);
    return el(
      'button.tag',
      { type: 'button', onclick: open, title: name, 'data-name': name },
      el('bdi', {}, name),
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
    this.sizes = []; // a mark of frozen ones takes room
  }

  /** The sizes of a tag in each form, smallest last. */
  private measured(): Size[][] {
    if (this.sizes.length > 0 || this.element.offsetWidth === 0) return this.sizes;
    for (const form of forms.keys()) {
      this.tags.forEach((tag, i) => setForm(tag, form, this.texts[i][form]));
      this.tags.forEach((tag, i) => (this.sizes[i] ??= []).push(tag.getBoundingClientRect()));
    }
    return this.sizes;
  }

  /** Puts them below their stacks, or above where there is no room, so that none covers another; one for which there is
   *  no room at all is left out. Where there is more room they say more; chosen and opened ones come first. */
  place(places: readonly Place[], depths: readonly number[], camera: Camera, hovered: number): void {
    const sizes = this.measured();
    if (sizes.length === 0) return;
    const { clientWidth: width, clientHeight: height } = this.element;
    const order = this.tags.map((_, i) => i).sort((a, b) => this.weight(b, hovered) - this.weight(a, hovered));
    const ends = places.map(({ x, y, height: tall }, i) =>
      [-1, 1].map((side) => new Vector3(x, y + side * (tall / 2 + 0.25), depths[i] / 2).project(camera)),
    );
    const boxOf = (i: number, form: number, above: boolean): DOMRect =>
      boxAt(ends[i][above ? 1 : 0], sizes[i][form], above, width, height);
    const chosen = new Map<number, { form: number; above: boolean; box: DOMRect }>();
    const free = (i: number, box: DOMRect): boolean =>
      ![...chosen].some(([other, taken]) => other !== i && overlap(taken.box, box));
    const smallest = forms.length - 1;
    for (const i of order)
      for (const above of [false, true]) {
        const box = boxOf(i, smallest, above);
        if (!chosen.has(i) && ends[i][0].z <= 1 && free(i, box)) chosen.set(i, { form: smallest, above, box });
      }
    for (let form = smallest - 1; form >= 0; form--)
      for (const i of order) {
        const now = chosen.get(i);
        const box = now && boxOf(i, form, now.above);
        if (now && box && now.form === form + 1 && free(i, box)) chosen.set(i, { ...now, form, box });
      }
    this.tags.forEach((tag, i) => {
      const now = chosen.get(i) ?? { form: smallest, box: boxOf(i, smallest, false) };
      setForm(tag, now.form, this.texts[i][now.form]);
      tag.style.transform = `translate(${Math.round(now.box.x)}px, ${Math.round(now.box.y)}px)`;
      tag.classList.toggle('crowded', !chosen.has(i));
    });
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
      context.fillStyle = theme().background;
      context.globalAlpha = 0.75;
      context.fillRect(x, y, tag.offsetWidth, tag.offsetHeight);
      context.globalAlpha = 1;
      context.fillStyle = theme().ink;
      context.font = '600 12px "Liberation Sans", Arial, sans-serif';
      context.fillText(tag.firstChild?.textContent ?? '', middle, y + 14);
      if (tag.classList.contains('brief')) continue;
      context.fillStyle = theme().muted;
      context.font = '11px "Liberation Sans", Arial, sans-serif';
      context.fillText(tag.lastChild?.textContent ?? '', middle, y + 28);
    }
  }
}

const apart = 1; // px; places are rounded

function overlap(a: DOMRect, b: DOMRect): boolean {
  return (
    a.left < b.right + apart && a.right + apart > b.left && a.top < b.bottom + apart && a.bottom + apart > b.top
  );
}
