// The parts of the page: <script type="text/plain"> elements that contain base64 of gzip.

export function bytesOfBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.trim());
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

export function hasPart(id: string): boolean {
  return document.getElementById(id) !== null;
}

/** The unpacked bytes of part `id`. The element is removed: it is not needed twice. */
export async function part(id: string): Promise<Uint8Array<ArrayBuffer>> {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no part ${id}`);
  const bytes = bytesOfBase64(element.textContent ?? '');
  element.remove();
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

export async function partText(id: string): Promise<string> {
  return new TextDecoder().decode(await part(id));
}
