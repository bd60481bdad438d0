// Takes a dropped .h5 or .keras file apart (jsfive reads HDF5) and puts its texts and arrays into one block of bytes, from
// which lib/nv/keras/memory_file makes the model as it does from a file. Runs in a worker: a hostile file may make
// jsfive loop, or fail in any way.
import { Dataset, File, Group } from 'jsfive';
import { isZip, zipEntries, type ZipEntry } from './zip';

const magic = 'nvfile01';
const mostObjects = 100_000, mostDepth = 40, mostNumbers = 2 ** 28;

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
      if (++this.objects > mostObjects || depth > mostDepth) throw new Error('too many groups');
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
    if (!Number.isSafeInteger(size) || size < 0 || this.numbers + size > mostNumbers) throw new Error(`dataset ${path} is too large`);
    if (dtype === null) {
      this.datasets.push({ path, shape, dtype: String(dataset.dtype), at: null });
      return;
    }
    const value = dataset.value;
    if (value.length !== size) throw new Error(`dataset ${path} holds ${value.length} numbers, not ${size}`);
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

function treeOf(bytes: Uint8Array): Tree {
  const at = hdf5Offset(bytes);
  if (at < 0) throw new Error('not a Keras model: .h5 and .keras files are');
  const tree = new Tree();
  try {
    tree.visit(new File(bytes.slice(at).buffer as ArrayBuffer), '', 0);
  } catch (error) {  // jsfive throws texts, too
    const what = error instanceof Error ? error.message : String(error);
    throw new Error(`damaged, or a kind of HDF5 file that only nv itself reads (${what})`);
  }
  return tree;
}

async function fromArchive(bytes: Uint8Array): Promise<Uint8Array> {
  const entries = zipEntries(bytes);
  const config = entries.filter(({ name }) => /(^|\/)config\.json$/.test(name));
  if (config.length !== 1) throw new Error('a zip archive, but not a Keras model (no config.json)');
  const folder = config[0]!.name.slice(0, -'config.json'.length);
  const entry = (name: string): ZipEntry | undefined => entries.find((e) => e.name === folder + name);
  const text = async (e: ZipEntry | undefined): Promise<string | null> =>
    e ? new TextDecoder().decode(await e.read()) : null;
  const weights = await entry('model.weights.h5')?.read();
  const tree = weights ? treeOf(weights) : new Tree();
  return tree.bytes({ config: await text(config[0]), metadata: await text(entry('metadata.json')) });
}

/** A model file as the engine's `open` takes it. Throws Error for what is no model file. */
export async function convert(bytes: Uint8Array): Promise<Uint8Array> {
  return isZip(bytes) ? fromArchive(bytes) : treeOf(bytes).bytes({});
}
