import { connect } from "node:net";
import { connect as connectSecured } from "node:tls";
import type { Endpoint } from "./http-client.js";

/** A connection on which bytes are sent as no HTTP client would. */
export interface RawSocket extends Disposable {
  /** Resolves once the bytes are handed to the system. Rejects where the other side has closed. */
  write(bytes: string | Uint8Array): Promise<void>;
  /** Closes our half: the other side sees the end of what we send, and may still answer. */
  halfClose(): void;
  /** Waits for the other side to close, and gives what it sent; what it sent so far where it takes too long. */
  rest(): Promise<string>;
}

/** Most that is kept of what comes back, in bytes. */
const maxBytes = 1024 * 1024;

/**
 * Connects. The other side may close at any time; that is no error here.
 *
 * @throws Error where nobody listens
 */
export async function openRawSocket({ url, ca, timeoutMs }: Endpoint): Promise<RawSocket> {
  const { protocol, hostname, port } = new URL(url);
  const isSecured = protocol === "https:";
  const host = hostname.replace(/^\[|\]$/g, "");
  const at = { host, port: Number(port === "" ? (isSecured ? 443 : 80) : port), allowHalfOpen: true };
  const authority = ca === undefined ? {} : { ca };
  const socket = isSecured ? connectSecured({ ...at, ...authority, servername: host }) : connect(at);
  const chunks: Buffer[] = [];
  const closed = new Promise<void>((done) => socket.on("close", () => done()));
  const ended = new Promise<void>((done) => socket.on("end", () => done()));
  socket.on("data", (chunk) => {
    if (chunks.reduce((sum, one) => sum + one.length, 0) < maxBytes) chunks.push(chunk);
  });
  await new Promise<void>((resolve, reject) => {
    socket.once(isSecured ? "secureConnect" : "connect", () => resolve());
    socket.once("error", reject);
  });
  socket.on("error", () => undefined);
  return {
    write: (bytes) =>
      new Promise((resolve, reject) => {
        socket.write(bytes, (error) => (error == null ? resolve() : reject(error)));
      }),
    halfClose: () => socket.end(),
    rest: async () => {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((done) => {
        timer = setTimeout(done, timeoutMs);
      });
      await Promise.race([closed, ended, late]);
      clearTimeout(timer);
      return Buffer.concat(chunks).toString("utf8");
    },
    [Symbol.dispose]: () => socket.destroy(),
  };
}
