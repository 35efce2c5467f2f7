export * from "./jsonl-recorder.js";
