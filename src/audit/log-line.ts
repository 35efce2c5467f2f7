/** A line of a log as it is kept, with what the store says of it, where it says anything. */
export type LogLine = {
  readonly line: string;
  readonly writer?: string;
  readonly seq?: number;
  /** The line of the file, from 1. */
  readonly row?: number;
  /** Set where the bytes are no line: what they are instead. */
  readonly broken?: string;
};

/** What a reader says of bytes at the end of a file that no line feed ends. */
export const tornRecord = "the last record has no end";
