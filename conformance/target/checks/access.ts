import { bodyOf, refusedWell, refuses, shownAnswer, unusedGrant } from "../attempts.js";
import { bypassed, failed, passed, type TargetCheck, type TargetSuite, type Verdict } from "../check.js";
import type { HttpRequest } from "../http-client.js";
import type { Need, PersonName, Target } from "../target.js";

const everybody: readonly PersonName[] = ["viewer", "operator", "admin", "requester", "auditor", "metrics", "decider"];

/** A route, and who may use it. */
type Route = {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly body?: object;
  readonly may: readonly PersonName[];
  readonly feature: Need;
};

const people: readonly PersonName[] = ["viewer", "operator", "admin"];
const routes: readonly Route[] = [
  {
    ...{ id: "ask", method: "POST", path: "/approvals", feature: "approvals" },
    body: { command: "echo access", reason: "a conformance run" },
    may: ["operator", "admin", "requester"],
  },
  { id: "list", method: "GET", path: "/approvals", feature: "approvals", may: [...people, "auditor", "requester"] },
  {
    ...{ id: "executions", method: "GET", path: "/executions/AAAAAAAAAAAAAAAAAAAAAA", feature: "executions" },
    may: [...people, "auditor"],
  },
  {
    ...{ id: "decisions", method: "POST", path: "/v1/data/main/request", feature: "decisions" },
    body: { input: {} },
    may: ["admin", "decider"],
  },
];

const needsOf = (name: PersonName): Need => `person:${name}`;

function requestFor({ method, path, body }: Route, bearer?: string): HttpRequest {
  const authorization = bearer === undefined ? {} : { authorization: `Bearer ${bearer}` };
  if (body === undefined) return { method, path, headers: authorization };
  const headers = { ...authorization, "content-type": "application/json" };
  return { method, path, headers, body: JSON.stringify(body) };
}

/** Whether somebody got in: they did not where they are told that they may not. */
const isIn = (status: number) => status < 400 || status === 404;

async function matrixEntry(target: Target, route: Route, name: PersonName): Promise<Verdict> {
  const answer = await target.ask(requestFor(route, await target.bearer(name)));
  if (route.may.includes(name)) return isIn(answer.status) ? passed : failed(`shut out: ${shownAnswer(answer)}`);
  return isIn(answer.status) ? bypassed(`let in: ${shownAnswer(answer)}`) : refusedWell(answer, [403]);
}

const matrix = routes.flatMap((route) =>
  everybody.map((name): TargetCheck => {
    const may = route.may.includes(name);
    return {
      id: `http-access-${route.id}-${name}`,
      title: `${may ? "lets" : "does not let"} a ${name} use ${route.method} ${route.path}`,
      requirements: ["WFL-02"],
      ...(may ? { twin: true } : {}),
      needs: [route.feature, needsOf(name)],
      run: (target) => matrixEntry(target, route, name),
    };
  }),
);

/** Credentials that are none. */
const impostors: readonly (readonly [string, Need[], (target: Target) => Promise<string | undefined>])[] = [
  ["none", [], async () => undefined],
  [
    "forged",
    ["person:admin"],
    async (target) => {
      const token = await target.bearer("admin");
      return `${token.slice(0, -8)}${token.endsWith("AAAAAAAA") ? "BBBBBBBB" : "AAAAAAAA"}`;
    },
  ],
  [
    "unsigned",
    ["person:admin"],
    async (target) => {
      const [, payload] = (await target.bearer("admin")).split(".");
      return `${Buffer.from('{"alg":"none","typ":"lockkeeper-access+jwt"}').toString("base64url")}.${payload}.`;
    },
  ],
  ["capability", ["person:requester", "person:approver"], async (target) => (await target.grant()).token],
];

const shut = routes.flatMap((route) =>
  impostors.map(
    ([id, needs, credential]): TargetCheck => ({
      id: `http-access-${route.id}-by-${id}`,
      title: `refuses ${route.method} ${route.path} with ${id === "none" ? "no credential" : `a credential that is ${id}`}`,
      requirements: ["WFL-02", "WFL-01"],
      needs: [route.feature, ...needs],
      run: async (target) => {
        const answer = await target.ask(requestFor(route, await credential(target)));
        return isIn(answer.status) ? bypassed(`let in: ${shownAnswer(answer)}`) : refusedWell(answer, [401]);
      },
    }),
  ),
);

const bearerToExecute: TargetCheck = {
  id: "http-access-bearer-executes",
  title: "runs nothing for a Bearer token in place of a capability",
  requirements: ["EXE-03", "WFL-02"],
  needs: ["person:admin"],
  run: async (target) => {
    const [granted, bearer] = [await unusedGrant(target), await target.bearer("admin")];
    return refuses(target, () => target.execute(bodyOf(granted), bearer), [401]);
  },
};

/** Who may use which route. */
export const accessSuite: TargetSuite = {
  file: "conformance/target/checks/access.ts",
  checks: [...matrix, ...shut, bearerToExecute],
};
