import { cpSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { ROOT, SMALL, Workplace } from "./orrery.ts";

const BROKEN = path.join(ROOT, "sim/test/scenario/broken");

test.each(["many-at-once", "committee-too-large", "unclosed-bracket", "extends-broken-base", "proto-key"])(
  "%s: the whole answer on standard error, exit 2, nothing written",
  (name) => {
    const workplace = new Workplace();
    cpSync(BROKEN, workplace.path("broken"), { recursive: true });
    const before = workplace.files();
    const { status, stdout, stderr } = workplace.run("run", `broken/${name}.yaml`);
    expect(stderr).toBe(readFileSync(path.join(BROKEN, `${name}.txt`), "utf8"));
    expect([status, stdout]).toEqual([2, ""]);
    expect(workplace.files()).toEqual(before);
  },
);

const EXACT: [string, string[], string][] = [
  [
    "a misspelt setting",
    ["run", "small.yaml", "--set", "rootchain.comittee=4"],
    '--set rootchain.comittee=4: unknown key "comittee"\n    1 | rootchain.comittee=4\n      |           ^^^^^^^^\n',
  ],
  [
    "a setting without a unit",
    ["run", "small.yaml", "--set", "rootchain.round=3"],
    "--set rootchain.round=3: 3 has no unit\n    1 | rootchain.round=3\n      |                 ^\n",
  ],
  [
    "a contradiction by a setting",
    ["run", "small.yaml", "--set", "rootchain.committee=9"],
    "--set rootchain.committee=9: a committee of 9 is larger than the 4 delegates\n",
  ],
  [
    "a setting of a prototype",
    ["run", "small.yaml", "--set", "__proto__.polluted=1"],
    "--set __proto__.polluted=1: not a setting\n",
  ],
  [
    "a prototype inside a setting",
    ["run", "small.yaml", "--set", "rootchain={__proto__: {committee: 1}}"],
    "--set rootchain={__proto__: {committee: 1}}: the key __proto__ is never allowed\n",
  ],
  ["a setting that is none", ["run", "small.yaml", "--set", "rootchain"], "--set rootchain: not a setting\n"],
  ["a seed that is a path", ["run", "small.yaml", "--seed", "../1"], '--set seed="../1": "../1" does not fit here\n'],
  ["a file that is not there", ["run", "smal.yaml"], "smal.yaml: there is no such file\n"],
  ["a bad time", ["run", "small.yaml", "--until", "30"], "--until 30: 30 has no unit; expected a time such as 30s\n"],
  [
    "an empty range of seeds",
    ["check", "small.yaml", "--seeds", "9..1"],
    '--seeds 9..1: the range is empty; did you mean "1..9"?\n',
  ],
  ["no workers", ["check", "small.yaml", "--jobs", "0"], "--jobs 0: expected 1 or more\n"],
  ["a trace that is none", ["trace", "small.yaml", "info"], "small.yaml: "],
  [
    "a file to begin that is there",
    ["init", "small.yaml"],
    "small.yaml: this file is there already, and is left as it is\n",
  ],
  ["nothing to view", ["view", "."], ".: no trace.orrery here or below"],
];

test.each(EXACT)("%s is answered in one place, exit 2, nothing written", (_, words, answer) => {
  const workplace = new Workplace({ "small.yaml": SMALL });
  const { status, stdout, stderr } = workplace.run(...words);
  expect(stderr.slice(0, answer.length)).toBe(answer);
  expect([status, stdout]).toEqual([2, ""]);
  expect(workplace.files()).toEqual(["small.yaml"]);
});

test.each([
  ["runn", "small.yaml"],
  ["run", "small.yaml", "--sed", "1"],
  ["run"],
  ["run", "small.yaml", "--trace", "ful"],
  [],
])("the words %s %s %s are no command", (...words) => {
  const { status, stderr } = new Workplace({ "small.yaml": SMALL }).run(...words.filter((word) => word !== undefined));
  expect(status).toBe(2);
  expect(stderr).toContain("orrery --help");
  expect(stderr).not.toContain("    at ");
});

test("all wrong files of a check are answered before any runs", () => {
  const workplace = new Workplace({ "a.yaml": "seed: ../1\n", "b.yaml": "duration: 5\n", "small.yaml": SMALL });
  const { status, stderr } = workplace.run("check", "a.yaml", "b.yaml", "small.yaml");
  expect(status).toBe(2);
  expect(stderr).toContain("a.yaml:1:7: ");
  expect(stderr).toContain("b.yaml:1:11: ");
  expect(workplace.files("results")).toEqual([]);
});
