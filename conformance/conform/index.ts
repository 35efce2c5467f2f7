export * from "./conform.js";
