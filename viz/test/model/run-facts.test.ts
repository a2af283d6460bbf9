import { expect, test } from "vitest";
import { listedRuns, runFacts } from "../../model/run-facts.ts";

test("a summary tells verdict, digest and question; anything else tells nothing", () => {
  expect(runFacts({ verdict: "pass", digest: "ab", question: "why?", more: 1 })).toEqual({
    verdict: "pass",
    digest: "ab",
    question: "why?",
    violations: [],
  });
  expect(runFacts({ verdict: "fail", digest: "ab" })?.question).toBeNull();
  for (const value of [null, 3, "pass", [], { verdict: "pass" }, { verdict: 1, digest: "ab" }]) {
    expect(runFacts(value)).toBeNull();
  }
});

test("a summary's violations have their moment and words", () => {
  const violations = [{ invariant: "agreement", atSeconds: 3.408, nodes: ["d-5"], detail: "two blocks" }, 7, {}];
  expect(runFacts({ verdict: "fail", digest: "ab", violations })?.violations).toEqual([
    { atUs: 3_408_000, text: "agreement: two blocks" },
  ]);
});

test("a list of runs leaves out what is none", () => {
  expect(listedRuns([{ path: "a/1", label: "A" }, { path: "b" }, 7, { label: "C" }])).toEqual([
    { path: "a/1", label: "A" },
    { path: "b", label: "b" },
  ]);
  expect(listedRuns({ path: "a" })).toEqual([]);
});
