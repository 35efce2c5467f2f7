import { bodyOf, refuses, spend, unusedGrant } from "../attempts.js";
import { failed, passed, type TargetCheck, type TargetSuite, type Verdict } from "../check.js";
import type { HttpRequest } from "../http-client.js";
import type { Granted, Target } from "../target.js";

/** A malformed request: made of a good one. */
type Malformed = {
  readonly id: string;
  readonly title: string;
  readonly statuses: readonly number[];
  readonly make: (granted: Granted) => Pick<HttpRequest, "body" | "headers">;
};

const json = "application/json";
const body = (id: string, title: string, make: (text: string, granted: Granted) => string | Uint8Array): Malformed => ({
  ...{ id, title, statuses: [400] },
  make: (granted) => ({ body: make(JSON.stringify(bodyOf(granted)), granted), headers: { "content-type": json } }),
});
const member = (id: string, title: string, change: (granted: Granted) => object): Malformed =>
  body(id, title, (_, granted) => JSON.stringify({ ...bodyOf(granted), ...change(granted) }));
const media = (id: string, type: string | undefined): Malformed => ({
  ...{ id, title: `a body of the type ${type ?? "nobody says"}`, statuses: [415] },
  make: (granted) => ({
    body: JSON.stringify(bodyOf(granted)),
    headers: type === undefined ? {} : { "content-type": type },
  }),
});

const bytes = (...parts: readonly (string | readonly number[])[]) =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : Buffer.from([...part]))));

const malformed: readonly Malformed[] = [
  {
    ...{ id: "no-body", title: "no body", statuses: [400, 415] },
    make: () => ({ headers: { "content-type": json } }),
  },
  body("empty", "an empty body", () => ""),
  body("cut", "a body that is cut off", (text) => text.slice(0, -1)),
  body("two", "two JSON texts", (text) => `${text}${text}`),
  body("text", "a body that is no JSON", () => "command=echo"),
  body("list", "a list", (text) => `[${text}]`),
  body("null", "null", () => "null"),
  body("string", "a JSON string", (text) => JSON.stringify(text)),
  body("twice", "a member twice", (text) => text.replace("{", '{"command":"echo twice",')),
  body("comment", "a comment in JSON", (text) => text.replace("{", "{/**/")),
  body("nan", "NaN in JSON", (text) => text.replace("{", '{"task":NaN,')),
  body("utf8", "bytes that are not UTF-8", (text) => {
    const at = text.indexOf(":") + 2;
    return bytes(text.slice(0, at), [0xff, 0xfe, 0xc0, 0x80], text.slice(at));
  }),
  body("bom", "a byte order mark", (text) => `\ufeff${text}`),
  body("utf16", "UTF-16", (text) => Buffer.from(text, "utf16le")),
  body("nul-byte", "a NUL byte in JSON", (text) => bytes(text.slice(0, 5), [0], text.slice(5))),
  body("deep", "JSON nested five thousand deep", (text) =>
    text.replace("{", `{"task":${"[".repeat(5_000)}${"]".repeat(5_000)},`),
  ),
  body("proto", "a member named __proto__", (text) => text.replace("{", '{"__proto__":{"command":"echo proto"},')),
  member("nul", "a command that holds NUL", () => ({ command: "echo a\0b" })),
  member("no-command", "no command", () => ({ command: undefined })),
  member("command-number", "a number for the command", () => ({ command: 7 })),
  member("command-object", "an object for the command", () => ({ command: { argv: ["echo"] } })),
  member("command-list", "a list with a number for the command", () => ({ command: ["echo", 7] })),
  member("command-empty", "an empty command", () => ({ command: "" })),
  member("approval-missing", "no approval_id", () => ({ approval_id: undefined })),
  member("approval-list", "a list for the approval_id", ({ approval_id }) => ({ approval_id: [approval_id] })),
  member("approval-null", "null for the approval_id", () => ({ approval_id: null })),
  member("unknown", "a member that nobody knows", () => ({ unknown_member: true })),
  member("token-in-body", "a token in the body", ({ token }) => ({ token })),
  {
    ...body("large", "a body of more than 1 MiB", (text) => text.replace("{", `{"task":"${"a".repeat(1_048_577)}",`)),
    statuses: [413],
  },
  media("media-text", "text/plain"),
  media("media-form", "application/x-www-form-urlencoded"),
  media("media-xml", "application/xml"),
  media("media-none", undefined),
];

async function present(target: Target, { make, statuses }: Malformed): Promise<Verdict> {
  const granted = await unusedGrant(target);
  const { headers = {}, ...rest } = make(granted);
  const request = {
    method: "POST",
    path: "/gateway/execute",
    headers: { ...headers, "x-capability-token": granted.token },
    ...rest,
  };
  const before = target.exchanges.length;
  const verdict = await refuses(target, () => target.ask(request), statuses);
  if (verdict.status === "fail") spend(target);
  const answer = target.exchanges[before]?.answer;
  if (verdict.status !== "pass" || answer === undefined) return verdict;
  return /"code"\s*:\s*"[^"]+"/.test(answer.text) ? passed : failed(`it names no code: ${answer.text.slice(0, 300)}`);
}

const bodies = malformed.map(
  (one): TargetCheck => ({
    id: `http-malformed-${one.id}`,
    title: `refuses ${one.title}`,
    requirements: ["EXE-18"],
    needs: [],
    run: (target) => present(target, one),
  }),
);

const stillGood: TargetCheck = {
  id: "http-malformed-twin",
  title: "takes the same request with nothing wrong in it",
  requirements: ["EXE-18"],
  twin: true,
  needs: [],
  run: async (target) => {
    const granted = await target.grant(target.config.commands.allowed.command);
    const answer = await target.execute(bodyOf(granted), granted.token);
    return answer.status === 200 ? passed : failed(`it is refused: ${answer.status} ${answer.text.slice(0, 300)}`);
  },
};

const wrongMethod: TargetCheck = {
  id: "http-malformed-method",
  title: "runs nothing by another method than POST",
  requirements: ["EXE-18"],
  needs: [],
  run: async (target) => {
    const granted = await unusedGrant(target);
    const query = new URLSearchParams({ command: "echo", approval_id: granted.approval_id });
    for (const method of ["GET", "PUT", "PATCH", "DELETE"]) {
      const headers = { "x-capability-token": granted.token };
      const ask = () => target.ask({ method, path: `/gateway/execute?${query}`, headers });
      const verdict = await refuses(target, ask, [400, 404, 405, 415]);
      if (verdict.status === "fail" && verdict.bypass === true) return verdict;
    }
    return passed;
  },
};

/** Requests that are not as they should be. */
export const malformedSuite: TargetSuite = {
  file: "conformance/target/checks/malformed.ts",
  checks: [...bodies, wrongMethod, stillGood],
};
