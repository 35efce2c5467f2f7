import { describe, expect, it } from "vitest";
import type { PacketStatus } from "./pre-flight.js";
import { boardEntries, boardFindings, withBoardStatus } from "./task-board.js";
import { packetWorld } from "./testdata/packet-world.js";

/** @requirement MEX-20 */
describe("the task board", () => {
  const board = (text: string, status: PacketStatus | "none" = "In Progress") => {
    using world = packetWorld({ "docs/TASK_BOARD.md": text });
    return boardFindings(world.root, "docs/TASK_BOARD.md", "WP-1", status === "none" ? undefined : status);
  };

  it.each([
    ["a heading", "# Board\n\n## In Progress (3)\n\n- **WP-1** — Gates\n\n## Done\n\n- WP-10 — Others\n"],
    ["brackets", "## Work\n- **[WP-1]** - [IN PROGRESS] Gates\n"],
    ["a table", "| packet | status |\n|---|---|\n| [WP-1](packets/WP-1.md) | in-progress |\n| WP-10 | Done |\n"],
    ["words after a dash", "## Done\n\n- WP-1 — Gates — In Progress\n"],
    ["a line", "WP-1: In Progress\n"],
    ["a heading with a sign", "## 🚧 In Progress\r\n\r\n* `WP-1` Gates that are Done right\r\n"],
    ["deeper headings", "## In Progress\n### WP-1\nGates\n"],
  ])("follows by %s", (_, text) => {
    expect(board(text)).toEqual([]);
  });

  it("is at odds where it shows another status, or none", () => {
    expect(board("## Done\n\n- WP-1 — Gates\n")).toEqual([
      {
        rule: "BOARD-MISMATCH",
        message: "WP-1 is Done on the task board and In Progress in the packet",
        file: "docs/TASK_BOARD.md",
        row: 3,
        hint: "the board follows the packet",
      },
    ]);
    expect(board("## Some day\n- WP-1\n")).toMatchObject([
      { message: "WP-1 is of no known status on the task board and In Progress in the packet", row: 2 },
    ]);
    expect(board("## Done\n- WP-1\n", "none")).toMatchObject([
      { message: "WP-1 is Done on the task board and of none in the packet" },
    ]);
  });

  it("is at odds where it has the packet twice", () => {
    expect(board("## In Progress\n- WP-1\n- WP-1 again\n")).toEqual([
      { rule: "BOARD-MISMATCH", message: "WP-1 stands at row 2 already", file: "docs/TASK_BOARD.md", row: 3 },
    ]);
  });

  it("is without the packet where only others, code or comments name it", () => {
    const absent = [{ rule: "BOARD-ABSENT", message: "WP-1 is not on the task board", file: "docs/TASK_BOARD.md" }];
    for (const text of [
      "",
      "## In Progress\n- WP-10\n- XWP-1\n- WP-1-b\n- WP-1.2\n",
      "```\nWP-1\n```\n<!-- WP-1 -->\n",
    ]) {
      expect(board(text)).toEqual(absent);
    }
    expect(board("## In Progress\n- WP-1. Gates\n")).toEqual([]);
  });

  it("must be there", () => {
    using world = packetWorld();
    expect(boardFindings(world.root, "docs/NONE.md", "WP-1", "Done")).toEqual([
      { rule: "BOARD-ABSENT", message: "docs/NONE.md is not there", file: "docs/NONE.md" },
    ]);
    expect(boardFindings(world.root, "docs/TASK_BOARD.md", "WP-1", "In Progress")).toEqual([]);
  });

  it("is read by names as they are, whatever characters they have", () => {
    expect(boardEntries("## Done\n- WP-1.x\n- WP-1ax\n", "WP-1.x")).toEqual([{ row: 2, status: "Done" }]);
  });
});

/** @requirement MEX-20 */
describe("a board that follows", () => {
  const follow = (text: string) => withBoardStatus(text, "WP-1", "Ready for Dev");

  it.each([
    [
      "the item moves below its heading",
      "# Board\n\n## Ready for Dev\n\n- WP-2 — More\n\n## In Progress\n\n- **WP-1** — Gates\n  with a note\n- WP-3\n",
      "# Board\n\n## Ready for Dev\n\n- **WP-1** — Gates\n  with a note\n- WP-2 — More\n\n## In Progress\n\n- WP-3\n",
    ],
    [
      "also where there is no other",
      "## Ready for Dev\n\n## In Progress\n\n- WP-1\n",
      "## Ready for Dev\n\n- WP-1\n\n## In Progress\n\n",
    ],
    [
      "also without blank lines",
      "## Done\n- WP-1\n## Ready for Dev\n- WP-2\n",
      "## Done\n## Ready for Dev\n\n- WP-1\n- WP-2\n",
    ],
    ["what is written beside it changes", "- **[WP-1]** - [IN-PROGRESS] x\n", "- **[WP-1]** - [Ready for Dev] x\n"],
    [
      "in a table, too, with its line ends",
      "| a | b |\r\n|---|---|\r\n| WP-1 | Done |\r\n| WP-10 | Done |\r\n",
      "| a | b |\r\n|---|---|\r\n| WP-1 | Ready for Dev |\r\n| WP-10 | Done |\r\n",
    ],
    ["what follows already stays", "## Ready for Dev\n\n- WP-1\n", "## Ready for Dev\n\n- WP-1\n"],
  ])("%s", (_, before, after) => {
    expect(follow(before)).toBe(after);
    expect(boardEntries(after.replaceAll("\r\n", "\n"), "WP-1")).toMatchObject([{ status: "Ready for Dev" }]);
  });

  it.each([
    ["has no such heading", "## In Progress\n\n- WP-1\n"],
    ["has the packet twice", "## Ready for Dev\n\n## Done\n- WP-1\n- WP-1\n"],
    ["does not have it", "## Ready for Dev\n"],
  ])("stays as it is where it %s", (_, text) => {
    expect(follow(text)).toBeUndefined();
  });
});
