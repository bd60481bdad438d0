// Takes a dropped .h5 or .keras file apart (jsfive reads HDF5) and puts its texts and arrays into one block of bytes, from
// which lib/nv/keras/memory_file makes the model as it does from a file. Runs in a worker: a hostile file may make
// jsfive loop, or fail in any way.
import { chunkedNumbers, isKnownIndex } from './chunks';
import { Dataset, File, Filters, Group } from 'jsfive';
import { FileError } from './file_error';
import { isZip, zipEntries, type ZipEntry } from './zip';

const magic = 'nvfile01';
const mostObjects = 100_000, mostDepth = 40, mostNumbers = 2 ** 28;
const mostConfig = 64e6, mostMetadata = 1e6, mostWeights = 2 ** 30;  // bytes of the parts of an archive

/** What this page cannot read, and nv can. */
const byNv = '“nv view FILE -o page.html” makes a page of it';

interface GroupTexts { path: string; texts: Record<string, string | string[]> }
interface StoredDataset { path: string; shape: number[]; dtype: string; at: number | null }

/** NumPy's names of the types that jsfive calls '<f4', '>i8', ... */
function typeName(dtype: unknown): string | null {
  const match = typeof dtype === 'string' ? /^[<>|=]?([fiu])(\d)$/.exec(dtype) : null;
  if (!match) return null;
  return `${{ f: 'float', i: 'int', u: 'uint' }[match[1] as 'f' | 'i' | 'u']}${8 * Number(match[2])}`;
}

/** A text, or texts, as HDF5 holds them: padded with zeros. Null for other attributes. */
function textsOf(value: unknown): string | string[] | null {
  const plain = (text: string): string => text.split('\0', 1)[0]!;
  if (typeof value === 'string') return plain(value);
  if (!Array.isArray(value)) return null;
  if (value.every((item) => typeof item === 'string')) return value.map((item: string) => plain(item));
  return value.length === 0 ? [] : null;
}

const layoutMessage = 8;  // the type of the header's message about where a dataset's numbers are
const filterNames: Record<number, string> = { 4: 'szip', 5: 'nbit', 6: 'scale-offset', 32000: 'lzf', 32015: 'zstd' };

const inHeader = 0, inChunks = 2;  // kinds of layout

/** Where a dataset's numbers are: the layout message of its header. */
function layoutOf(dataset: Dataset): { at: number; version: number; kind: number } {
  const { fh } = dataset._dataobjects, view = new DataView(fh);
  const at = dataset._dataobjects.find_msg_type(layoutMessage)[0]?.get('offset_to_message') ?? 0;
  const version = view.getUint8(at);
  return { at, version, kind: view.getUint8(at + (version < 3 ? 2 : 1)) };
}

/** Why neither jsfive nor chunks.ts can read a dataset, after "is"; '' if one can. */
function hindranceTo(dataset: Dataset): string {
  const { fh, filter_pipeline: filters } = dataset._dataobjects;
  const { at, version, kind } = layoutOf(dataset);
  if (kind === inHeader) return 'stored in its header';
  if (kind > inChunks) return 'stored in other files';
  if (version === 4 && kind === inChunks && !isKnownIndex(new DataView(fh), at)) return 'stored in chunks that may grow';
  const unknown = (filters ?? []).map((f) => f.get('filter_id') ?? 0).find((id) => !Filters.has(id));
  return unknown === undefined ? '' : `compressed with ${filterNames[unknown] ?? `filter ${unknown}`}`;
}

class Tree {
  readonly groups: GroupTexts[] = [];
  readonly datasets: StoredDataset[] = [];
  readonly arrays: Float32Array[] = [];
  private numbers = 0;
  private objects = 0;

  visit(group: Group, path: string, depth: number): void {
    const texts: GroupTexts['texts'] = Object.create(null);
    for (const [name, value] of Object.entries(group.attrs)) {
      const text = textsOf(value);
      if (text !== null) texts[name] = text;
    }
    this.groups.push({ path, texts });
    for (const name of group.keys) {
      if (++this.objects > mostObjects || depth > mostDepth) throw new FileError('too many groups');
      if (typeof group._links[name] === 'string') continue;  // a link that leads elsewhere
      const member = group.get(name);
      const memberPath = path === '' ? name : `${path}/${name}`;
      if (member instanceof Group) this.visit(member, memberPath, depth + 1);
      else if (member instanceof Dataset) this.add(member, memberPath);
    }
  }

