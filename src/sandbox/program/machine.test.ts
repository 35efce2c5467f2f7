import { describe, expect, it } from "vitest";
import { assemble, call, elfMachineOf, fetch, isKnownArchitecture, jump, label, type Step, store } from "./machine.js";

const hex = (arch: string, steps: readonly Step[]) => assemble(arch, steps, () => 0x1000n).toString("hex");

/** Written down from the manuals of both architectures, and read by objdump and llvm-mc as what stands beside. */
describe("machine code", () => {
  it("calls with numbers, addresses and what is stored there", () => {
    // mov rdi, 1; mov rsi, 0x1008; mov rdx, 0x1010; mov rdx, [rdx]; mov rax, 1; syscall
    expect(hex("x64", [call("write", 1, { address: 8 }, { load: 16 })])).toBe(
      "48bf0100000000000000" +
        "48be0810000000000000" +
        "48ba1010000000000000" +
        "488b12" +
        "48b80100000000000000" +
        "0f05",
    );
    const move = (register: number, low: string) =>
      `${low}${["a0", "c0", "e0"].map((half) => `0${register}00${half}f2`).join("")}`;
    // mov x0, 1; mov x1, 0x1008; mov x2, 0x1010; ldr x2, [x2]; mov x8, 64; svc 0
    expect(hex("arm64", [call("write", 1, { address: 8 }, { load: 16 })])).toBe(
      `${move(0, "200080d2")}${move(1, "010182d2")}${move(2, "020282d2")}420040f9${move(8, "080880d2")}010000d4`,
    );
  });

  it("writes negative numbers in full", () => {
    expect(hex("x64", [call("getuid", -1n)])).toBe("48bfffffffffffffffff48b866000000000000000f05");
    expect(hex("arm64", [call("getuid", -1)]).slice(0, 32)).toBe("e0ff9fd2e0ffbff2e0ffdff2e0fffff2");
  });

  it("stores and fetches the result", () => {
    // mov rcx, 0x1018; mov [rcx], rax; and back
    expect(hex("x64", [store(24), fetch(24)])).toBe("48b91810000000000000488901" + "48b91810000000000000488b01");
    const address = "090382d20900a0f20900c0f20900e0f2";
    expect(hex("arm64", [store(24), fetch(24)])).toBe(`${address}200100f9${address}200140f9`);
  });

  it("jumps forward and back, always, if negative, if zero, if it differs", () => {
    const steps: Step[] = [label("a"), jump("always", "a"), jump("negative", "b"), jump("zero", "a"), label("b")];
    expect(hex("x64", steps)).toBe("e9fbffffff" + "4885c00f8809000000" + "4885c00f84e9ffffff");
    expect(hex("arm64", steps)).toBe("00000014" + "4000f8b7" + "c0ffffb4");
    expect(hex("x64", [label("a"), jump("differs", "a", 8)])).toBe("48b90810000000000000483b010f85edffffff");
    expect(hex("arm64", [label("a"), jump("differs", "a", 8)])).toBe(
      "090182d20900a0f20900c0f20900e0f2" + "2a0140f9" + "1f000aeb" + "41ffff54",
    );
  });

  it("is told its own length before it is told where its data is", () => {
    const told: number[] = [];
    const steps: Step[] = [label("a"), call("getuid"), jump("differs", "a", 8)];
    for (const arch of ["x64", "arm64"]) {
      const code = assemble(arch, steps, (codeBytes) => {
        told.push(codeBytes);
        return 0x7fff_ffff_ffffn;
      });
      expect(told.pop()).toBe(code.length);
    }
  });

  it("is refused for what it cannot say", () => {
    expect(() => hex("riscv64", [])).toThrow("no machine code for riscv64");
    expect(() => hex("x64", [jump("always", "nowhere")])).toThrow("no label nowhere");
    expect(() => hex("x64", [call("mmap", 0, 0, 0, 0, 0, 0, 0)])).toThrow("six arguments");
    const far: Step[] = [label("a"), ...Array<Step>(2000).fill(call("getuid")), jump("negative", "a")];
    expect(() => hex("arm64", far)).toThrow("too far");
    expect(hex("x64", far).length).toBeGreaterThan(2000);
  });

  it("knows the architectures by Node's names", () => {
    expect(["x64", "arm64", "ia32", "toString"].map(isKnownArchitecture)).toEqual([true, true, false, false]);
    expect(["x64", "arm64", "ia32"].map(elfMachineOf)).toEqual([62, 183, 0]);
  });
});
