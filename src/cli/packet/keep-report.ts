import {
  reportsOfDay,
  textInside,
  type Validation,
  validationReport,
  withBoardStatus,
  withReport,
  withStatus,
  writeInside,
} from "../../../conformance/packet/index.js";
import { CommandFailure } from "../terminal.js";
import type { PacketRepository } from "./open-packet.js";

/**
 * Puts the report behind earlier ones: into the packet itself, or into a file beside the other reports. A packet that it is
 * appended to gets the status that the validation returned it to, and so does its entry on the task board.
 *
 * @param statusRow - where the packet's STATUS stands; undefined where it has none
 * @returns the file that holds it, from the root
 */
export function keepReport(
  { config, settings }: PacketRepository,
  validation: Validation,
  how: { readonly append: boolean; readonly statusRow: number | undefined },
): string {
  const { packet, date, returned_to } = validation;
  const file = how.append ? `${settings.folder}/${packet.id}.md` : `${config.reports}/packets/${packet.id}.md`;
  const before = textInside(config.root, file);
  const returned =
    how.append && returned_to !== null && how.statusRow !== undefined
      ? withStatus(before, how.statusRow, packet.status, returned_to)
      : before;
  const after = withReport(returned, validationReport(validation, reportsOfDay(before, date) + 1));
  if (after === undefined) {
    const message = "a report at its end would not show: something above is left open";
    throw new CommandFailure([{ code: "internal/io", message, place: { file }, hint: "close what is open" }]);
  }
  const written = writeInside(config.root, file, after);
  if (!written.ok) throw new CommandFailure([written.error]);
  if (how.append && returned_to !== null) {
    const board = withBoardStatus(textInside(config.root, settings.task_board), packet.id, returned_to);
    const moved = board === undefined ? undefined : writeInside(config.root, settings.task_board, board);
    if (moved?.ok === false) throw new CommandFailure([moved.error]);
  }
  return file;
}
