/** An error about a file whose text is for people. All others come from reading a damaged file until that fails. */
export class FileError extends Error {}
