export * from "./open-redis-refusal.js";
