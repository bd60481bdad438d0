// Where the blocks stand in the 3D scene: from left to right by rank, branches one above the other, long networks in rows.
import type { Block } from './blocks';
import type { Extent } from './stack3d';

export interface Place {
  x: number;
  y: number;
  width: number;
  height: number;
  row: number;
  rowTop: number;
}

const gap = 2.1; // between blocks
const laneGap = 2.6; // between branches
const rowGap = 3.4; // between rows, for names and the connection

/** The size of each rank: its widest block, and its branches. */
function rankSizes(
  blocks: readonly Block[],
  extents: readonly Extent[],
): { width: number; height: number; lane: number }[] {
  const ranks: Block[][] = [];
  for (const block of blocks) (ranks[block.rank] ??= []).push(block);
  return ranks.map((row) => {
    const width = Math.max(...row.map((b) => extents[b.index].width));
    const tallest = Math.max(...row.map((b) => extents[b.index].height));
    const lanes = Math.max(...row.map((b) => Math.abs(b.lane)));
    return { width, height: tallest + 2 * lanes * (tallest + laneGap), lane: tallest + laneGap };
  });
}

/** Ranks in `rows` rows of about equal width: the row of each rank. */
export function rowsOf(blocks: readonly Block[], extents: readonly Extent[], rows: number): number[] {
  const widths = rankSizes(blocks, extents).map((r) => r.width + gap);
  const total = widths.reduce((a, b) => a + b, 0);
  let before = 0;
  return widths.map((width) => {
    const row = Math.min(rows - 1, Math.floor(((before + width / 2) / total) * rows));
    before += width;
    return row;
  });
}

export function placeBlocks(blocks: readonly Block[], extents: readonly Extent[], rowOf: readonly number[]): Place[] {
  const ranks = rankSizes(blocks, extents);
  const lane = Math.max(...ranks.filter((r) => r.height > r.lane - laneGap).map((r) => r.lane), 0);
  const middles: number[] = [];
  const ends: number[] = [];
  const heights: number[] = [];
  ranks.forEach((rank, r) => {
    const row = rowOf[r];
    const x = ends[row] ?? 0;
    middles[r] = x + rank.width / 2;
    ends[row] = x + rank.width + gap;
    heights[row] = Math.max(heights[row] ?? 0, rank.height);
  });
  const widest = Math.max(...ends) - gap;
  const tops: number[] = [];
  heights.forEach((height, row) => {
    tops[row] = row === 0 ? height / 2 : tops[row - 1] - heights[row - 1] / 2 - rowGap - height / 2;
  });
  return blocks.map((block) => {
    const row = rowOf[block.rank];
    const { width, height } = extents[block.index];
    return {
      x: middles[block.rank] - widest / 2,
      y: tops[row] - block.lane * lane,
      width,
      height,
      row,
      rowTop: tops[row] + heights[row] / 2,
    };
  });
}

/** The number of rows with which the network fills a window best. */
export function bestRows(blocks: readonly Block[], extents: readonly Extent[], aspect: number): number[] {
  let best = rowsOf(blocks, extents, 1);
  let largest = 0;
  const ranks = Math.max(...blocks.map((b) => b.rank)) + 1;
  for (let rows = 1; rows <= Math.min(6, Math.ceil(ranks / 2)); rows++) {
    const rowOf = rowsOf(blocks, extents, rows);
    const places = placeBlocks(blocks, extents, rowOf);
    const width =
      3 + Math.max(...places.map((p) => p.x + p.width / 2)) - Math.min(...places.map((p) => p.x - p.width / 2));
    const height =
      2 + Math.max(...places.map((p) => p.y + p.height / 2)) - Math.min(...places.map((p) => p.y - p.height / 2));
    const scale = Math.min(aspect / width, 1 / height);
    if (scale > largest * 1.12) {
      largest = scale;
      best = rowOf;
    }
  }
  return best;
}
