import { appendFile, mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fileWitness } from "./file-witness.js";
import { httpWitness } from "./http-witness.js";
import { rootOfLeaves } from "./merkle.js";
import { rollbackFault } from "./witness.js";

describe("a file", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "lockkeeper-witness-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("keeps every note and gives the newest", async () => {
    const file = join(folder, "disk/checkpoints");
    const witness = fileWitness(file);
    expect(await witness.latest()).toBeNull();
    await witness.publish("one\n\n— a b\n");
    await witness.publish("two\n\n— a b\n");
    expect(await fileWitness(file).latest()).toBe("two\n\n— a b\n");
    expect((await readFile(file, "utf8")).split("\n")).toHaveLength(3);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it("passes over what a crash left without an end, and goes on after it", async () => {
    const file = join(folder, "checkpoints");
    const witness = fileWitness(file);
    await witness.publish("one\n");
    await appendFile(file, '"two');
    expect(await witness.latest()).toBe("one\n");
    await witness.publish("three\n");
    expect(await witness.latest()).toBe("three\n");
    await appendFile(file, "12\n");
    expect(await witness.latest()).toBe("three\n");
  });

  it("fails where it cannot be read or written", async () => {
    await expect(fileWitness(folder).latest()).rejects.toThrow();
    await expect(fileWitness("/dev/full").publish("one\n")).rejects.toThrow();
  });
});

describe("an address", () => {
  let server: Server | undefined;
  afterEach(() => server?.close());
  const serve = async (listener: RequestListener): Promise<string> => {
    const listening = createServer(listener);
    server = listening;
    await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
    const address = listening.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    return `http://127.0.0.1:${address.port}/audit`;
  };

  it("is told by POST, and asked by GET", async () => {
    const notes: string[] = [];
    const url = await serve((request, response) => {
      if (request.method === "GET") {
        response.statusCode = notes.length === 0 ? 404 : 200;
        response.end(notes.at(-1));
        return;
      }
      let body = "";
      request.setEncoding("utf8").on("data", (chunk: string) => {
        body += chunk;
      });
      request.on("end", () => {
        notes.push(body);
        response.end();
      });
    });
    const witness = httpWitness(url);
    expect(await witness.latest()).toBeNull();
    await witness.publish("one\n\n— é b\n");
    expect(notes).toEqual(["one\n\n— é b\n"]);
    expect(await witness.latest()).toBe("one\n\n— é b\n");
  });

  it("that refuses, redirects, answers endlessly or not at all is a failure, never an empty witness", async () => {
    for (const status of [500, 403, 302]) {
      const url = await serve((_, response) => {
        response.writeHead(status, { location: "/elsewhere" }).end();
      });
      await expect(httpWitness(url).latest()).rejects.toThrow();
      await expect(httpWitness(url).publish("one\n")).rejects.toThrow();
      server?.close();
    }
    const endless = await serve((_, response) => {
      const more = () => {
        while (!response.destroyed && response.write("x".repeat(65_536)));
      };
      response.on("drain", more);
      more();
    });
    await expect(httpWitness(endless).latest()).rejects.toThrow("answered with more than");
    server?.closeAllConnections();
    server?.close();
    const silent = await serve(() => undefined);
    await expect(httpWitness(silent, 50).latest()).rejects.toThrow();
    server?.closeAllConnections();
  });
});

describe("a log, held against what a witness has", () => {
  const leaves = ["a", "b", "c"].map((digit) => digit.repeat(64));
  const root = (size: number) => rootOfLeaves(leaves, 0, size);

  // @requirement SBX-50
  it("is good where the witness has its checkpoints, all of them or the first", () => {
    for (const size of [0, 1, 2, 3]) expect(rollbackFault({ leaves }, { size, root: root(size) })).toBeUndefined();
  });

  // @requirement SBX-50
  it("is an older one where it ends before what the witness knows", () => {
    expect(rollbackFault({ leaves: leaves.slice(0, 2) }, { size: 3, root: root(3) })).toBe(
      "knows 3 records of checkpoints, the log has 2: it is an older one",
    );
  });

  // @requirement SBX-50
  it("is another one where its first checkpoints are not those of the witness", () => {
    const fault = (size: number) => `knows other checkpoints of the first ${size} records`;
    expect(rollbackFault({ leaves }, { size: 3, root: root(2) })).toBe(fault(3));
    expect(rollbackFault({ leaves }, { size: 2, root: root(3) })).toBe(fault(2));
    expect(rollbackFault({ leaves: leaves.toReversed() }, { size: 1, root: root(1) })).toBe(fault(1));
  });
});