  private add(dataset: Dataset, path: string): void {
    const shape = [...dataset.shape], dtype = typeName(dataset.dtype);
    const size = shape.reduce((product, n) => product * n, 1);
    if (!Number.isSafeInteger(size) || size < 0 || this.numbers + size > mostNumbers) throw new FileError(`dataset ${path} is too large`);
    if (dtype === null) {
      this.datasets.push({ path, shape, dtype: String(dataset.dtype), at: null });
      return;
    }
    const hindrance = hindranceTo(dataset);
    if (hindrance) throw new FileError(`dataset ${path} is ${hindrance}, which a page cannot read: ${byNv}`);
    const { at, version, kind } = layoutOf(dataset);
    const chunked = version === 4 && kind === inChunks;
    const value = chunked ? chunkedNumbers(dataset, at, String(dataset.dtype)) : dataset.value;
    if (value.length !== size) throw new FileError(`dataset ${path} holds ${value.length} numbers, not ${size}`);
    this.datasets.push({ path, shape, dtype, at: this.numbers });
    this.arrays.push(Float32Array.from(value as ArrayLike<number>));
    this.numbers += size;
  }

  /** The block of bytes; `more` are further keys of its JSON. */
  bytes(more: object): Uint8Array {
    const text = new TextEncoder().encode(JSON.stringify({ ...more, groups: this.groups, datasets: this.datasets }));
    const begin = Math.ceil((16 + text.length) / 4) * 4;
    const block = new Uint8Array(begin + 4 * this.numbers), numbers = new Float32Array(block.buffer, begin);
    block.set(new TextEncoder().encode(magic));
    new DataView(block.buffer).setBigUint64(8, BigInt(text.length), true);
    block.set(text, 16);
    let at = 0;
    for (const array of this.arrays) {
      numbers.set(array, at);
      at += array.length;
    }
    return block;
  }
}

/** Where the HDF5 file begins: a user block of 512 bytes, 1024, ... may be in front. -1: nowhere. */
function hdf5Offset(bytes: Uint8Array): number {
  const signature = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];
  for (let at = 0; at < bytes.length; at = at === 0 ? 512 : 2 * at)
    if (signature.every((byte, i) => bytes[at + i] === byte)) return at;
  return -1;
}

/** Throws FileError for a file that is shorter than its superblock says. */
function checkLength(file: ArrayBuffer): void {
  const view = new DataView(file), version = view.getUint8(8), at = version < 2 ? 24 + 4 * version : 12;
  if (version > 3 || file.byteLength < at + 24) return;
  const end = Number(view.getBigUint64(at + 16, true) - view.getBigUint64(at, true));  // from where the file begins
  const count = (n: number): string => n.toLocaleString('en-US');
  if (end > file.byteLength) throw new FileError(`cut short: it has ${count(file.byteLength)} of its ${count(end)} bytes`);
}

function treeOf(bytes: Uint8Array): Tree {
  const at = hdf5Offset(bytes);
  if (at < 0) throw new FileError('not a Keras model: .h5 and .keras files are');
  const tree = new Tree(), file = bytes.slice(at).buffer as ArrayBuffer;
  try {
    checkLength(file);
    tree.visit(new File(file), '', 0);
  } catch (error) {  // jsfive throws texts, too, and fails as a program does
    if (error instanceof FileError) throw error;
    throw new FileError(`a damaged HDF5 file, or one of a kind that a page cannot read; if nv can, ${byNv}`);
  }
  return tree;
}

async function fromArchive(bytes: Uint8Array): Promise<Uint8Array> {
  const entries = zipEntries(bytes);
  const config = entries.filter(({ name }) => /(^|\/)config\.json$/.test(name));
  if (config.length !== 1) throw new FileError('a zip archive, but not a Keras model (no config.json)');
  const folder = config[0]!.name.slice(0, -'config.json'.length);
  const entry = (name: string): ZipEntry | undefined => entries.find((e) => e.name === folder + name);
  const text = async (e: ZipEntry | undefined, most: number): Promise<string | null> =>
    e ? new TextDecoder().decode(await e.read(most)) : null;
  const weights = await entry('model.weights.h5')?.read(mostWeights);
  const tree = weights ? treeOf(weights) : new Tree();
  return tree.bytes({ config: await text(config[0], mostConfig), metadata: await text(entry('metadata.json'), mostMetadata) });
}

/** A model file as the engine's `open` takes it. Throws FileError for what is no model file. */
export async function convert(bytes: Uint8Array): Promise<Uint8Array> {
  const zip = isZip(bytes);
  try {
    return zip ? await fromArchive(bytes) : treeOf(bytes).bytes({});
  } catch (error) {
    if (error instanceof FileError) throw error;
    throw new FileError(`damaged, or too large for a page (a ${zip ? 'zip archive' : 'HDF5 file'})`);
  }
}
