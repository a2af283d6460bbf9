import { expect, test } from "vitest";
import { RangeRequest } from "../../consensus/messages.ts";
import type { PeerId } from "../../core/ids.ts";
import type { Message } from "../../core/machine.ts";
import { SECOND_US } from "../../core/units.ts";
import type { KeyPair } from "../../crypto/signed-object.ts";
import { genesisAnchor } from "../../light/anchor.ts";
import { ChainNode } from "../../node/chain-node.ts";
import { HeadersRequest, type LightRequest, Lookup } from "../../node/light-messages.ts";
import { MAX_REMEMBERED_STAMPS, READ_FRESH_US } from "../../node/limits.ts";
import { ReadRequest, RequestSigner } from "../../node/read-request.ts";
import { chainWire } from "../../node/wire.ts";
import { subchainGenesis } from "../../subchain/genesis.ts";
import { Driver } from "../driver.ts";
import { crypto, genesisOf, holder, keyPair, registryOf, smallChain } from "../people.ts";
import { account, HERE, seat, specificationOf } from "../subchain/world.ts";

const STRANGER = 77 as PeerId;
const NODE = 0 as PeerId;
const OPERATOR = seat(1);
const [ADMINISTRATOR, WRITER, READER, NOBODY] = [0, 1, 2, 3];

/** A node of a private chain, which it shows to its administrator, an account, a reader and its operators. */
function guarded(isPrivate = true) {
  const permission = isPrivate ? ({ kind: "private", administrator: account(ADMINISTRATOR) } as const) : undefined;
  const specification = specificationOf(permission === undefined ? {} : { permission });
  const genesis = subchainGenesis(specification, {
    rootAnchor: genesisAnchor(genesisOf(smallChain(4), registryOf(4))),
    accounts: [{ address: account(WRITER), amount: 100n }],
    operators: [5, 1, 2, 3].map((id) => ({ ...seat(id), endpoint: (10 + id) as PeerId })),
    readers: [account(READER)],
  });
  const [answers, reasons]: [Message[], string[]] = [[], []];
  const driver = new Driver({
    seed: 1,
    nodes: 1,
    make: () => {
      const chain = { genesis, identity: null, mesh: [9 as PeerId], statusIntervalUs: 3600 * SECOND_US };
      return new ChainNode(isPrivate ? { ...chain, guarded: { self: NODE, specification } } : chain);
    },
    provisioned: new Map(),
    onObserve: (_, observation) => {
      if (observation.kind === "rejected") reasons.push(observation.reason);
    },
    onSend: (_, message) => answers.push(message),
  });
  driver.cut = () => true;
  driver.nowUs = 1000 * SECOND_US;
  driver.startAll();
  driver.nowUs += SECOND_US;
  /** What comes of a message: answers, or why there are none. */
  const told = (message: Message, from = STRANGER): string => {
    answers.length = 0;
    reasons.length = 0;
    driver.deliver(0, from, chainWire.decode(chainWire.encode(message)) ?? expect.fail("it does not decode"));
    return answers.length > 0 ? "answered" : (reasons[0] ?? "silence");
  };
  return { driver, told };
}

const HEADERS = new HeadersRequest(HERE, 0, 0);
const LOOKUP = new Lookup(HERE, 1, { kind: "cross", destination: 0 });

function signed(by: KeyPair, stampUs: number, changes: Partial<ReadRequest> = {}): ReadRequest {
  const plain = { chainId: HERE, node: NODE, stampUs, reader: by.publicKey, request: HEADERS as LightRequest };
  const request = new ReadRequest({ ...plain, ...changes });
  crypto.sign(request, by);
  return request;
}

