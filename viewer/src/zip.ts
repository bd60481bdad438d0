// Reads zip archives (.keras files): stored and deflated entries, sizes below 4 GB. What they say is not trusted.

import { FileError } from './file_error';

/** `read` refuses an entry of more than `most` bytes. */
export interface ZipEntry { name: string; read(most: number): Promise<Uint8Array> }

const directorySignature = 0x02014b50, endSignature = 0x06054b50, localSignature = 0x04034b50;
const mostEntries = 10_000;
const mostDeflated = 1040;  // times the size: deflate gives no more

export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5);
}

const megabytes = (bytes: number): string => Math.ceil(bytes / 1e6).toLocaleString('en-US');

/** The bytes of a stream, at most `size` of them. */
async function inflate(packed: Uint8Array, size: number): Promise<Uint8Array> {
  const stream = new Blob([packed as BlobPart]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  const bytes = new Uint8Array(size), reader = stream.getReader();
  let at = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    if (part.value.length > size - at) throw new FileError('a damaged zip archive: an entry is longer than it says');
    bytes.set(part.value, at);
    at += part.value.length;
  }
  if (at !== size) throw new FileError('a damaged zip archive: an entry is shorter than it says');
  return bytes;
}

/** The entries of an archive, from the directory at its end. */
export function zipEntries(bytes: Uint8Array): ZipEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const damaged = (): never => { throw new FileError('a damaged zip archive'); };
  let end = bytes.length - 22;
  while (end >= 0 && end > bytes.length - 22 - 65536 && view.getUint32(end, true) !== endSignature) end--;
  if (end < 0 || view.getUint32(end, true) !== endSignature) damaged();
  const count = view.getUint16(end + 10, true);
  if (count > mostEntries) damaged();
  const entries: ZipEntry[] = [];
  let at = view.getUint32(end + 16, true);
  for (let i = 0; i < count; i++) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== directorySignature) damaged();
    const method = view.getUint16(at + 10, true), encrypted = (view.getUint16(at + 8, true) & 1) !== 0;
    const packed = view.getUint32(at + 20, true), size = view.getUint32(at + 24, true);
    const nameSize = view.getUint16(at + 28, true), local = view.getUint32(at + 42, true);
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameSize));
    at += 46 + nameSize + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    const read = async (most: number): Promise<Uint8Array> => {
      if (size > most) throw new FileError(`${name} has ${megabytes(size)} MB; a page takes ${megabytes(most)} MB of it`);
      if (local + 30 > bytes.length || view.getUint32(local, true) !== localSignature) damaged();
      if (method === 8 && size > mostDeflated * (packed + 1)) damaged();
      const from = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
      if (encrypted || from + packed > bytes.length) damaged();
      const data = bytes.subarray(from, from + packed);
      if (method === 0) return packed === size ? data : damaged();
      return method === 8 ? inflate(data, size) : damaged();
    };
    entries.push({ name, read });
  }
  return entries;
}
