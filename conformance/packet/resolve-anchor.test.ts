import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resolveAnchor, type SpecPlace, specMismatch } from "./resolve-anchor.js";
import { type PacketWorld, packetOf, packetText, packetWorld, soundFiles, specPlace } from "./testdata/packet-world.js";

const yaml = `schema: lockkeeper/requirements/v1
title: Gates
sources:
  plan: {title: The plan, date: "2026-01-01"}
requirements:
  - {id: AB-1, rev: 1, level: MUST, method: mutation, text: "The gate MUST open.", source: {doc: plan, section: scope}, since: "0.1"}
  - {id: AB-2, rev: 1, level: MUST, method: mutation, text: "The gate MUST shut.", source: {doc: plan, section: done means}, since: "0.1"}
  - {id: AB-10, rev: 1, level: MUST, method: mutation, text: "The gate MUST tell.", source: {doc: plan, section: scope}, since: "0.3"}
  - {id: CD-2, rev: 1, level: MUST, method: mutation, text: "The gate MUST last.", source: {doc: plan, section: scope}, since: "0.1"}
`;

let world: PacketWorld;
beforeAll(() => {
  world = packetWorld({
    "specs/gates.yaml": yaml,
    "specs/broken.yaml": "schema: x\n",
    "docs/SPEC_CURRENT_TWO.md": "`docs/spec-v2.md` or specs/gates.yaml",
    "docs/SPEC_CURRENT_GONE.md": "`docs/spec-v3.md`",
    "docs/SPEC_CURRENT_NONE.md": "The spec. <!-- docs/spec-v2.md -->",
    "docs/twice.md": "# Spec\n## 1 One\n- It MUST hold.\n## §1. One again\n- It MUST not.\n",
  });
  symlinkSync("spec-v2.md", join(world.root, "docs/linked.md"));
});
afterAll(() => world[Symbol.dispose]());

/** What an anchor leads to, and what is wrong with it. */
function resolve(anchor: string, place: Partial<SpecPlace> = {}, spec = "docs/spec-v2.md") {
  const scope = `## SCOPE\n- What: gates\n- Why: safety\n- SPEC_ANCHOR: ${anchor}`;
  const authority = `## AUTHORITY\n- SPEC_CURRENT: ${spec}\n- Codex: x\n- Task Board: y`;
  const packet = packetOf(packetText({ scope, authority }));
  const found = resolveAnchor(packet, { ...specPlace(world.root), ...place });
  return {
    spec: found.spec,
    sections: found.sections,
    ids: found.requirements.map(({ id }) => id),
    said: found.findings.map(({ rule, message, row }) => `${rule}@${row ?? ""} ${message}`),
    requirements: found.requirements,
  };
}
const body = ["GATE-1", "§6.3.0/2"];
const gateInterface = ["§11.8/1", "GATE-2"];

