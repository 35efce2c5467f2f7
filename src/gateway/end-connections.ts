import type { FastifyInstance } from "fastify";

/**
 * Has a server that closes end every connection once nothing is being answered. One on which nothing was ever asked counts as busy
 * for Node, and would hold up a stop for as long as a request may take to come in.
 */
export function endConnections(server: FastifyInstance): void {
  let [answering, closing] = [0, false];
  const settle = () => {
    if (closing && answering === 0) server.server.closeAllConnections();
  };
  server.server.on("connection", settle);
  server.server.on("request", (_, response) => {
    answering += 1;
    response.once("close", () => {
      answering -= 1;
      settle();
    });
  });
  server.addHook("preClose", async () => {
    closing = true;
    settle();
  });
}
