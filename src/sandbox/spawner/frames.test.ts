import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { frameHead, frameKinds, frameReader, maxFrameBytes } from "./frames.js";

const bytesOf = (payloads: readonly Uint8Array[]) =>
  Buffer.concat(payloads.flatMap((payload, run) => [frameHead(frameKinds.stdout, run, payload.length), payload]));

describe("frames", () => {
  it("come out as they went in, however the bytes are cut", () => {
    const payloads = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 });
    fc.assert(
      fc.property(payloads, fc.array(fc.nat(400)), (sent, cuts) => {
        const bytes = bytesOf(sent);
        const read = frameReader();
        const places = [...new Set([0, ...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length])];
        places.sort((a, b) => a - b);
        const frames = places.slice(1).flatMap((to, index) => read(bytes.subarray(places[index], to)));
        expect(frames.map(({ kind, run, payload }) => [kind, run, [...payload]])).toEqual(
          sent.map((payload, run) => [frameKinds.stdout, run, [...payload]]),
        );
      }),
      { seed: 5 },
    );
  });

  it("have a longest", () => {
    expect(() => frameHead(frameKinds.run, 1, maxFrameBytes)).toThrow("too much");
    expect(frameHead(frameKinds.run, 1, maxFrameBytes - 5).length).toBe(9);
    const tooLong = Buffer.alloc(9);
    tooLong.writeUInt32LE(maxFrameBytes + 1);
    expect(() => frameReader()(tooLong)).toThrow("a frame of");
    expect(() => frameReader()(Buffer.alloc(4))).toThrow("a frame of 0 bytes");
  });
});