/** @requirement MEX-14 */
describe("an anchor in a document", () => {
  it("into a roadmap leads to the sections of the main body that it names, and to nothing of its own", () => {
    expect(resolve("§7.6.3.10")).toMatchObject({
      spec: "docs/spec-v2.md",
      sections: ["§11.8", "§6.3.0"],
      ids: [...gateInterface, ...body],
      said: [],
    });
  });

  it("into the main body is that section with all below it", () => {
    expect(resolve("§6.3").ids).toEqual(body);
    expect(resolve("§11.8").ids).toEqual(gateInterface);
    expect(resolve("§11").ids).toEqual([...gateInterface, "§11.80/1"]);
  });

  it("gives every rule, schema and invariant with its place", () => {
    const file = "docs/spec-v2.md";
    expect(resolve("§6, 11.8").requirements).toEqual([
      {
        id: "GATE-1",
        kind: "rule",
        text: "[GATE-1] A gate MUST refuse what nobody granted.",
        section: "§6.3.0",
        file,
        row: 6,
      },
      { id: "§6.3.0/2", kind: "invariant", text: "Invariant: a refusal is recorded.", section: "§6.3.0", file, row: 8 },
      { id: "§11.8/1", kind: "schema", text: '{"allow": true}', section: "§11.8", file, row: 27 },
      {
        id: "GATE-2",
        kind: "rule",
        text: "GATE-2 A gate MUST answer within a second",
        section: "§11.8",
        file,
        row: 37,
      },
    ]);
  });

  it.each([
    "§7.6.3.10",
    "7.6.3.10",
    "§ 7.6.3.10 Safety gates",
    "§7.6.3.10 (roadmap)",
    "§7.6.3.10 — Safety gates",
    "Â§7.6.3.10",
  ])("may be written %s", (anchor) => {
    expect(resolve(anchor)).toMatchObject({ sections: ["§11.8", "§6.3.0"], said: [] });
  });

  it.each([
    ["§99.1", "SPEC-ANCHOR@11 docs/spec-v2.md has no §99.1"],
    ["§7.6.3.1", "SPEC-ANCHOR@11 docs/spec-v2.md has no §7.6.3.1"],
    ["the gates", "SPEC-ANCHOR@11 docs/spec-v2.md has no the gates"],
    ["§8", "SPEC-ANCHOR@11 §8 of docs/spec-v2.md is neither in the roadmap nor in the main body"],
    ["§7.6.3.11", "SPEC-POINTER@16 §7.6.3.11 is a roadmap's and names no section of the main body"],
    ["§11.9", "SPEC-EMPTY@11 §11.9 of docs/spec-v2.md require nothing"],
  ])("is refused: %s", (anchor, message) => {
    expect(resolve(anchor)).toMatchObject({ ids: [], said: [message] });
  });

  it("is refused where the roadmap points to what is not there", () => {
    expect(resolve("§7.6.3.12").said).toEqual([
      "SPEC-POINTER@ §7.6.3.12 points to §10.99, which is not there",
      "SPEC-POINTER@19 §7.6.3.12 is a roadmap's and names no section of the main body",
    ]);
  });

  it("may be one of several whose ways meet", () => {
    expect(resolve("§11.8, §7.6.3.10, §11.8")).toMatchObject({
      sections: ["§11.8", "§6.3.0"],
      ids: [...gateInterface, ...body],
      said: [],
    });
    expect(resolve("§11.8, §6.3.0, §7.6.3.10").said).toEqual([]);
    expect(resolve("§7.6.3.12, §7.6").said).toEqual(resolve("§7.6.3.12").said);
  });

  it("takes the ranges from the settings: without any, every section is of the main body", () => {
    expect(resolve("§7.6.3.10", { roadmap: [], mainBody: [] }).ids).toEqual(["ROAD-1"]);
    expect(resolve("§7.6.3.10", { mainBody: [] }).ids).toEqual([...gateInterface, ...body]);
    expect(resolve("§7.6.3.10", { mainBody: ["6"] }).ids).toEqual(body);
    expect(resolve("§8", { mainBody: ["8"] }).ids).toEqual(["§8/1"]);
  });

  it("is refused where a section stands twice", () => {
    const said = resolve("§1", { specCurrent: "docs/twice.md", roadmap: [] }, "docs/twice.md").said;
    expect(said).toEqual(["SPEC-ANCHOR@2 §1 stands more than once in docs/twice.md: rows 2, 4"]);
  });
});

