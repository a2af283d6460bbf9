import { expect, test } from "vitest";
import type { PeerId } from "../../core/ids.ts";
import type { Message } from "../../core/machine.ts";
import { SECOND_US } from "../../core/units.ts";
import { hashTagged } from "../../crypto/hash.ts";
import { genesisAnchor } from "../../light/anchor.ts";
import { type CertifiedHeader, followHeaders } from "../../light/certified-header.ts";
import { verifyStateEntry } from "../../light/state-proof.ts";
import {
  type HeaderSteps,
  type Headers,
  HeadersRequest,
  Lookup,
  ProofRequest,
  type Proofs,
} from "../../node/light-messages.ts";
import { KEPT_STATES, MAX_LIGHT_REQUESTS } from "../../node/limits.ts";
import { Cluster } from "../cluster.ts";
import { crypto } from "../people.ts";

const CLIENT_NODE = 77 as PeerId;

/** A chain of four members, and what one of them answers to somebody who is none. */
function served(height: number) {
  const cluster = new Cluster({ delegates: 4 });
  const { driver } = cluster;
  const answers: Message[] = [];
  driver.cut = (_from, to, message) => {
    if (to === CLIENT_NODE) answers.push(message);
    return to === CLIENT_NODE;
  };
  driver.startAll();
  cluster.reach(height);
  const ask = (message: Message): Message[] => {
    answers.length = 0;
    driver.deliver(0, CLIENT_NODE, message);
    return [...answers];
  };
  return { cluster, ask };
}

test("a header chain leads from genesis, or any header, to the wanted one", () => {
  const { cluster, ask } = served(12);
  const genesis = genesisAnchor(cluster.genesis);
  const [whole] = ask(new HeadersRequest(1, 0, 0));
  const { chain } = whole as Headers;
  const reached = followHeaders(crypto, genesis, chain).anchor ?? expect.fail("it leads nowhere");
  expect(reached.blockHash).toBe(cluster.node(0).state.blockHash);
  // One header for each change of committee and the last: the chain's iterations have two blocks each.
  expect(chain.length).toBeLessThan(reached.height);
  const [part] = ask(new HeadersRequest(1, 0, 7));
  const seventh = followHeaders(crypto, genesis, (part as Headers).chain).anchor ?? expect.fail("it leads nowhere");
  expect(seventh.height).toBe(7);
  const [rest] = ask(new HeadersRequest(1, 7, reached.height));
  expect(followHeaders(crypto, seventh, (rest as Headers).chain).anchor).toEqual(reached);
  expect(ask(new HeadersRequest(1, reached.height, 7))).toEqual([]);
  expect(ask(new HeadersRequest(1, 0, reached.height + 50))).toEqual([]);
  expect(ask(new HeadersRequest(2, 0, 0))).toEqual([]);
});

test("a way that leaves out mere changes of order leads to the same headers, in one step where the members stay the same", () => {
  const { cluster, ask } = served(12);
  const { height } = cluster.node(0).state;
  const chainOf = (from: number, upTo: number, steps: HeaderSteps) =>
    (ask(new HeadersRequest(1, from, upTo, steps))[0] as Headers).chain;
  for (const [from, upTo] of [
    [0, height],
    [3, 10],
    [5, 6],
  ] as const) {
    const way = from === 0 ? [] : chainOf(0, from, "every-committee");
    const start = followHeaders(crypto, genesisAnchor(cluster.genesis), way).anchor ?? expect.fail("it leads nowhere");
    const [all, few] = [chainOf(from, upTo, "every-committee"), chainOf(from, upTo, "other-members")];
    expect(few).toHaveLength(1);
    const [reached, skipped] = [all, few].map((chain) => followHeaders(crypto, start, chain));
    expect(reached?.anchor?.height).toBe(upTo);
    expect(skipped).toEqual(reached);
  }
  // The members are named in the order of the last header that the asker has, which alone it can check.
  const [last] = chainOf(0, height, "other-members");
  const foreign = { ...(last as CertifiedHeader), members: (last as CertifiedHeader).members.toReversed() };
  expect(followHeaders(crypto, genesisAnchor(cluster.genesis), [foreign]).refusal).toBe(
    "header of a foreign committee",
  );
});

test("entries are proven, present or absent, under the header of their height, and only of recent ones", () => {
  const { cluster, ask } = served(6);
  const { state } = cluster.node(0);
  const [present] = [...state.ledger.entries.entries()][0] ?? expect.fail("an empty ledger");
  const absent = hashTagged("test/absent");
  const [answer] = ask(new ProofRequest(1, state.height, [present, absent, present]));
  const proofs = answer as Proofs;
  expect(proofs.entries.map(({ key }) => key)).toEqual([present, absent]);
  for (const entry of proofs.entries) {
    const value = entry.value ?? undefined;
    expect(verifyStateEntry(state.stateRoot, entry.key, value, proofs.proofOf(entry))).toBe(true);
    const other = value === undefined ? Uint8Array.of(1) : undefined;
    expect(verifyStateEntry(state.stateRoot, entry.key, other, proofs.proofOf(entry))).toBe(false);
  }
  expect(ask(new ProofRequest(1, state.height + 1, [present]))).toEqual([]);
  cluster.reach(state.height + KEPT_STATES);
  expect(ask(new ProofRequest(1, state.height, [present]))).toEqual([]);
});

test("a peer is answered so many times a second and no more, others meanwhile all the same", () => {
  const { cluster, ask } = served(3);
  cluster.driver.run(SECOND_US - (cluster.driver.nowUs % SECOND_US));
  const request = new Lookup(1, 1, { kind: "cross", destination: 0 });
  let answered = 0;
  for (let each = 0; each < MAX_LIGHT_REQUESTS + 20; each++) answered += ask(request).length;
  expect(answered).toBe(MAX_LIGHT_REQUESTS);
  expect(cluster.rejections(0)).toContain("too many light requests");
  cluster.driver.run(SECOND_US);
  expect(ask(request)).toHaveLength(1);
});
