/** Keeps the kernel ready to move processes between control groups while commands follow one another. */
import { closeSync, openSync, write } from "node:fs";

/** How often a move is made that moves nothing, and for how long after the last job, in milliseconds. */
const everyMs = 3;
const lingerMs = 200;

/**
 * The first move after a pause waits for a grace period of the kernel (RCU), 5 to 12 ms, and the spawner with it; those that
 * follow closely do not. So while jobs come and go, this process is moved to where it is, again and again, on a thread of its own.
 * Where that is not allowed nothing is done, and moves take as long as they take.
 *
 * @param procs - the file `cgroup.procs` of the group that this process is in; undefined where there is none
 * @returns is to be told whenever a job comes or goes
 */
export function quickMoves(procs: string | undefined): () => void {
  let file = procs === undefined ? null : opened(procs);
  let timer: NodeJS.Timeout | undefined;
  let isMoving = false;
  let untilMs = 0;

  const rest = () => {
    clearInterval(timer);
    timer = undefined;
  };
  const move = () => {
    if (file === null || performance.now() > untilMs) return rest();
    if (isMoving) return;
    isMoving = true;
    write(file, String(process.pid), (error) => {
      isMoving = false;
      if (error === null || file === null) return;
      closeSync(file);
      file = null;
      rest();
    });
  };
  return () => {
    untilMs = performance.now() + lingerMs;
    if (file === null) return;
    timer ??= setInterval(move, everyMs).unref();
  };
}

function opened(procs: string): number | null {
  try {
    return openSync(procs, "r+");
  } catch {
    return null;
  }
}
