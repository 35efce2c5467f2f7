import { commandAction, gatewayRequest } from "../conformance/attacks/index.js";
import { type Bundle, isRecord, openBundle } from "../src/index.js";

/** The shipped bundle with as many programs of 20 options each as asked for, beside its own. */
export async function bundleWith(programs: number): Promise<Bundle> {
  const opened = await openBundle({ policies: "policies" });
  if (!opened.ok) throw new Error(opened.error.map(({ message }) => message).join("; "));
  const data: unknown = JSON.parse(new TextDecoder().decode(opened.value.data));
  if (!isRecord(data) || !isRecord(data.command) || !isRecord(data.command.programs)) throw new Error("no programs");
  const own = Object.keys(data.command.programs).length;
  const more = Array.from({ length: Math.max(0, programs - own) }, (_, n) => [`program-${n}`, program(n)]);
  const command = { ...data.command, programs: { ...data.command.programs, ...Object.fromEntries(more) } };
  return { ...opened.value, data: new TextEncoder().encode(JSON.stringify({ ...data, command })) };
}

/** The names of the quota limits of a bundle. */
export function limitIdsOf(bundle: Bundle): string[] {
  const data: unknown = JSON.parse(new TextDecoder().decode(bundle.data));
  const limits = isRecord(data) && isRecord(data.quota) ? data.quota.limits : undefined;
  return isRecord(limits) ? Object.keys(limits) : [];
}

function program(n: number) {
  const kinds = [
    {},
    { arity: "required", type: "count" },
    { arity: "required", type: "path" },
    { arity: "optional", type: "when" },
  ];
  const options = Array.from({ length: 20 }, (_, i) => [`--option-${n}-${i}`, kinds[i % kinds.length] ?? {}]);
  return {
    description: `Program ${n}`,
    path: `/usr/bin/program-${n}`,
    profiles: ["readonly", "build"],
    syntax: "gnu",
    risk: "low",
    options: Object.fromEntries(options),
    positionals: { type: "path" },
  };
}

/** A realistic request over the gateway: token, approval, usage of every limit, full isolation, an argv of seven words. */
export function realisticRequest(limitIds: readonly string[]) {
  return gatewayRequest(commandAction(["grep", "-rn", "--include=*.ts", "-A", "3", "foo", "src"]), limitIds);
}
