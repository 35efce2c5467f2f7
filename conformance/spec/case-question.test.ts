import { expect, it } from "vitest";
import { questionOf } from "./case-question.js";

const suite = { base: { now_ms: 1, token: { exp_s: 2, nbf_s: null } } };

it("asks a command's text, with its profile", () => {
  const input = { command: "ls -l", profile: "build" };
  expect(questionOf({ input }, suite)).toEqual({ kind: "command", text: "ls -l", profile: "build" });
});

it("repeats the whole text of a command", () => {
  expect(questionOf({ input: { command: "id;", repeat: 3 } }, suite)).toMatchObject({ text: "id;id;id;" });
});

it("repeats the text of an argv's last word", () => {
  const question = questionOf({ input: { argv: ["echo", "-n", "ab"], repeat: 3 } }, suite);
  expect(question).toEqual({ kind: "argv", argv: ["echo", "-n", "ababab"], profile: undefined });
});

it("patches the suite's base, where null removes a key and a null of the base stays", () => {
  const question = questionOf({ input: { request: { now_ms: null, token: { exp_s: 3 } } } }, suite);
  expect(question).toEqual({ kind: "request", input: { token: { exp_s: 3, nbf_s: null } } });
});

it("asks an output the same way", () => {
  expect(questionOf({ input: { output: { token: null } } }, suite)).toEqual({ kind: "output", input: { now_ms: 1 } });
});

it("asks for access the same way", () => {
  expect(questionOf({ input: { access: { token: null } } }, suite)).toEqual({ kind: "access", input: { now_ms: 1 } });
});

it("throws where there is no input, which no suite that was read has", () => {
  expect(() => questionOf({ input: {} }, suite)).toThrow("unreachable");
});
