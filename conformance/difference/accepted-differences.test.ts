import { expect, it } from "vitest";
import { readAccepted } from "./accepted-differences.js";

const entry = (over = "") => `  - class: ${"a".repeat(64)}
    rules: [token/expired]
    reason: The clocks of the two hosts differ by a second
    reviewer: Ann
    expires: "2030-01-31"
    witness: {entrypoint: request, input: {now_ms: 1}}
${over}`;
const file = (...entries: readonly string[]) =>
  `schema: lockkeeper/accepted-differences/v1\naccepted:\n${entries.join("")}`;

it("reads reviewed differences with their places", () => {
  const read = readAccepted(file(entry()), "accepted.yaml");
  expect(read).toMatchObject({
    ok: true,
    value: [
      {
        class: "a".repeat(64),
        reviewer: "Ann",
        witness: { entrypoint: "request", input: { now_ms: 1 } },
        place: { file: "accepted.yaml", row: 3 },
      },
    ],
  });
});

it("refuses an entry without a reason, a reviewer or an end, and one that says more than it may", () => {
  for (const key of ["reason", "reviewer", "expires", "witness", "rules"]) {
    const without = entry().replace(new RegExp(`    ${key}: .*\n`), "");
    expect(readAccepted(file(without), "accepted.yaml")).toMatchObject({
      ok: false,
      error: [{ code: "schema/invalid" }],
    });
  }
  expect(readAccepted(file(entry("    forever: true\n")), "a.yaml")).toMatchObject({ ok: false });
});

it("refuses a class that stands twice, and a day that the calendar does not have", () => {
  expect(readAccepted(file(entry(), entry()), "a.yaml")).toMatchObject({
    ok: false,
    error: [{ code: "spec/invalid", message: "this class is accepted twice" }],
  });
  expect(readAccepted(file(entry().replace("01-31", "02-30")), "a.yaml")).toMatchObject({
    ok: false,
    error: [{ message: "2030-02-30 is no day" }],
  });
});

it("reads an empty list as none", () => {
  expect(readAccepted("schema: lockkeeper/accepted-differences/v1\naccepted: []\n", "a.yaml")).toEqual({
    ok: true,
    value: [],
  });
});
