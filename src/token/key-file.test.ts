import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { addKey, changeKeyFile, exposureOf, type KeyChange, maxKeySetBytes, readKeyFile, rotateKey } from "./index.js";
import { clockAt, randomOf } from "./testdata/token-world.js";

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lockkeeper-keys-"));
  file = join(folder, "keys.json");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const random = randomOf("file");
const add: KeyChange = (keySet) => addKey(keySet, { purpose: "bearer", alg: "HS256" }, clockAt(), random);
const rotate: KeyChange = (keySet) => rotateKey(keySet, { purpose: "bearer" }, clockAt(), random);
const told = async (path = file) => {
  const read = await readKeyFile(path);
  return read.ok
    ? `${read.value.keys.length} keys`
    : read.error.map(({ code, message }) => `${code}: ${message}`).join();
};

describe("the key file", () => {
  it("is made for nobody but us, and read back", async () => {
    expect(await changeKeyFile(file, add)).toMatchObject({ ok: true });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await told()).toBe("1 keys");
    expect(await changeKeyFile(file, rotate)).toMatchObject({ ok: true });
    expect(await told()).toBe("2 keys");
    expect(await readdir(folder)).toEqual(["keys.json"]);
  });

  it("is refused where others may open it, however little they may do", async () => {
    await changeKeyFile(file, add);
    for (const mode of [0o640, 0o604, 0o620, 0o602, 0o610, 0o601]) {
      await chmod(file, mode);
      expect(await told()).toBe("key/invalid: the key file is not safe: others may open it");
      expect(await changeKeyFile(file, rotate)).toMatchObject({ ok: false });
    }
    for (const mode of [0o600, 0o400]) {
      await chmod(file, mode);
      expect(await told()).toBe("1 keys");
    }
    const link = join(folder, "link.json");
    await symlink(file, link);
    expect(await told(link)).toBe("1 keys");
    await chmod(file, 0o644);
    expect(await told(link)).toBe("key/invalid: the key file is not safe: others may open it");
  });

  // @requirement EXE-17
  it("is judged by its mode and its owner", () => {
    const others = "others may open it";
    expect(exposureOf(0o100600, 7, 7)).toBeUndefined();
    expect(exposureOf(0o100700, 7, 7)).toBeUndefined();
    for (const bit of [1, 2, 4, 8, 16, 32]) expect(exposureOf(0o100600 | bit, 7, 7)).toBe(others);
    expect(exposureOf(0o100600, 0, 7)).toBe("it belongs to somebody else");
    expect(exposureOf(0o100666, 7, undefined)).toBeUndefined();
  });

  it("is told to be missing, empty, a folder, too large or malformed", async () => {
    expect(await told()).toBe("key/missing: there is no key file");
    await writeFile(file, "", { mode: 0o600 });
    expect(await told()).toBe("key/missing: there are no keys");
    await writeFile(file, "{}");
    expect(await told()).toBe('key/invalid: the keys are not a JWKS: {"keys": […]}');
    await writeFile(file, " ".repeat(maxKeySetBytes + 1));
    expect(await told()).toBe("key/invalid: the key file is too large");
    await mkdir(join(folder, "sub"));
    expect(await told(join(folder, "sub"))).toBe("key/invalid: the key file is not safe: it is not a regular file");
    expect(await told(join(file, "below"))).toBe("internal/io: the key file cannot be read: ENOTDIR");
  });

  it("stays as it is when a change is refused, or when it cannot be read", async () => {
    await changeKeyFile(file, add);
    const before = await readFile(file, "utf8");
    expect(await changeKeyFile(file, add)).toMatchObject({ error: [{ code: "key/invalid" }] });
    expect(await readFile(file, "utf8")).toBe(before);
    await writeFile(file, "broken");
    expect(await changeKeyFile(file, rotate)).toMatchObject({
      error: [{ message: "the keys are not well-formed JSON" }],
    });
    expect(await readFile(file, "utf8")).toBe("broken");
    expect(await readdir(folder)).toEqual(["keys.json"]);
  });

  it("is changed by one at a time: of many who try at once each wins or is told, and none is lost", async () => {
    await changeKeyFile(file, add);
    const changed = await Promise.all(Array.from({ length: 8 }, () => changeKeyFile(file, rotate)));
    const won = changed.filter(({ ok }) => ok).length;
    expect(won).toBeGreaterThanOrEqual(1);
    expect(await told()).toBe(`${1 + won} keys`);
    const refusals = changed.flatMap((one) => (one.ok ? [] : one.error.map(({ message }) => message)));
    expect(new Set(refusals)).toEqual(new Set(won === 8 ? [] : ["the keys are being changed by somebody else"]));
    expect(await readdir(folder)).toEqual(["keys.json"]);
  });

  it("cannot be made where there is no folder", async () => {
    expect(await changeKeyFile(join(folder, "no", "keys.json"), add)).toMatchObject({
      error: [{ code: "internal/io", message: "the keys cannot be written: ENOENT" }],
    });
  });
});
