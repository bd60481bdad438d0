// Reads NumPy's .npy files: float and integer arrays in C order.

type Reader = (view: DataView, at: number) => number;
const readers: Record<string, [number, Reader]> = {
  f4: [4, (v, i) => v.getFloat32(i, true)],
  f8: [8, (v, i) => v.getFloat64(i, true)],
  u1: [1, (v, i) => v.getUint8(i)],
  i1: [1, (v, i) => v.getInt8(i)],
  b1: [1, (v, i) => v.getUint8(i)],
  u2: [2, (v, i) => v.getUint16(i, true)],
  i2: [2, (v, i) => v.getInt16(i, true)],
  u4: [4, (v, i) => v.getUint32(i, true)],
  i4: [4, (v, i) => v.getInt32(i, true)],
  i8: [8, (v, i) => Number(v.getBigInt64(i, true))],
  u8: [8, (v, i) => Number(v.getBigUint64(i, true))],
};

export function readNpy(bytes: Uint8Array<ArrayBuffer>): { shape: number[]; data: Float32Array } {
  const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
  if (bytes.length < 12 || !magic.every((b, i) => bytes[i] === b)) throw new Error('not a .npy file');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = bytes[6] >= 2 ? 12 : 10;
  const length = bytes[6] >= 2 ? view.getUint32(8, true) : view.getUint16(8, true);
  if (start + length > bytes.length) throw new Error('the file ends in its header');
  const header = new TextDecoder().decode(bytes.subarray(start, start + length));
  const kind = /'descr':\s*'[<|=]([a-z]\d)'/.exec(header)?.[1] ?? '';
  const shape = (/'shape':\s*\(([^)]*)\)/.exec(header)?.[1] ?? '')
    .split(',')
    .map((s) => s.trim())
    .filter((s) => s)
    .map(Number);
  if (!(kind in readers)) throw new Error('expected an array of little-endian numbers');
  if (/'fortran_order':\s*True/.test(header)) throw new Error('expected an array in C order, got Fortran order');
  const [size, read] = readers[kind];
  const n = shape.reduce((a, b) => a * b, 1);
  const first = start + length;
  if (!shape.every((s) => Number.isSafeInteger(s) && s >= 0) || first + n * size > bytes.length)
    throw new Error('the file is shorter than its shape says');
  const data = new Float32Array(n);
  for (let i = 0; i < n; i++) data[i] = read(view, first + i * size);
  return { shape, data };
}
