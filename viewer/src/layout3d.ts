// Where the blocks stand in the 3D scene: from left to right by rank, branches one above the other.
import type { Block } from './blocks';
import type { Extent } from './stack3d';

export interface Place { x: number; y: number; width: number; height: number }

const gap = 2.1;
const rowGap = 2.6;

export function placeBlocks(blocks: readonly Block[], extents: readonly Extent[]): Place[] {
  const rowHeight = rowGap + Math.max(...blocks.filter((b) => blocks.some((o) => o !== b && o.rank === b.rank)).map((b) => extents[b.index].height), 2);
  const widths: number[] = [];
  for (const block of blocks) widths[block.rank] = Math.max(widths[block.rank] ?? 0, extents[block.index].width);
  const middles: number[] = [];
  let x = 0;
  widths.forEach((width, rank) => { middles[rank] = x + width / 2; x += width + gap; });
  const middle = (x - gap) / 2;
  return blocks.map((block) => ({
    x: middles[block.rank] - middle, y: -block.lane * rowHeight, width: extents[block.index].width, height: extents[block.index].height }));
}
