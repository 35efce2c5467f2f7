import { createServer, type Socket, connect } from "node:net";

/** A line to a server that can be cut and joined again, as when the server is stopped and started. */
export type Severable = {
  readonly url: string;
  /** Ends every connection, and refuses new ones. */
  sever(): void;
  /** Lets nothing through any more, and says nothing: as when the server is stopped, or a cable pulled. */
  stall(): void;
  restore(): Promise<void>;
  close(): Promise<void>;
};

/** Puts a line between a client and the server of a URL. */
export async function severable(url: string): Promise<Severable> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  const follow = (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
  };
  let stalled = false;
  const server = createServer((near) => {
    if (stalled) {
      follow(near);
      return;
    }
    const far = connect(Number(target.port || 5432), target.hostname);
    follow(near);
    follow(far);
    near.pipe(far).pipe(near);
    near.on("close", () => far.destroy());
    far.on("close", () => near.destroy());
  });
  const listen = (port: number) =>
    new Promise<number>((resolve) => {
      server.listen(port, "127.0.0.1", () => {
        const address = server.address();
        resolve(typeof address === "object" && address !== null ? address.port : 0);
      });
    });
  const port = await listen(0);
  const own = new URL(url);
  own.hostname = "127.0.0.1";
  own.port = String(port);
  const sever = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: own.href,
    sever,
    stall: () => {
      stalled = true;
      for (const socket of sockets) socket.pause().unpipe();
    },
    restore: async () => {
      stalled = false;
      await listen(port);
    },
    close: async () => {
      sever();
    },
  };
}
