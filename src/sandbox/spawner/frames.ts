/** The spawner's protocol: frames of a length, a kind, the run's number and bytes, in both directions of one socket. */

/** What a frame is about. Below 16 to the spawner, above from it. */
export const frameKinds = { run: 1, end: 2, ready: 16, stdout: 17, stderr: 18, ended: 19 } as const;
export type FrameKind = (typeof frameKinds)[keyof typeof frameKinds];

/** One message. */
export type Frame = { readonly kind: number; readonly run: number; readonly payload: Buffer };

/** Kind and run, after the length. */
const headBytes = 5;

/** Longest frame: argv and environment are at most 2 MB by the kernel, standard input is bounded by the gate. */
export const maxFrameBytes = 64 * 1024 * 1024;

/** The bytes before a payload of this length. */
export function frameHead(kind: FrameKind, run: number, payloadBytes: number): Buffer {
  if (payloadBytes + headBytes > maxFrameBytes) throw new Error("too much for one frame");
  const head = Buffer.allocUnsafe(4 + headBytes);
  head.writeUInt32LE(payloadBytes + headBytes, 0);
  head.writeUInt8(kind, 4);
  head.writeUInt32LE(run, 5);
  return head;
}

/**
 * Cuts a stream of bytes into frames.
 *
 * @returns takes each chunk and gives the frames that it completes; throws at one longer than {@link maxFrameBytes}
 */
export function frameReader(): (chunk: Buffer) => Frame[] {
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  let wantedBytes = 4;
  return (chunk) => {
    pending.push(chunk);
    pendingBytes += chunk.length;
    if (pendingBytes < wantedBytes) return [];
    const frames: Frame[] = [];
    let bytes = pending.length === 1 ? chunk : Buffer.concat(pending);
    for (;;) {
      if (bytes.length < 4) break;
      const length = bytes.readUInt32LE(0);
      if (length < headBytes || length > maxFrameBytes) throw new Error(`a frame of ${length} bytes`);
      if (bytes.length < 4 + length) break;
      frames.push({ kind: bytes.readUInt8(4), run: bytes.readUInt32LE(5), payload: bytes.subarray(9, 4 + length) });
      bytes = bytes.subarray(4 + length);
    }
    wantedBytes = bytes.length < 4 ? 4 : 4 + bytes.readUInt32LE(0);
    pending = bytes.length === 0 ? [] : [bytes];
    pendingBytes = bytes.length;
    return frames;
  };
}
