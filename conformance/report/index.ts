/** Writes a report: one writer a format, each from the report to a text; `writeReports` puts all into a folder. */
export * from "./canonical-json.js";
export * from "./findings.js";
export * from "./github-annotations.js";
export * from "./html-report.js";
export * from "./junit-report.js";
export * from "./markdown-report.js";
export * from "./sarif-report.js";
export * from "./terminal-summary.js";
export * from "./write-reports.js";
