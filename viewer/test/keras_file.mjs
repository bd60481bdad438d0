// .keras archives whose configuration is another one, or claims a size that it does not have.
import { inflateRawSync } from 'node:zlib';

function crc32(data) {
  let crc = -1;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

/** The entries of a zip archive: name and contents. */
function entries(zip) {
  let end = zip.length - 22;
  while (zip.readUInt32LE(end) !== 0x06054b50) end--;
  const all = [];
  for (let at = zip.readUInt32LE(end + 16), i = zip.readUInt16LE(end + 10); i > 0; i--) {
    const size = zip.readUInt32LE(at + 20);
    const name = zip.subarray(at + 46, at + 46 + zip.readUInt16LE(at + 28)).toString();
    const local = zip.readUInt32LE(at + 42);
    const from = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const raw = zip.subarray(from, from + size);
    all.push([name, zip.readUInt16LE(at + 10) === 0 ? raw : inflateRawSync(raw)]);
    at += 46 + zip.readUInt16LE(at + 28) + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return all;
}

/** A zip archive whose entries are stored; `claimed`: sizes that the directory gives, by name. */
function archive(all, claimed = {}) {
  const files = [];
  const directory = [];
  let at = 0;
  for (const [name, data] of all) {
    const head = Buffer.alloc(26);
    const path = Buffer.from(name);
    head.writeUInt16LE(20, 0);
    head.writeUInt32LE(crc32(data), 10);
    head.writeUInt32LE(data.length, 14);
    head.writeUInt32LE(claimed[name] ?? data.length, 18);
    head.writeUInt16LE(path.length, 22);
    files.push(Buffer.from('PK\x03\x04'), head, path, data);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(at, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\x00'), head, place, path);
    at += 30 + path.length + data.length;
  }
  const end = Buffer.alloc(18);
  const size = directory.reduce((n, b) => n + b.length, 0);
  end.writeUInt16LE(all.length, 4);
  end.writeUInt16LE(all.length, 6);
  end.writeUInt32LE(size, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...files, ...directory, Buffer.from('PK\x05\x06'), end]);
}

/** With another text of the configuration. */
export function reconfigured(zip, edit) {
  const edited = ([name, data]) => [name, name === 'config.json' ? Buffer.from(edit(data.toString())) : data];
  return archive(entries(zip).map(edited));
}

export function renamed(zip, from, to) {
  return reconfigured(zip, (text) => text.replaceAll(JSON.stringify(from), JSON.stringify(to)));
}

/** An architecture alone. */
export function weightless(zip) {
  return archive(entries(zip).filter(([name]) => name !== 'model.weights.h5'));
}

/** Whose config.json has, it says, `size` bytes. */
export function claiming(zip, size) {
  return archive(entries(zip), { 'config.json': size });
}
