import { expect, test } from "vitest";
import { type NodeGroup, numberNodes, STRATEGIES } from "../../scenario/index.ts";
import { rolesOf } from "../../scenario/numbering.ts";
import { complaints, loadText } from "./from-text.ts";

// delegates 0–9, standby 10–11, full nodes 12–16, home-1 17–20 + 21, home-2 22–25 + 26, shop 27–29, relayers 30–32, phones 33–36, pads 37–38, gateways of
// meters 39–40
const POPULATION = `
rootchain: {delegates: 10, committee: 7, standby: 2, fullNodes: 5}
subchains:
  - {name: home, count: 2, operators: 4, fullNodes: 1}
  - {name: shop, operators: 3}
relayers: {count: 3}
light:
  - {name: phones, count: 4}
  - {name: pads, count: 2, chain: home-1}
devices:
  - {name: meters, count: 5, on: home-1, link: lora, gateways: 2}
`;

function victims(selector: string, population = POPULATION): NodeGroup | undefined {
  const fault = loadText(`${population}faults: [{at: 1 s, slow: {of: ${selector}, factor: 2}}]`).faults[0];
  return fault?.kind === "slow" ? fault.nodes : undefined;
}

test("nodes are numbered by chain and role: root, subchains, relayers, light clients, gateways, devices", () => {
  const numbering = numberNodes(loadText(POPULATION));
  expect(numbering).toEqual({
    delegates: { first: 0, count: 10 },
    standby: { first: 10, count: 2 },
    chains: [
      { name: "root", signers: { first: 0, count: 12 }, fullNodes: { first: 12, count: 5 } },
      { name: "home-1", signers: { first: 17, count: 4 }, fullNodes: { first: 21, count: 1 } },
      { name: "home-2", signers: { first: 22, count: 4 }, fullNodes: { first: 26, count: 1 } },
      { name: "shop", signers: { first: 27, count: 3 }, fullNodes: { first: 30, count: 0 } },
    ],
    relayers: { first: 30, count: 3 },
    lightClients: [
      { name: "phones", first: 33, count: 4 },
      { name: "pads", first: 37, count: 2 },
    ],
    gateways: [{ first: 39, count: 2 }],
    devices: [{ name: "meters", first: 41, count: 5 }],
    powered: 41,
    total: 46,
  });
});

test("roles cover every node once, in order", () => {
  const numbering = numberNodes(loadText(POPULATION));
  let next = 0;
  for (const { first, count } of rolesOf(numbering)) {
    expect(first).toBe(next);
    next += count;
  }
  expect(next).toBe(numbering.total);
});

test.each([
  ["operators home-1", [{ first: 17, last: 20, count: 4 }]],
  ["operators of home-1", [{ first: 17, last: 20, count: 4 }]],
  ["operators home-2 1..2", [{ first: 23, last: 24, count: 2 }]],
  ["2 of operators home-1", [{ first: 17, last: 20, count: 2 }]],
  ["2 of operators of home-1 0..2", [{ first: 17, last: 19, count: 2 }]],
  ["50 % of operators shop", [{ first: 27, last: 29, count: 2 }]],
  ["full-nodes", [{ first: 12, last: 16, count: 5 }]],
  ["full-nodes root", [{ first: 12, last: 16, count: 5 }]],
  ["full-nodes home-2", [{ first: 26, last: 26, count: 1 }]],
  ["root", [{ first: 0, last: 16, count: 17 }]],
  ["home-1", [{ first: 17, last: 21, count: 5 }]],
  ["home-1 4", [{ first: 21, last: 21, count: 1 }]],
  ["relayers", [{ first: 30, last: 32, count: 3 }]],
  ["1 of relayers", [{ first: 30, last: 32, count: 1 }]],
  ["light-clients", [{ first: 33, last: 38, count: 6 }]],
  ["light-clients pads", [{ first: 37, last: 38, count: 2 }]],
  ["all", [{ first: 0, last: 40, count: 41 }]],
  ["gateways meters", [{ first: 39, last: 40, count: 2 }]],
])("%s selects as it says", (selector, selections) => {
  expect(victims(selector)).toEqual(selections);
});

test("all operators are several ranges where others stand in between, and are then not counted through", () => {
  expect(victims("operators")).toEqual([
    { first: 17, last: 20, count: 4 },
    { first: 22, last: 25, count: 4 },
    { first: 27, last: 29, count: 3 },
  ]);
  const neighbours = "subchains: [{name: home, count: 3}]\nrootchain: {delegates: 7, committee: 7}\n";
  expect(victims("5 of operators", neighbours)).toEqual([{ first: 7, last: 18, count: 5 }]);
});

test("a partition cuts a subchain off", () => {
  const fault = loadText(`${POPULATION}faults: [{at: 1 s, partition: {groups: [home-1, rest]}}]`).faults[0];
  expect(fault).toMatchObject({
    kind: "partition",
    groups: [[{ first: 17, last: 21, count: 5 }], [{ count: "rest" }]],
  });
});

test("a turncoat has something to give away, and somebody to give it to", () => {
  const found = (strategy: string, more = "") =>
    complaints(`${POPULATION}${more}adversaries: [{of: operators home-1, strategy: ${strategy}, turncoat: true}]`);
  expect(found("forge-state")).toEqual([]);
  expect(found("mint")).toEqual([]);
  expect(found("go-silent")).toEqual([expect.stringContaining("go-silent with a turncoat")]);
  const alone =
    "subchains: [{name: a, operators: 4}]\nadversaries: [{of: operators a, strategy: mint, turncoat: true}]";
  expect(complaints(alone)).toEqual([expect.stringContaining("a turncoat without relayers")]);
});

test("each strategy takes the roles it is for, and no other", () => {
  const selectors: Readonly<Record<string, string>> = {
    delegates: "delegates 0",
    standby: "standby",
    "full-nodes": "full-nodes",
    operators: "operators home-1",
    relayers: "relayers",
    "light-clients": "light-clients",
  };
  for (const [strategy, { roles }] of Object.entries(STRATEGIES)) {
    for (const [role, selector] of Object.entries(selectors)) {
      const neighbours: Readonly<Record<string, string>> = { standby: "delegates 0", operators: "full-nodes home-1 0" };
      const prey = neighbours[role] ?? "standby 0";
      const victim = strategy === "eclipse" ? `, victim: ${prey}` : "";
      // Whoever colludes takes both sorts of partners.
      const partner = strategy === "collude" && role === "relayers" ? ", operators home-1" : "";
      const found = complaints(
        `${POPULATION}adversaries: [{of: [${selector}${partner}], strategy: ${strategy}${victim}}]`,
      );
      const allowed = (roles as readonly string[]).includes(role);
      const expected = allowed ? [] : [expect.stringContaining(`${strategy} is not for ${role}`)];
      expect(found, `${strategy} of ${role}`).toEqual(expected);
    }
  }
});
