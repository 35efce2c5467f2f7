/**
 * Lockkeeper's public face: contracts, the command parser, the policy engine and the gate.
 * Everything that `conformance/` and other programs use of the product goes through here.
 */
export { type Approvals as ApprovalService, createApprovals, createKillSwitch } from "./approval/index.js";
export * from "./audit/index.js";
export * from "./command/index.js";
export * from "./gate/index.js";
export * from "./host/index.js";
export * from "./model/index.js";
export * from "./policy/index.js";
export * from "./sandbox/index.js";
export * from "./store/index.js";
export * from "./token/index.js";

/** The gateway's room, imported when it is asked for: it brings a web server, a log and metrics with it. */
export const openGatewayRoom = () => import("./gateway/index.js");
