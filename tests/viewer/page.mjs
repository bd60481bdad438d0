// What the tests of the page's engine need: the parts of a page that nv view wrote, and its worker, run in Node.
import { readFileSync } from 'node:fs';
import { inflateRawSync, gunzipSync } from 'node:zlib';
import vm from 'node:vm';

/** The unpacked bytes of a page's part; null if it has none. */
export function part(html, id) {
  const match = new RegExp(`<script type="text/plain" id="${id}"[^>]*>([^<]*)</script>`).exec(html);
  return match && gunzipSync(Buffer.from(match[1], 'base64'));
}

/** A page's worker, to which questions are put as the page puts them. */
export class PageWorker {
  #waiting = new Map();
  #self;
  #last = 0;

  constructor(html) {
    const self = { postMessage: (message) => this.#take(message) };
    const context = {
      self, performance, TextEncoder, TextDecoder, WebAssembly, DecompressionStream, Blob, Response, console, setTimeout,
      Uint8Array, Uint32Array, Float32Array, ArrayBuffer, DataView, Error,
    };
    vm.runInNewContext(part(html, 'nv-worker').toString(), context);
    this.#self = self;
    const wasm = part(html, 'nv-wasm');
    self.onmessage({ data: { wasm: new Uint8Array(wasm) } });
  }

  ask(request, data, progress) {
    return this.#send({ request, data }, progress);
  }

  convert(bytes) {
    return this.#send({ convert: bytes });
  }

  #send(message, progress) {
    return new Promise((resolve, reject) => {
      const id = ++this.#last;
      this.#waiting.set(id, { resolve, reject, progress });
      this.#self.onmessage({ data: { id, ...message } });
    });
  }

  #take(message) {
    const waiting = this.#waiting.get(message.id);
    if ('progress' in message) waiting.progress?.(message.progress);
    else if ('error' in message) waiting.reject(new Error(message.error));
    else waiting.resolve(message.answer);
  }
}

/** An input of the page as a question, and its numbers. */
export function added(input) {
  const { source, name, truth } = input;
  const arrays = [source, ...(source.more ?? [])].map(({ data }) => Buffer.from(data, 'base64'));
  const more = (source.more ?? []).map(({ shape }) => shape);
  return {
    request: { ask: 'add', source: { kind: 'array', name, truth, shape: source.shape, more }, replace: null },
    data: new Uint8Array(Buffer.concat(arrays)),
  };
}

/** The float32 arrays of an .npz file, by key. */
export function readNpz(file) {
  const bytes = readFileSync(file), arrays = new Map();
  let end = bytes.length - 22;
  while (bytes.readUInt32LE(end) !== 0x06054b50) end--;
  let at = bytes.readUInt32LE(end + 16);
  for (let i = bytes.readUInt16LE(end + 10); i > 0; i--) {
    const method = bytes.readUInt16LE(at + 10), packed = bytes.readUInt32LE(at + 20), nameSize = bytes.readUInt16LE(at + 28);
    const name = bytes.toString('utf8', at + 46, at + 46 + nameSize), local = bytes.readUInt32LE(at + 42);
    const from = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const raw = bytes.subarray(from, from + packed), npy = method === 0 ? raw : inflateRawSync(raw);
    at += 46 + nameSize + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
    const header = npy.toString('latin1', 10, 10 + npy.readUInt16LE(8));
    if (!header.includes("'<f4'")) throw new Error(`${file}: ${name} is not float32`);
    const data = npy.subarray(10 + npy.readUInt16LE(8));
    const shape = /'shape': \(([^)]*)\)/.exec(header)[1].split(',').filter((s) => s.trim()).map(Number);
    arrays.set(name.replace(/\.npy$/, ''), { shape, values: new Float32Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.length)) });
  }
  return arrays;
}
