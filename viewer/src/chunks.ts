// Datasets in the chunks of HDF5 1.10 (libver='latest', layout message of version 4), which jsfive does not read: one chunk, or
// chunks in order, or a fixed array of them. Datasets that can grow have other indices. What the file says is not trusted.
import { Filters, type Dataset } from 'jsfive';
import { FileError } from './file_error';

const single = 1, fixedArray = 3;  // 2: all chunks one after another
const mostChunkBytes = 2 ** 30, mostChunks = 2 ** 22;
const nowhere = 0xffffffffffffffffn;

/** Where a chunk is. `bytes`: as it is stored; `skipped`: bits of the filters that were not applied to it. */
interface Chunk { at: number; bytes: number; skipped: number }

interface Layout { shape: number[]; bytes: number; index: number; unfilteredEdges: boolean; chunks(count: number): (Chunk | null)[] }

const product = (sizes: readonly number[]): number => sizes.reduce((n, size) => n * size, 1);

/** The layout in a message at `at`, of version 4. */
function layoutOf(view: DataView, at: number, rank: number, itemSize: number): Layout {
  const flags = view.getUint8(at + 2), axes = view.getUint8(at + 3), width = view.getUint8(at + 4);
  if (axes !== rank + 1 || width < 1 || width > 8) throw new FileError('damaged: chunks of another rank');
  const axis = (k: number): number => {
    let size = 0;
    for (let byte = width - 1; byte >= 0; byte--) size = size * 256 + view.getUint8(at + 5 + k * width + byte);
    return size;
  };
  const shape = Array.from({ length: rank }, (_, k) => axis(k)), bytes = product(shape) * itemSize;
  if (!(bytes > 0 && bytes <= mostChunkBytes)) throw new FileError('damaged: a chunk of no size');
  const next = at + 5 + axes * width, index = view.getUint8(next);
  const chunks = (count: number): (Chunk | null)[] => {
    if (index === fixedArray) return fixedChunks(view, view.getBigUint64(next + 2, true), count, bytes);
    if (index === single ? count !== 1 : count * bytes > view.byteLength) throw new FileError('damaged: chunks are missing');
    const filtered = index === single && (flags & 2) !== 0;
    const address = view.getBigUint64(next + 1 + (filtered ? 12 : 0), true);
    const size = filtered ? Number(view.getBigUint64(next + 1, true)) : bytes;
    const skipped = filtered ? view.getUint32(next + 9, true) : 0;
    return Array.from({ length: count }, (_, k) => chunkAt(address, size, skipped, k * bytes));
  };
  return { shape, bytes, index, unfilteredEdges: (flags & 1) !== 0, chunks };
}

function chunkAt(address: bigint, bytes: number, skipped: number, further = 0): Chunk | null {
  return address === nowhere ? null : { at: Number(address) + further, bytes, skipped };
}

const signature = (view: DataView, at: number): string =>
  String.fromCharCode(...[0, 1, 2, 3].map((k) => view.getUint8(at + k)));

/** The entries of a fixed array, in pages if they are many; null for a chunk that was never written. */
function fixedChunks(view: DataView, header: bigint, count: number, bytes: number): (Chunk | null)[] {
  const at = Number(header);
  if (header === nowhere) return new Array<null>(count).fill(null);
  if (signature(view, at) !== 'FAHD') throw new FileError('damaged: no array of chunks');
  const filtered = view.getUint8(at + 5) === 1, entry = view.getUint8(at + 6), perPage = 2 ** view.getUint8(at + 7);
  const entries = Number(view.getBigUint64(at + 8, true)), block = view.getBigUint64(at + 16, true);
  if (entries !== count || entry < (filtered ? 13 : 8)) throw new FileError('damaged: chunks are missing');
  if (block === nowhere) return new Array<null>(count).fill(null);
  const pages = count > perPage ? Math.ceil(count / perPage) : 0;
  const first = Number(block) + 14 + Math.ceil(pages / 8) + (pages > 0 ? 4 : 0);  // a checksum stands before pages
  const written = (page: number): boolean =>
    pages === 0 || (view.getUint8(Number(block) + 14 + (page >> 3)) & (128 >> (page & 7))) !== 0;
  return Array.from({ length: count }, (_, k) => {
    const page = Math.floor(k / perPage), from = first + k * entry + (pages > 0 ? 4 * page : 0);
    if (!written(page)) return null;
    const address = view.getBigUint64(from, true);
    if (!filtered) return chunkAt(address, bytes, 0);
    let size = 0;
    for (let byte = entry - 13; byte >= 0; byte--) size = size * 256 + view.getUint8(from + 8 + byte);
    return chunkAt(address, size, view.getUint32(from + entry - 4, true));
  });
}

