// What is said of the block or value under the pointer.
import type { Block } from './blocks';
import { isVector } from './display';
import { el, printable } from './dom';
import { precise, shapeText } from './numbers';
import type { Activation, ModelInfo } from './protocol';
import { specification } from './specification';
import type { Hit, Stack } from './stack3d';

export class Tip {
  readonly element = el('div.tip.hidden', { role: 'presentation' });

  hide(): void {
    this.element.classList.add('hidden');
  }

  /** Beside the point (x, y) of a room. */
  show(lines: (string | HTMLElement)[], x: number, y: number, room: DOMRect): void {
    const { element } = this;
    element.classList.remove('hidden');
    element.replaceChildren(...lines.map((line) => el('div', {}, line)));
    const left = Math.min(x - room.left + 14, room.width - element.offsetWidth - 8);
    const top = Math.min(y - room.top + 14, room.height - element.offsetHeight - 8);
    element.style.transform = `translate(${Math.max(4, left)}px, ${Math.max(4, top)}px)`;
  }
}

/** Name, kind, shape; then the value of an opened layer, or what the layer is made of. */
export function blockLines(
  model: ModelInfo,
  block: Block,
  stack: Stack,
  hit: Hit,
  values: Activation | undefined,
): (string | HTMLElement)[] {
  const lines: (string | HTMLElement)[] = [
    el('strong', {}, el('bdi', {}, printable(block.title, 60))),
    block.kind,
    shapeText(model.layers[block.shown].shape),
  ];
  if (stack.openness > 0.5) return hit.y >= 0 ? [...lines, valueLine(stack, hit, values)] : lines;
  if (stack.display.count > 1) lines.push(`map ${stack.front}, the most active, in front`);
  const parts = specification(model.layers[block.layers[0]]).slice(0, 4);
  return [...lines, ...parts.map(([name, value]) => `${name} ${value}`)];
}

function valueLine({ display, layer }: Stack, hit: Hit, values: Activation | undefined): string {
  const place = hit.y * display.width + hit.x;
  const index = hit.channel * display.cells + place;
  const value = values && index < values.values.length ? precise(values.values[index]) : '';
  return isVector(layer) ? `unit ${place}: ${value}` : `map ${hit.channel}, row ${hit.y}, column ${hit.x}: ${value}`;
}