/** @requirement MEX-14 */
describe("the current spec", () => {
  it("must be the one that the packet names", () => {
    for (const spec of ["docs/spec-v1.md", "docs/SPEC_CURRENT.md", "v2", "docs/spec-v2.md.old"]) {
      expect(resolve("§6", {}, spec).said).toEqual([
        `SPEC-CURRENT@40 the packet follows “${spec}”, the repository's current spec is docs/spec-v2.md`,
      ]);
    }
    expect(resolve("§6", {}, "docs/SPEC_CURRENT.md -> docs/spec-v2.md").said).toEqual([]);
    expect(resolve("§6", {}, "`./docs/spec-v2.md` (v2)").said).toEqual([]);
  });

  it("is named by a packet in any of its lines, and told of by the beginning of them", () => {
    const field = (...texts: string[]) => ({
      name: "AUTHORITY.SPEC_CURRENT",
      row: 3,
      lines: texts.map((text, index) => ({ text, codes: [], row: 3 + index })),
      code: [],
    });
    expect(specMismatch(field("see", "docs/a.md"), "docs/a.md", "WP-1.md")).toEqual([]);
    expect(specMismatch(field("docs/b.md", `or ${"c".repeat(300)}`), "docs/a.md", "WP-1.md")).toEqual([
      {
        rule: "SPEC-CURRENT",
        message: `the packet follows “docs/b.md or ${"c".repeat(187)}”, the repository's current spec is docs/a.md`,
        file: "WP-1.md",
        row: 3,
        hint: "if the packet holds for it, name docs/a.md",
      },
    ]);
  });

  it.each([
    ["docs/SPEC_CURRENT_TWO.md", "it names more than one spec: docs/spec-v2.md, specs/gates.yaml"],
    ["docs/SPEC_CURRENT_GONE.md", "what it names is not there: docs/spec-v3.md"],
    ["docs/SPEC_CURRENT_NONE.md", "it names no spec"],
    ["docs/nowhere.md", "docs/nowhere.md is not there"],
    ["../spec.md", "../spec.md leads out of the repository"],
    ["docs/linked.md", "docs/linked.md is a symbolic link"],
  ])("is refused: %s", (specCurrent, message) => {
    expect(resolve("§6", { specCurrent })).toMatchObject({
      spec: undefined,
      ids: [],
      said: [`SPEC-CURRENT@ ${message}`],
    });
  });

  it("is the file itself where it does not only name one", () => {
    expect(resolve("§6", { specCurrent: "docs/spec-v2.md" }).said).toEqual([]);
    const folder = resolve("§6", { specCurrent: "docs" }, "docs");
    expect(folder.said).toContain("SPEC-CURRENT@ is a folder: name the file of requirements in it");
  });

  it("is read whatever its line ends, mark and section signs", () => {
    const text = `\ufeff${(soundFiles["docs/spec-v2.md"] ?? "").replaceAll("\n", "\r\n").replaceAll("§", "Ã‚Â§")}`;
    using other = packetWorld({ "docs/spec-v2.md": text });
    expect(resolve("§7.6.3.10", { root: other.root }).ids).toEqual([...gateInterface, ...body]);
  });
});

/** @requirement MEX-14 */
describe("an anchor in a spec of YAML", () => {
  const place = { specCurrent: "specs/gates.yaml", version: "0.2.0" };
  it.each([
    ["AB-2", ["AB-2"]],
    ["AB", ["AB-1", "AB-2", "AB-10"]],
    ["AB-1..AB-2", ["AB-1", "AB-2"]],
    ["AB-2…AB-10, CD-2", ["AB-2", "AB-10", "CD-2"]],
    ["scope", ["AB-1", "AB-10", "CD-2"]],
    ["§Done means", ["AB-2"]],
  ])("%s", (anchor, ids) => {
    expect(resolve(anchor, place, "specs/gates.yaml")).toMatchObject({ ids, said: [] });
  });

  it("is refused where there is none", () => {
    for (const anchor of ["AB-3", "A", "AB-9..AB-9", "AB-1..CD-2", "ab"]) {
      expect(resolve(anchor, place, "specs/gates.yaml").said).toEqual([
        `SPEC-ANCHOR@11 specs/gates.yaml has no ${anchor}`,
      ]);
    }
    const broken = resolve("AB", { specCurrent: "specs/broken.yaml" }, "specs/broken.yaml").said;
    expect(broken[0]).toMatch(/^SPEC-CURRENT@1 /);
  });

  it("withholds what is not in force yet", () => {
    const withheld = (version: string | undefined) =>
      resolve("AB", { ...place, version }, "specs/gates.yaml").requirements.map((item) => item.withheld);
    expect(withheld("0.2.0")).toEqual([undefined, undefined, "in force from 0.3"]);
    expect(withheld("0.3.0")).toEqual([undefined, undefined, undefined]);
    expect(withheld(undefined)).toEqual([undefined, undefined, undefined]);
  });
});