/** The bytes of a chunk after its filters. */
function unpacked(dataset: Dataset, { at, bytes, skipped }: Chunk, expected: number, plain: boolean, itemSize: number): DataView {
  const { fh, filter_pipeline: filters } = dataset._dataobjects;
  let data = fh.slice(at, at + bytes);
  for (const [k, filter] of [...(plain ? [] : (filters ?? [])).entries()].reverse())
    if ((skipped & (1 << k)) === 0) data = Filters.get(filter.get('filter_id')!)!(data, itemSize);
  if (data.byteLength < expected) throw new FileError('damaged: a chunk is cut short');
  return new DataView(data);
}

/** How a number is read: by jsfive's names of types, "<f4". */
function reader(dtype: string): { size: number; read: (view: DataView, at: number) => number } {
  const [, order, kind, width] = /^([<>|=]?)([fiu])([1248])$/.exec(dtype) ?? [];
  const name = `get${kind === 'f' ? 'Float' : `${width === '8' ? 'Big' : ''}${kind === 'i' ? 'Int' : 'Uint'}`}${8 * Number(width)}`;
  const get = (DataView.prototype as unknown as Record<string, (at: number, little: boolean) => number | bigint>)[name];
  if (!get) throw new FileError(`numbers of type ${dtype} in chunks, which a page cannot read`);
  return { size: Number(width), read: (view, at) => Number(get.call(view, at, order !== '>')) };
}

/** Whether `chunkedNumbers` reads the layout message of version 4 at `at`. */
export function isKnownIndex(view: DataView, at: number): boolean {
  const index = view.getUint8(at + 5 + view.getUint8(at + 3) * view.getUint8(at + 4));
  return index >= single && index <= fixedArray;
}

/** The numbers of a dataset with such a layout message; chunks that were never written are 0. */
export function chunkedNumbers(dataset: Dataset, at: number, dtype: string): Float32Array {
  const { size: itemSize, read } = reader(dtype);
  const shape = [...dataset.shape], rank = shape.length, numbers = new Float32Array(product(shape));
  const layout = layoutOf(new DataView(dataset._dataobjects.fh), at, rank, itemSize);
  const grid = shape.map((n, k) => Math.ceil(n / layout.shape[k]!));
  if (numbers.length === 0) return numbers;
  if (product(grid) > mostChunks) throw new FileError('too many chunks');
  layout.chunks(product(grid)).forEach((chunk, c) => {
    if (!chunk) return;
    const from = shape.map((_, k) => (Math.floor(c / product(grid.slice(k + 1))) % grid[k]!) * layout.shape[k]!);
    const edge = from.some((begin, k) => begin + layout.shape[k]! > shape[k]!);
    const data = unpacked(dataset, chunk, layout.bytes, layout.unfilteredEdges && edge, itemSize);
    const copy = (axis: number, source: number, target: number): void => {
      const inside = Math.min(layout.shape[axis]!, shape[axis]! - from[axis]!);
      for (let i = 0; i < inside; i++) {
        const s = source * layout.shape[axis]! + i, t = target * shape[axis]! + from[axis]! + i;
        if (axis + 1 < rank) copy(axis + 1, s, t);
        else numbers[t] = read(data, s * itemSize);
      }
    };
    copy(0, 0, 0);
  });
  return numbers;
}
