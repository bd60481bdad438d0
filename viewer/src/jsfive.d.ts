declare module 'jsfive' {
  export class Group {
    readonly keys: string[];
    readonly attrs: Record<string, unknown>;
    /** What each name leads to: an address, or the path of a soft link. */
    readonly _links: Record<string, number | string>;
    get(name: string): Group | Dataset | null;
  }
  export class File extends Group {
    constructor(bytes: ArrayBuffer, name?: string);
  }
  export class Dataset {
    readonly shape: number[];
    readonly dtype: unknown;
    readonly value: ArrayLike<unknown>;
    readonly _dataobjects: {
      readonly fh: ArrayBuffer;
      readonly filter_pipeline: Map<string, number>[] | null;
      /** Messages of the header, of a type of the file format. */
      find_msg_type(type: number): Map<string, number>[];
    };
  }
  /** By their numbers. */
  export const Filters: ReadonlyMap<number, (bytes: ArrayBuffer, itemSize: number) => ArrayBuffer>;
}
