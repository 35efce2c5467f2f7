export { StoreAway } from "./connection.js";
export * from "./open-postgres-store.js";
export * from "./postgres-archivist.js";
