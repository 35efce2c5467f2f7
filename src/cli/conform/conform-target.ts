import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  canonicalJson,
  loadSpecs,
  productOf,
  readConfig,
  type Specs,
  terminalSummary,
  writeReports,
} from "../../../conformance/index.js";
import {
  countsOf,
  openTarget,
  readTargetConfig,
  runTarget,
  securityChecklist,
  startSelf,
  type Target,
  type TargetResult,
  targetReport,
} from "../../../conformance/target/index.js";
import { packageRoot, systemClock } from "../../host/index.js";
import { printable, type Report } from "../../model/index.js";
import { CommandFailure, type Terminal } from "../terminal.js";

/** The flags of a run over HTTP. */
export type TargetFlags = {
  /** A URL, or `self`. */
  readonly target: string | undefined;
  readonly targetConfig: string | undefined;
  readonly only: readonly string[];
  readonly json: boolean;
};

/** A target that was opened, and what has to end with it. */
export interface OpenedTarget extends AsyncDisposable {
  readonly target: Target;
  readonly isSelf: boolean;
}

/**
 * Opens the gateway that flags name; `self` is started.
 *
 * @throws CommandFailure where a flag is missing, or the gateway does not start
 */
export async function openNamedTarget({
  target: url,
  targetConfig,
}: Pick<TargetFlags, "target" | "targetConfig">): Promise<OpenedTarget> {
  if (url === undefined) throw missing("--target says which gateway, by its URL");
  if (url === "self") {
    const started = await startSelf();
    if (!started.ok) throw new CommandFailure(started.error);
    const { target } = started.value;
    return { target, isSelf: true, [Symbol.asyncDispose]: () => started.value[Symbol.asyncDispose]() };
  }
  if (targetConfig === undefined) throw missing("--target-config says how that gateway gives tokens");
  const read = await readTargetConfig(targetConfig);
  if (!read.ok) throw new CommandFailure(read.error);
  const opened = openTarget({ url, ...read.value });
  if (!opened.ok) throw new CommandFailure(opened.error);
  return { target: opened.value, isSelf: false, [Symbol.asyncDispose]: async () => undefined };
}

function missing(message: string): CommandFailure {
  return new CommandFailure([{ code: "usage/missing", message, hint: "see docs/target.md" }]);
}

/** The requirements that suites speak of: those that came with the program, whatever repository it is run in. */
export function packageSpecs(): Specs {
  const specs = loadSpecs(join(packageRoot(), "specs"));
  if (!specs.ok) throw new CommandFailure(specs.error);
  return specs.value;
}

/** Asks a gateway everything that it can be asked, writes the report and prints what came of it. */
export async function conformTarget(flags: TargetFlags, terminal: Terminal): Promise<number> {
  const { requirements } = packageSpecs();
  const unknown = flags.only.filter((id) => !requirements.some((one) => one.id === id));
  if (unknown.length > 0) {
    throw new CommandFailure(unknown.map((id) => ({ code: "usage/flag", message: `no requirement is called ${id}` })));
  }
  const startedMs = systemClock.nowMs();
  await using opened = await openNamedTarget(flags);
  const { target } = opened;
  const results = await runTarget(target, { only: flags.only, progress: terminal.progress });
  const checklist = flags.only.length > 0 ? [] : securityChecklist(results, undefined);
  const own = opened.isSelf ? productOf({ root: packageRoot() }) : undefined;
  const product = own ?? { name: target.title.slice(0, 100), version: "unknown" };
  const report = targetReport({ product, requirements, results, checklist, only: flags.only });
  const folder = await write(report, startedMs);
  if (flags.json) terminal.out(canonicalJson(report).trimEnd());
  else print(report, results, folder, terminal);
  return report.exit_code;
}

async function write(report: Report, startedMs: number): Promise<string> {
  const config = await readConfig(process.cwd());
  const folder = config.ok
    ? join(config.value.root, config.value.reports, "target")
    : join(process.cwd(), "reports", "target");
  const run = {
    started_at: new Date(startedMs).toISOString(),
    duration_ms: systemClock.nowMs() - startedMs,
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    phases: [],
  };
  const written = await writeReports(folder, report, run, new Map());
  if (!written.ok) throw new CommandFailure([written.error]);
  return existsSync(folder) ? folder : "";
}

function print(report: Report, results: readonly TargetResult[], folder: string, terminal: Terminal): void {
  terminal.out(terminalSummary(report, new Map(), { colour: terminal.colour }));
  for (const { id, status, evidence } of report.requirements) {
    const passed = evidence.filter((one) => one.status === "pass").length;
    const style = status === "pass" ? "green" : status === "fail" ? "red" : "yellow";
    terminal.out(`${terminal.paint(style, status.padEnd(5))} ${id}  ${passed} of ${evidence.length} checks passed`);
  }
  const { pass, fail, skip } = countsOf(results);
  terminal.out(`${pass} passed, ${fail} failed, ${skip} skipped; ${report.totals.bypasses} bypasses`);
  for (const [reason, skipped] of skippedBy(results)) terminal.out(printable(`  ${skipped} skipped: ${reason}`));
  terminal.out(`report: ${join(folder, "report.html")}`);
}

/** How many checks were skipped for each reason. */
function skippedBy(results: readonly TargetResult[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { verdict } of results) {
    if (verdict.status === "skip") counts.set(verdict.detail, (counts.get(verdict.detail) ?? 0) + 1);
  }
  return counts;
}
