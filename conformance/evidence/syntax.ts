/** A comment, or a string that documents, by its offsets with its delimiters; the end excluded. */
export type Comment = {
  readonly start: number;
  readonly end: number;
  /** The declaration that a docstring stands in and speaks for; other comments speak for what follows them. */
  readonly holder?: Declaration;
};

/** Something that a marker can speak for, by its offsets; the end excluded. */
export type Declaration = {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** A test's own names in its file, outermost first: modules, classes, function. Absent for what is no test. */
  readonly path?: readonly string[];
  /** Whether it is there to hold tests, so that citing it cites each test inside. */
  readonly group?: true;
};

/** What markers need to know of one file, whatever its language. */
export type Syntax = {
  readonly comments: readonly Comment[];
  /** What opens at an offset that is neither blank nor comment. */
  declarationAt(offset: number): Declaration | undefined;
  /** Every test in the file, in order. */
  readonly tests: readonly Declaration[];
  /** Where the file could not be understood, by offsets: what touches it cannot be evidence. */
  readonly broken: readonly { readonly start: number; readonly end: number }[];
};
