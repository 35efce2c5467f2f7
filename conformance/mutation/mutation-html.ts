import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { err, ok, type Problem, type Result } from "../../src/index.js";
import type { MutationReport } from "./mutation-report.js";

/**
 * The standard viewer of mutation-testing-elements as one page that needs nothing from elsewhere.
 *
 * @returns on failure `usage/missing` where the viewer is not installed
 */
export function mutationHtml(report: MutationReport, title: string): Result<string, Problem> {
  try {
    const path = createRequire(import.meta.url).resolve("mutation-testing-elements/dist/mutation-test-elements.js");
    return ok(page(readFileSync(path, "utf8"), report, title));
  } catch (error) {
    const message = `the viewer of mutation reports cannot be read: ${error instanceof Error ? error.message : error}`;
    return err({ code: "usage/missing", message, hint: "reinstall the package mutation-testing-elements" });
  }
}

function page(viewer: string, report: MutationReport, title: string): string {
  // In a script element only `<` can end what is data: escaped, no text of a policy can.
  const data = JSON.stringify(report)
    .replaceAll("<", "\\u003c")
    .replaceAll("\u2028", "\\u2028")
    .replaceAll("\u2029", "\\u2029");
  const script = viewer.replaceAll("</script", "<\\/script");
  const named = title.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; font-src data:">
<title>${named}</title>
<script>${script}</script>
</head>
<body>
<mutation-test-report-app title-postfix="${named.replaceAll('"', "&quot;")}">Your browser cannot show this report.</mutation-test-report-app>
<script>document.querySelector("mutation-test-report-app").report = ${data};</script>
</body>
</html>
`;
}
