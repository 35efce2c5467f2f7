import { once } from "node:events";
import { createServer } from "node:http";
import { bodyOf, refuses, spend, stolenFrom, unusedGrant } from "../attempts.js";
import { bypassed, type TargetCheck, type TargetSuite, type Verdict } from "../check.js";
import { attackerJwks, type Forgery, forgeries, pointingForgery } from "../forgeries.js";
import type { Target } from "../target.js";

/** Presents one forged token with a request that would be good with the genuine one. */
async function present(target: Target, forgery: Forgery): Promise<Verdict> {
  const granted = await unusedGrant(target);
  const token = forgery.forge(stolenFrom(target, granted));
  const attempt = () => target.execute(bodyOf(granted), token);
  const verdict = await refuses(target, attempt, [401, ...(forgery.statuses ?? [])]);
  if (verdict.status === "fail") spend(target);
  return verdict;
}

function forgeryCheck(forgery: Forgery): TargetCheck {
  return {
    id: `http-tokens-${forgery.name.replaceAll(/[^A-Za-z0-9]+/g, "-").replace(/-$/, "")}`,
    title: `refuses a token ${forgery.name}`,
    requirements: [forgery.requirement],
    needs: forgery.signed ? ["key"] : [],
    run: (target) => present(target, forgery),
  };
}

/** Offers keys of its own at an address, and sees whether anybody comes for them. */
async function point(target: Target, member: "jku" | "x5u"): Promise<Verdict> {
  let visits = 0;
  const server = createServer((_, response) => {
    visits += 1;
    response.setHeader("content-type", "application/json").end(attackerJwks);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    const at = server.address();
    const url = `http://127.0.0.1:${typeof at === "object" && at !== null ? at.port : 0}/keys`;
    const granted = await unusedGrant(target);
    const token = pointingForgery(member, url, stolenFrom(target, granted));
    const verdict = await refuses(target, () => target.execute(bodyOf(granted), token), [401]);
    if (verdict.status === "fail") spend(target);
    return visits > 0 ? bypassed(`it fetched keys from ${url}, as the token told it to`) : verdict;
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

const pointing = (["jku", "x5u"] as const).map(
  (member): TargetCheck => ({
    id: `http-tokens-${member}`,
    title: `refuses a token that says where its key is (${member}), and does not go there`,
    requirements: ["EXE-03"],
    needs: [],
    run: (target) => point(target, member),
  }),
);

const missing: TargetCheck = {
  id: "http-tokens-missing",
  title: "refuses a request without a token",
  requirements: ["EXE-12"],
  needs: [],
  run: async (target) => {
    const granted = await unusedGrant(target);
    return refuses(target, () => target.execute(bodyOf(granted), null), [401, 400]);
  },
};

const expiredText: TargetCheck = {
  id: "http-tokens-expired",
  title: 'says "Token expired" of a token that was good and has expired',
  requirements: ["EXE-02", "EXE-12"],
  needs: ["expired"],
  run: async (target) => {
    const { expired } = target.config;
    if (expired !== undefined) {
      const body = {
        command: expired.command ?? target.config.commands.allowed.command,
        approval_id: expired.approval_id,
      };
      return refuses(target, () => target.execute(body, expired.token), [401], "Token expired");
    }
    const granted = await unusedGrant(target);
    const stolen = stolenFrom(target, granted);
    const forged = forgeries.find(({ name }) => name === "that has expired")?.forge(stolen) ?? "";
    const verdict = await refuses(target, () => target.execute(bodyOf(granted), forged), [401], "Token expired");
    if (verdict.status === "fail") spend(target);
    return verdict;
  },
};

/** Forged, expired and missing tokens. */
export const tokenSuite: TargetSuite = {
  file: "conformance/target/checks/tokens.ts",
  checks: [...forgeries.map(forgeryCheck), ...pointing, missing, expiredText],
};
