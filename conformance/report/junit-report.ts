import { printable, type Report, type Status } from "../../src/index.js";
import { failing, survivorsOf } from "./findings.js";

type TestCase = {
  readonly classname: string;
  readonly name: string;
  readonly status: Status;
  readonly message: string;
  readonly body: string;
};

/**
 * Writes the report as JUnit XML: a suite for the run itself, one for the requirements, one for each kind of check.
 * What fails a run is a failure; skipped, planned, waived and expected failures are skipped, with the reason.
 *
 * @requirement HAR-05
 */
export function junitReport(report: Report): string {
  const run: TestCase = {
    classname: "run",
    name: "verdict",
    status: report.verdict === "PASS" ? "pass" : "fail",
    message: `exit ${report.exit_code}`,
    body: report.reasons.map((reason) => `${reason.exit_code}: ${reason.text}`).join("\n"),
  };
  const requirements = report.requirements.map(
    (one): TestCase => ({
      classname: `requirement.${one.id.slice(0, one.id.indexOf("-"))}`,
      name: `${one.id} ${one.text}`,
      status: one.status,
      message: one.gaps[0] ?? one.status,
      body: [...one.gaps, ...survivorsOf(one).map((each) => `${each.title}\n${each.message}`)].join("\n"),
    }),
  );
  const kinds = [...new Set(report.checks.map((check) => check.kind))];
  const suites = [
    suiteText("run", [run]),
    suiteText("requirements", requirements),
    ...kinds.map((kind) =>
      suiteText(
        kind,
        report.checks
          .filter((check) => check.kind === kind)
          .map((check) => ({
            classname: `${kind}.${check.file}`,
            name: `${check.id}: ${check.title}`,
            status: check.status,
            message: check.title,
            body: `${check.file}:${check.row}\n${check.detail ?? check.status}`,
          })),
      ),
    ),
  ];
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="${attribute(report.product.name)}">\n${suites.join("")}</testsuites>\n`;
}

function suiteText(name: string, tests: readonly TestCase[]): string {
  const failures = tests.filter((test) => failing.has(test.status)).length;
  const skipped = tests.filter((test) => !failing.has(test.status) && test.status !== "pass").length;
  const counts = `tests="${tests.length}" failures="${failures}" errors="0" skipped="${skipped}"`;
  return `  <testsuite name="${attribute(name)}" ${counts}>\n${tests.map(testText).join("")}  </testsuite>\n`;
}

function testText({ classname, name, status, message, body }: TestCase): string {
  const opening = `    <testcase classname="${attribute(classname)}" name="${attribute(name)}"`;
  if (status === "pass") return `${opening}/>\n`;
  if (!failing.has(status))
    return `${opening}>\n      <skipped>${content(`${status}: ${message}`)}</skipped>\n    </testcase>\n`;
  const failure = `<failure type="${status}" message="${attribute(message)}">${content(body)}</failure>`;
  return `${opening}>\n      ${failure}\n    </testcase>\n`;
}

/** Every character that XML cannot hold is shown as an escape before; `>` is escaped so that `]]>` never stands. */
function content(text: string): string {
  return printable(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function attribute(text: string): string {
  return content(text).replaceAll('"', "&quot;").replaceAll("\n", "&#10;");
}
