import { describe, expect, it } from "vitest";
import { callNumbers, type FilterArch } from "./call-numbers.js";
import { hasFilter, refusedArguments, refusedCalls, systemCallFilter } from "./filter.js";

type Call = { readonly arch?: number; readonly number: number; readonly args?: readonly number[] };

/** What the kernel would do: a reading of the instructions by their definition, not by how they were made. */
function verdict(filter: Buffer, { arch = 0, number, args = [] }: Call): string {
  const data = Buffer.alloc(64);
  data.writeUInt32LE(number >>> 0, 0);
  data.writeUInt32LE(arch >>> 0, 4);
  for (const [index, arg] of args.entries()) data.writeBigUInt64LE(BigInt(arg), 16 + 8 * index);
  let accumulator = 0;
  for (let at = 0, steps = 0; steps < 4096; steps++) {
    const [code, jt, jf, k] = [
      filter.readUInt16LE(8 * at),
      filter.readUInt8(8 * at + 2),
      filter.readUInt8(8 * at + 3),
      filter.readUInt32LE(8 * at + 4),
    ];
    if (code === 0x06) {
      if (k === 0x7fff0000) return "allow";
      return k === 0x80000000 ? "kill" : `errno ${k & 0xffff}`;
    }
    if (code === 0x20) accumulator = data.readUInt32LE(k);
    const holds = code === 0x15 ? accumulator === k : code === 0x35 ? accumulator >= k : (accumulator & k) >>> 0 !== 0;
    at += 1 + (code === 0x20 ? 0 : holds ? jt : jf);
  }
  return "endless";
}

const archs: readonly FilterArch[] = ["x64", "arm64"];

// @requirement SBX-07
describe.each(archs)("the system-call filter of %s", (name) => {
  // Made anew in each test, so that each is seen to depend on it.
  const filter = () => systemCallFilter(name);
  const { audit, numbers } = callNumbers[name];
  const ask = (call: string, ...args: readonly number[]) =>
    verdict(filter(), { arch: audit, number: numbers[call] ?? Number.NaN, args });

  it("refuses every call of its list", () => {
    const known = refusedCalls.filter((call) => numbers[call] !== undefined);
    expect(known.length).toBeGreaterThan(50);
    for (const call of known) expect([call, ask(call)]).toEqual([call, "errno 1"]);
  });

  it("allows every other number", () => {
    const named = new Set([...refusedCalls, ...refusedArguments.map(({ call }) => call), "socket"]);
    const taken = new Set([...named].map((call) => numbers[call]));
    for (let number = 0; number < 600; number++) {
      if (!taken.has(number)) expect([number, verdict(filter(), { arch: audit, number })]).toEqual([number, "allow"]);
    }
  });

  it("ends what calls by another architecture's numbers", () => {
    const other = name === "x64" ? callNumbers.arm64.audit : callNumbers.x64.audit;
    for (const arch of [other, 0x40000003, 0]) expect(verdict(filter(), { arch, number: 0 })).toBe("kill");
    const x32 = { arch: audit, number: 0x40000000 };
    expect(verdict(filter(), x32)).toBe(name === "x64" ? "kill" : "allow");
    expect(verdict(filter(), { arch: audit, number: 0x3fffffff })).toBe("allow");
  });

  it("lets processes be started, but not in new namespaces", () => {
    expect([ask("clone", 17), ask("clone", 0x3d0f00)]).toEqual(["allow", "allow"]);
    for (const flag of [0x20000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000]) {
      expect([flag, ask("clone", flag | 17)]).toEqual([flag, "errno 1"]);
    }
    expect(ask("clone3")).toBe("errno 38");
  });

  it("keeps terminals from being typed into", () => {
    expect([0x5412, 0x541c, 0x5413].map((request) => ask("ioctl", 0, request))).toEqual([
      "errno 1",
      "errno 1",
      "allow",
    ]);
  });

  it("lets memory have a descriptor only where it cannot be executed", () => {
    expect([0, 1, 2, 0x10, 8, 9].map((flags) => ask("memfd_create", 0, flags))).toEqual([
      "errno 1",
      "errno 1",
      "errno 1",
      "errno 1",
      "allow",
      "allow",
    ]);
  });

  it("lets a personality be asked for and set to the usual one", () => {
    expect([0, 0xffffffff, 0x40000, 1].map((one) => ask("personality", one))).toEqual([
      "allow",
      "allow",
      "errno 1",
      "errno 1",
    ]);
  });

  // @requirement EXE-25
  it("lets sockets be of the internet, and of routes, and of nothing else", () => {
    expect([2, 10].map((family) => ask("socket", family, 1, 0))).toEqual(["allow", "allow"]);
    expect([2, 10].map((family) => ask("socket", family, 1, 6))).toEqual(["allow", "allow"]);
    const others = Array.from({ length: 60 }, (_, family) => family).filter((family) => ![2, 10, 16].includes(family));
    for (const family of others) expect([family, ask("socket", family, 1, 0)]).toEqual([family, "errno 97"]);
    expect([0, 1, 9, 12, 15].map((protocol) => ask("socket", 16, 3, protocol))).toEqual([
      "allow",
      ...Array<string>(4).fill("errno 97"),
    ]);
  });
});

it("is there for the architectures that it knows", () => {
  expect(["x64", "arm64", "riscv64", "toString"].map(hasFilter)).toEqual([true, true, false, false]);
});
