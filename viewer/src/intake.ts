// What people give the page: pictures, arrays, models. All of it is untrusted.
import { fileError, printable, toast } from './dom';
import { readNpy } from './npy';
import type { InputSource } from './protocol';
import { problemsOf, problemText, type App, type Sample } from './state';

export const modelFile = /\.(h5|hdf5|keras)$/i;
const largestPicture = 8192;
const largestModel = 512e6;

/** A picture's pixels as the file has them: no colour management, no multiplied alpha. */
export async function decodePicture(file: Blob, name: string): Promise<InputSource> {
  const bitmap = await createImageBitmap(file, { colorSpaceConversion: 'none', premultiplyAlpha: 'none' });
  const { width, height } = bitmap;
  if (width > largestPicture || height > largestPicture)
    throw new Error(`the picture has ${width} x ${height} pixels; at most ${largestPicture} a side`);
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return {
    kind: 'rgba',
    width,
    height,
    data: new Uint8Array(context.getImageData(0, 0, width, height).data.buffer),
    name,
  };
}

export async function sourceOf(file: File): Promise<InputSource> {
  if (!/\.npy$/i.test(file.name)) return decodePicture(file, file.name);
  const { shape, data } = readNpy(new Uint8Array(await file.arrayBuffer()));
  return { kind: 'array', shape, data, name: file.name };
}

/** Adds a sample to the list. An error if another model is opened before the engine has answered. */
export async function addSample(app: App, source: InputSource, rest: Partial<Sample> = {}): Promise<Sample> {
  const { model } = app;
  const info = await app.engine.add(source);
  if (app.model !== model) throw new Error('another model was opened');
  const sample: Sample = {
    info,
    kind: 'file',
    source,
    origin: info.origin,
    truth: info.truth,
    note: '',
    intact: null,
    file: null,
    command: null,
    ...rest,
  };
  app.samples.push(sample);
  app.emit('samples');
  return sample;
}

/** Opens a model from the bytes of a .h5 or .keras file. */
type OpenModel = (bytes: Uint8Array, name: string) => Promise<void>;

/** Opens dropped or chosen files: a model replaces the model, the others become samples. */
export async function takeFiles(app: App, files: readonly File[], openModel: OpenModel): Promise<void> {
  const model = files.find((f) => modelFile.test(f.name));
  if (model) await takeModel(app, model, openModel);
  let last: Sample | null = null;
  for (const file of files.filter((f) => !modelFile.test(f.name))) {
    try {
      if (!app.model) throw new Error('open a model first');
      if (!app.runs) throw new Error(`the model cannot be run: ${problemText(problemsOf(app.model)[0])}`);
      last = await addSample(app, await sourceOf(file), { file: file.name });
    } catch (error) {
      const why = error instanceof DOMException ? 'not a picture that this browser reads' : error;
      toast(fileError(file.name, why), true);
    }
  }
  if (last) app.choose(last.info.id);
}

async function takeModel(app: App, file: File, openModel: OpenModel): Promise<void> {
  try {
    if (file.size > largestModel) throw new Error('the file is too large for a page');
    toast(`Reading ${printable(file.name, 60)} …`);
    await openModel(new Uint8Array(await file.arrayBuffer()), file.name);
    if (app.runs) toast(`Opened ${printable(file.name, 60)}.`);
    else toast(fileError(file.name, `cannot be run: ${problemText(problemsOf(app.model!)[0])}`), true);
  } catch (error) {
    toast(fileError(file.name, error), true);
  }
}

/** Files may be dropped anywhere on the page. */
export function acceptDrops(take: (files: File[]) => void): void {
  let depth = 0;
  const mark = (by: number): void => {
    depth = Math.max(0, depth + by);
    document.body.classList.toggle('dropping', depth > 0);
  };
  addEventListener('dragenter', (e) => {
    e.preventDefault();
    mark(1);
  });
  addEventListener('dragleave', () => mark(-1));
  addEventListener('dragover', (e) => e.preventDefault());
  addEventListener('drop', (e) => {
    e.preventDefault();
    depth = 0;
    mark(0);
    take([...(e.dataTransfer?.files ?? [])]);
  });
}
