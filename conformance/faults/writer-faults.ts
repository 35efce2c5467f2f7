import type { Report, Status } from "../../src/index.js";
import { failing } from "../report/index.js";
import { jsonLaws, type Write, type Writer, type WriterLaw, writerLaws, writers } from "./writer-laws.js";
import { written } from "./written-reports.js";

/** A writer with a fault in it, and the writer it would be without. */
export type WrongWriter = {
  readonly id: string;
  readonly title: string;
  readonly writer: Writer;
  readonly laws: readonly WriterLaw[];
};

type Fault = { readonly title: string; plant(write: Write): Write };

/** The real writer, given another report than the one that came. */
function misled(title: string, change: (report: Report) => Report): Fault {
  return { title, plant: (write) => (report) => write(change(report)) };
}

/** The real writer, what it wrote being changed afterwards. */
function marred(title: string, change: (text: string) => string): Fault {
  return { title, plant: (write) => (report) => change(write(report)) };
}

function told(status: Status): Fault {
  const swap = <T extends { readonly status: Status }>(one: T): T =>
    one.status === status ? { ...one, status: "pass" } : one;
  return misled(`tells ${status} as pass`, (report) => {
    const checks = report.checks.map(swap);
    const requirements = report.requirements
      .map(swap)
      .map((one) => (one.status === "pass" ? { ...one, gaps: [] } : one));
    const reasons = report.reasons.filter(
      ({ text }) => !report.checks.some(({ id, status: was }) => was === status && text.includes(id)),
    );
    return { ...report, checks, requirements, reasons };
  });
}

/** What can go wrong in any writer. */
const faults: Readonly<Record<string, Fault>> = {
  "is-always-green": misled("tells every run as sound", () => written.sound),
  "is-always-red": misled("tells every run as failed", () => written.failed),
  "forgets-checks": misled("forgets the checks", (report) => ({
    ...report,
    checks: [],
    reasons: report.reasons.filter(({ text }) => !report.checks.some(({ id }) => text.includes(` ${id} `))),
  })),
  "forgets-requirements": misled("forgets the requirements", (report) => ({
    ...report,
    requirements: [],
    reasons: [],
  })),
  "forgets-reasons": misled("forgets why the run fails", (report) => ({ ...report, reasons: [] })),
  "forgets-details": misled("forgets what came instead", (report) => ({
    ...report,
    checks: report.checks.map(({ detail: _, ...check }) => check),
  })),
  "forgets-gaps": misled("forgets what is missing", (report) => ({
    ...report,
    reasons: [],
    requirements: report.requirements.map((one) => ({ ...one, gaps: [] })),
  })),
  "tells-the-first-failure": misled("tells one failure of several", (report) => {
    const first = report.checks.find(({ status }) => failing.has(status));
    const checks = report.checks.filter((check) => check === first || !failing.has(check.status));
    const requirements = report.requirements.map((one) => ({ ...one, gaps: one.gaps.slice(0, 1), evidence: [] }));
    return { ...report, checks, requirements, reasons: report.reasons.slice(0, 1) };
  }),
  "turns-the-verdict": misled("tells FAIL as PASS", (report) => ({
    ...report,
    verdict: "PASS",
    exit_code: 0,
    reasons: [],
  })),
  ...Object.fromEntries([...failing].map((status) => [`tells-${status}-as-pass`, told(status)])),
  "tells-waived-as-fail": misled("tells what is waived as failed", (report) => ({
    ...report,
    requirements: report.requirements.map((one) => (one.status === "waived" ? { ...one, status: "fail" } : one)),
  })),
  "tells-skip-as-fail": misled("tells what was skipped as failed", (report) => ({
    ...report,
    checks: report.checks.map((one) => (one.status === "skip" ? { ...one, status: "fail" } : one)),
  })),
  "escapes-nothing": marred("escapes nothing", unescaped),
  "stops-halfway": marred("stops halfway", (text) => text.slice(0, text.length / 2)),
  "writes-nothing": marred("writes nothing", () => ""),
};

/** Undoes what the writers do to texts from outside, each in its own way. */
function unescaped(text: string): string {
  return text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("%0A", "\n")
    .replaceAll(/\\u\{?([0-9a-f]{2,4})\}?/g, (_, digits: string) => String.fromCodePoint(Number.parseInt(digits, 16)))
    .replaceAll(/\\(?=[<>&[\]])/g, "");
}

/** Each writer with each fault. */
export const wrongWriters: readonly WrongWriter[] = Object.entries(writers).flatMap(([name, writer]) =>
  Object.entries(faults).map(([id, { title, plant }]) => ({
    id: `${name}-${id}`,
    title: `${title} in ${name}`,
    writer: { ...writer, write: plant(writer.write) },
    laws: lawsOf(name),
  })),
);

/** The laws that a writer must keep. */
export function lawsOf(name: string): readonly WriterLaw[] {
  return name === "json" ? [...writerLaws, ...jsonLaws] : writerLaws;
}
