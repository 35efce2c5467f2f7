/** One execution, from the moment that it is asked for. */
export type Running = { readonly executionId: string; stopped: boolean; end: () => void };

/**
 * Ends a run that has been started, and keeps one that has not from it.
 *
 * @requirement WFL-06
 */
export function stop(running: Running): void {
  running.stopped = true;
  running.end();
}
