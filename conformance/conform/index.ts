export * from "./conform.js";
export * from "./prove.js";
