import Type, { type Static } from "typebox";
import { err, ok, type Problem, parserOf, type Result } from "../../src/index.js";

const Named = Type.Record(Type.String(), Type.Unknown());

/** The parts of the policy data that generators read to know what should be allowed; there may be more of everything. */
const PolicyDataShape = Type.Object({
  command: Type.Object({ programs: Named }),
  token: Type.Object({ max_lifetime_s: Type.Integer(), leeway_s: Type.Integer() }),
  quota: Type.Object({
    limits: Type.Record(
      Type.String(),
      Type.Object({ scope: Type.String(), resource: Type.String(), window_ms: Type.Integer(), limit: Type.Integer() }),
    ),
  }),
  output: Type.Object({ kinds: Named, fields: Named, places: Named }),
  /** Policies that know no roles have none of it. */
  access: Type.Optional(Type.Object({ hierarchy: Type.Array(Type.String()), permissions: Named })),
});
export type PolicyData = Static<typeof PolicyDataShape>;

const parsePolicyData = parserOf(PolicyDataShape);

/** Takes from a policy folder's data what the attacks need. */
export function policyData(data: unknown): Result<PolicyData, readonly Problem[]> {
  const parsed = parsePolicyData(data);
  if (parsed.ok) return ok(parsed.value);
  return err(
    parsed.error.map(({ path, message }) => ({
      code: "policy/data_invalid" as const,
      message: `the attacks need data${path.replaceAll("/", ".")}: it ${message}`,
    })),
  );
}
