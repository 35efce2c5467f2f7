/** Work that goes on though nobody may be there to wait for it: a command whose client has left, a record that follows. */
export interface Unwaited {
  /** @returns the work, which may reject as it did before */
  keep<T>(work: Promise<T>): Promise<T>;
  /** Settles when nothing goes on any more; never rejects. */
  done(): Promise<void>;
}

/** Keeps work until it has ended. */
export function createUnwaited(): Unwaited {
  const running = new Set<Promise<unknown>>();
  return {
    keep: (work) => {
      const ended = work.then(
        () => undefined,
        () => undefined,
      );
      running.add(ended);
      void ended.then(() => running.delete(ended));
      return work;
    },
    done: async () => {
      while (running.size > 0) await Promise.all(running);
    },
  };
}
