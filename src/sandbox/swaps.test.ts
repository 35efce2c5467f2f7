/**
 * Between yes and run: a program is swapped again and again while it is started. Either what was decided upon runs, or
 * nothing does. Ten runs for each way here; `LOCKKEEPER_CHAOS=1` makes a thousand of each.
 */
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { swapper, swaps } from "./testdata/swaps.js";
import { hasBubblewrap, openWorld } from "./testdata/world.js";

const chaos = process.env.LOCKKEEPER_CHAOS === "1";
if (!chaos) console.warn("ten full runs for each way to swap; LOCKKEEPER_CHAOS=1 makes a thousand");
const rounds = chaos ? 1000 : 10;

it.skipIf(!hasBubblewrap()).each(swaps)(
  "what was not decided upon never runs, while it is swapped by %s",
  async (how) => {
    const good = "#!/bin/sh\necho good\n";
    await using world = await openWorld({
      writable: () => true,
      expectedSha256: () => createHash("sha256").update(good).digest("hex"),
    });
    const marks = join(world.workspace, "marks");
    mkdirSync(marks);
    chmodSync(marks, 0o777);
    const evil = `#!/bin/sh\necho > ${marks}/ran\necho evil\n`;
    const program = join(world.workspace, "program");
    const swap = swapper(how, program, [good, evil]);
    let ran = 0;
    for (let round = 0; round < rounds; round++) {
      swap();
      // Good and evil first, in turns.
      if (round % 2 === 0) swap();
      const run = world.run(program, ["program"]);
      // Some in the same moment, some while it is copied, some while bubblewrap mounts.
      if (round % 3 !== 0) await new Promise((resolve) => setTimeout(resolve, round % 7));
      swap();
      const { outcome, stdout } = await run;
      expect(stdout).toBe(outcome === "exited" ? "good\n" : "");
      if (outcome === "exited") ran++;
    }
    expect(readdirSync(marks)).toEqual([]);
    if (chaos) expect(ran).toBeGreaterThan(rounds / 20);
    // The twin: undisturbed it runs, and the other does not.
    for (const expected of ["not_started", "exited"]) {
      while ((readFileSync(program, "utf8") === good) !== (expected === "exited")) swap();
      expect((await world.run(program, ["program"])).outcome).toBe(expected);
    }
  },
  chaos ? 600_000 : 60_000,
);
