/** Something a rule found. Rows and columns count from 1; a whole file is row 1. */
export type HygieneFinding = {
  readonly rule: string;
  readonly file: string;
  readonly row: number;
  readonly col?: number;
  readonly message: string;
  readonly why: string;
  readonly fix: string;
  /** The id of the waiver that accepts it. */
  readonly waived?: string;
};

/** Where in a file a search hit, as an offset in UTF-16 units (none: the file as a whole), and what to say of it. */
export type Hit = { readonly offset?: number; readonly message?: string };

/** A file as the searches see it. `text` is missing where it is binary or too large to read. */
export type HygieneSource = {
  readonly file: string;
  readonly bytes: number;
  readonly text?: string;
  readonly binary: boolean;
};
