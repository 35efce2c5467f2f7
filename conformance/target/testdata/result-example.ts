import type { TargetResult, Verdict } from "../index.js";

/** A check that was run, as if. */
export function resultExample(
  id: string,
  requirements: readonly string[],
  status: Verdict["status"] = "pass",
  more: { readonly twin?: true; readonly bypass?: true } = {},
): TargetResult {
  const { twin, bypass } = more;
  const verdict: Verdict =
    status === "pass"
      ? { status }
      : status === "skip"
        ? { status, detail: "not here" }
        : { status, detail: "because", ...(bypass === undefined ? {} : { bypass }) };
  const check = { id, title: `claims ${id}`, requirements, needs: [], run: async () => verdict };
  return { check: { ...check, ...(twin === undefined ? {} : { twin }) }, file: "checks/x.ts", verdict, requests: 2 };
}
