/** Somebody else made a checkpoint meanwhile. */
export class CountChanged extends Error {}

/** @throws CountChanged where there are more checkpoints, or fewer, than whoever adds one knows of */
export function checkCount(there: number, known: number | undefined): void {
  if (known !== undefined && there !== known) throw new CountChanged("somebody else made a checkpoint meanwhile");
}