test("a private chain answers those whom its state admits, its operators, and nodes that it is connected with", () => {
  const { driver, told } = guarded();
  expect(told(HEADERS)).toBe("unsigned request to a private chain");
  expect(told(LOOKUP)).toBe("unsigned request to a private chain");
  expect(told(new RangeRequest(1))).toBe("unsigned request to a private chain");
  expect(told(HEADERS, 9 as PeerId)).toBe("answered");
  expect(told(HEADERS, 11 as PeerId)).toBe("answered");
  for (const reader of [ADMINISTRATOR, WRITER, READER])
    expect(told(signed(holder(reader), driver.nowUs))).toBe("answered");
  expect(told(signed(keyPair(1, 1), driver.nowUs))).toBe("answered");
  expect(OPERATOR.publicKey).toEqual(keyPair(1, 1).publicKey);
  expect(told(signed(holder(NOBODY), driver.nowUs))).toBe("reader who is not admitted");
  expect(told(signed(holder(READER), driver.nowUs + 1, { request: LOOKUP }))).toBe("answered");
});

test("a public chain answers whoever asks, and nobody who signs for it", () => {
  const { driver, told } = guarded(false);
  expect(told(HEADERS)).toBe("answered");
  expect(told(signed(holder(READER), driver.nowUs))).toBe("signed request to a public chain");
});

test("a request is good for one node, one chain, a short time and once", () => {
  const { driver, told } = guarded();
  const once = signed(holder(READER), driver.nowUs);
  expect(told(once)).toBe("answered");
  expect(told(once)).toBe("read request for the second time");
  expect(told(once, 78 as PeerId)).toBe("read request for the second time");
  expect(told(signed(holder(READER), driver.nowUs + 1, { node: 1 as PeerId }))).toBe("read request to another node");
  expect(told(signed(holder(READER), driver.nowUs + 1, { chainId: 3 }))).toBe("read request about another chain");
  for (const awayUs of [READ_FRESH_US + 1, -READ_FRESH_US - 1]) {
    expect(told(signed(holder(READER), driver.nowUs + awayUs))).toBe("read request that is not fresh");
  }
  // Within the request the chain is another one's all the same.
  const inside = signed(holder(READER), driver.nowUs + 2, { request: new HeadersRequest(3, 0, 0) });
  expect(told(inside)).toBe("light request about another chain");
});

test("a signature of somebody else, or over something else, is refused, and uses nothing up", () => {
  const { driver, told } = guarded();
  const stampUs = driver.nowUs;
  const mine = signed(holder(READER), stampUs);
  const borrowed = new ReadRequest({ ...mine, request: LOOKUP, signature: mine.signature });
  expect(told(borrowed)).toBe("read request with a foreign signature");
  const forged = signed(holder(NOBODY), stampUs);
  const posing = new ReadRequest({ ...forged, reader: holder(READER).publicKey, signature: forged.signature });
  expect(told(posing)).toBe("read request with a foreign signature");
  expect(told(mine)).toBe("answered");
});

test("requests may overtake each other, but none below the window of remembered ones is answered again", () => {
  const { driver, told } = guarded();
  const first = signed(holder(READER), driver.nowUs);
  const late = signed(holder(READER), driver.nowUs + 1);
  expect(told(first)).toBe("answered");
  for (let each = 2; each <= MAX_REMEMBERED_STAMPS - 10; each++) told(signed(holder(READER), driver.nowUs + each));
  driver.nowUs += SECOND_US;
  expect(told(late)).toBe("answered");
  for (let each = 0; each <= 20; each++) told(signed(holder(READER), driver.nowUs + each));
  expect(told(first)).toBe("read request for the second time");
  expect(told(signed(holder(WRITER), driver.nowUs))).toBe("answered");
});

test("a node that was down answers nothing that it may have answered before", () => {
  const { driver, told } = guarded();
  const before = signed(holder(READER), driver.nowUs);
  expect(told(before)).toBe("answered");
  driver.crash(0);
  driver.nowUs += SECOND_US;
  driver.startAll();
  expect(told(before)).toBe("read request for the second time");
  expect(told(signed(holder(READER), driver.nowUs))).toBe("answered");
});

test("a signer's stamps never repeat, and follow its clock", () => {
  const signer = new RequestSigner(holder(READER));
  const at = (nowUs: number) => {
    const context = { nowUs, crypto } as Parameters<RequestSigner["sign"]>[0];
    return signer.sign(context, NODE, HEADERS).stampUs;
  };
  expect([at(100), at(100), at(90), at(5_000_000), at(100)]).toEqual([100, 101, 102, 5_000_000, 100]);
});
