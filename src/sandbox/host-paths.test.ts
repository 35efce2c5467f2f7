import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lookAtWorkspace, trustedPath } from "./host-paths.js";

let folder: string;
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "lockkeeper-paths-")));
  writeFileSync(join(folder, "file"), "");
  mkdirSync(join(folder, "inner"));
  symlinkSync("/usr/bin/env", join(folder, "link"));
  symlinkSync(folder, join(folder, "inner", "back"));
});
afterAll(() => rmSync(folder, { recursive: true }));

// @requirement SBX-07
describe("a path that only root can change", () => {
  it("is where it leads", () => {
    expect(trustedPath("/usr/bin/env")).toBe("/usr/bin/env");
    expect(trustedPath("/bin/sh")).toBe(realpathSync("/bin/sh"));
    expect(trustedPath("/usr")).toBe("/usr");
  });

  it("is none where somebody else can write on the way, also through a link to what is root's", () => {
    for (const name of ["file", "inner", "link", "inner/back"]) expect(trustedPath(join(folder, name))).toBeUndefined();
  });

  it.skipIf(process.getuid?.() !== 0)("is judged folder by folder, by owner and by mode", () => {
    // Not below the folder for temporary files, which all can write to.
    const own = mkdtempSync("/usr/lib/lockkeeper-paths-");
    try {
      const [inner, file] = [join(own, "inner"), join(own, "inner", "file")];
      mkdirSync(inner, { mode: 0o755 });
      writeFileSync(file, "", { mode: 0o755 });
      symlinkSync("../inner/file", join(inner, "relative"));
      symlinkSync("/usr/bin/env", join(inner, "absolute"));
      symlinkSync(inner, join(own, "folder"));
      for (const [index, target] of ["./file", "../inner/../inner/file", "away/../file"].entries()) {
        symlinkSync(target, join(inner, `winding-${index}`));
      }
      symlinkSync(join(folder, "file"), join(inner, "away"));
      symlinkSync(join(inner, "loop"), join(inner, "loop"));
      expect([file, join(inner, "relative")].map(trustedPath)).toEqual([file, file]);
      expect(trustedPath(join(inner, "absolute"))).toBe("/usr/bin/env");
      expect(trustedPath(join(own, "folder", "relative"))).toBe(file);
      for (const index of [0, 1, 2]) expect(trustedPath(join(inner, `winding-${index}`))).toBeUndefined();
      expect(trustedPath(join(inner, "away"))).toBeUndefined();
      expect(trustedPath(join(inner, "loop"))).toBeUndefined();
      chownSync(file, 65533, 0);
      expect(trustedPath(file)).toBeUndefined();
      chownSync(file, 0, 0);
      for (const [path, mode] of [
        [inner, 0o775],
        [inner, 0o757],
        [file, 0o775],
        [file, 0o757],
      ] as const) {
        const before = lstatSync(path).mode & 0o777;
        chmodSync(path, mode);
        expect(trustedPath(file)).toBeUndefined();
        chmodSync(path, before);
        expect(trustedPath(file)).toBe(file);
      }
    } finally {
      rmSync(own, { recursive: true });
    }
  });

  it("is none that is not there, not absolute, or not in its shortest form", () => {
    for (const path of ["/usr/bin/nowhere", "usr/bin/env", "/usr/../usr/bin/env", "/usr//bin/env", "/usr/bin/", ""]) {
      expect(trustedPath(path)).toBeUndefined();
    }
  });
});

describe("a workspace", () => {
  it("is known by what cannot be swapped", () => {
    const { dev, ino } = lstatSync(folder, { bigint: true });
    expect(lookAtWorkspace(folder)).toEqual({ path: folder, device: dev, inode: ino });
  });

  it("is a folder, by its own path", () => {
    expect(lookAtWorkspace(join(folder, "file"))).toBe("the workspace is no folder");
    expect(lookAtWorkspace(join(folder, "nowhere"))).toBe("the workspace is not there");
    expect(lookAtWorkspace(join(folder, "inner", "back"))).toContain("symbolic link");
    expect(lookAtWorkspace(join(folder, "inner", "back", "inner"))).toContain("symbolic link");
    for (const path of ["relative", `${folder}/inner/..`, `${folder}/`]) {
      expect(lookAtWorkspace(path)).toContain("shortest form");
    }
  });

  it("hides nothing that the sandbox needs", () => {
    const own = [
      "/",
      "/tmp",
      "/var",
      "/run",
      "/home",
      "/root",
      "/usr",
      "/usr/share",
      "/etc/ssl",
      "/proc/self",
      "/dev/shm",
    ];
    for (const path of [...own, "/run/lockkeeper/x", "/bin"]) {
      expect([path, lookAtWorkspace(path)]).toEqual([path, expect.stringContaining("may not be")]);
    }
    expect(lookAtWorkspace("/usrx")).toBe("the workspace is not there");
  });
});
