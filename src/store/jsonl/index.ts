export * from "./jsonl-log.js";
