import { expect, it } from "vitest";
import { safeLine } from "./decision-log.js";

// @requirement EXE-16
it("leaves a line without secrets as it is, and says of the others that their input was masked", () => {
  const plain = `${JSON.stringify({ path: "main/request", input: { argv: ["ls"] }, result: { allow: true } })}\n`;
  expect(safeLine(plain)).toBe(plain);
  const secret = { path: "main/request", input: { argv: ["echo", "eyJhIjoxfQ.eyJhIjoxfQ.c2ln", "last"] } };
  expect(safeLine(`${JSON.stringify(secret)}\n`)).toBe(
    '{"path":"main/request","input":{"argv":["echo","[token]","last"]},"masked":["/input"]}\n',
  );
});
