export * from "./open-sqlite-store.js";
export * from "./sqlite-archivist.js";
