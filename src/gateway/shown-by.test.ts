import { expect, it } from "vitest";
import { shownBy } from "./shown-by.js";

const pilot = { "x-pilot-id": "alice" };

// @requirement WFL-01
it("shows the older header only where nothing stands in Authorization", () => {
  expect(shownBy({ headers: pilot })).toEqual({ kind: "pilot", pilotId: "alice" });
  expect(shownBy({ headers: { "x-pilot-id": "" } })).toEqual({ kind: "pilot", pilotId: "" });
  expect(shownBy({ headers: { ...pilot, authorization: "Bearer a.b.c" } })).toEqual({ kind: "bearer", token: "a.b.c" });
  for (const authorization of ["", "Bearer", "Basic YTpi", "Bearer a b", " Bearer a"]) {
    expect(shownBy({ headers: { ...pilot, authorization } })).toEqual({ kind: "bearer", token: null });
  }
});

// @requirement WFL-01
it("shows no token where no header says one, and nobody where two name pilots", () => {
  expect(shownBy({ headers: {} })).toEqual({ kind: "bearer", token: null });
  expect(shownBy({ headers: { "x-pilot-id": ["alice", "bob"] } })).toEqual({ kind: "bearer", token: null });
  expect(shownBy({ headers: { authorization: "bearer a.b.c" } })).toEqual({ kind: "bearer", token: "a.b.c" });
});
