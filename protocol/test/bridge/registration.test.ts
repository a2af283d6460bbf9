import { expect, test } from "vitest";
import { anchorRingKey, decodeAnchorRing } from "../../bridge/anchor-ring.ts";
import { specificationRefusal } from "../../bridge/specification-rules.ts";
import { decodeSubchainRecord, subchainKey } from "../../bridge/subchain-record.ts";
import { IOTX } from "../../core/units.ts";
import { genesisAnchor } from "../../light/anchor.ts";
import { decodeOutputEntry } from "../../rootchain/entries.ts";
import { outpointKey } from "../../rootchain/outpoint.ts";
import type { OperatorSeat } from "../../rootchain/payload.ts";
import type { UtxoTransaction } from "../../rootchain/transaction.ts";
import { subchainGenesis } from "../../subchain/genesis.ts";
import { registrationOf } from "../../subchain/provision.ts";
import type { ChainSpecification } from "../../subchain/specification.ts";
import { escrow, lockOnRoot, type Payloads, refusal, reorgOf, step, transferOf, utxo } from "./actors.ts";
import {
  COIN,
  coin,
  OPERATOR_BOND,
  operatorKeys,
  operatorSeat,
  PARAMETERS,
  ROOT,
  rootValue,
  S2,
  script,
  specificationOf,
  TestChain,
  World,
} from "./world.ts";

const NEW = 7;
const SEATS = [0, 1, 2].map((seat) => operatorSeat(NEW, seat));

function genesisOf(world: World, specification: ChainSpecification, operators: readonly OperatorSeat[]) {
  return subchainGenesis(specification, { rootAnchor: genesisAnchor(world.root.genesis), accounts: [], operators });
}

/** @returns the registration of a third subchain, with changes after it was made */
function registration(
  world: World,
  changes: Partial<Payloads<"register-subchain">> = {},
  bonds: readonly bigint[] = SEATS.map(({ bond }) => bond),
): UtxoTransaction {
  const specification = specificationOf(NEW);
  const made = registrationOf(specification, SEATS, genesisOf(world, specification, SEATS));
  const outputs = bonds.map((amount) => ({ amount, lockingScript: script(5) }));
  const pool = (changes.specification ?? specification).rewardPool;
  const rest = COIN - bonds.reduce((sum, each) => sum + each, 0n) - pool;
  return utxo({ ...made, ...changes }, [...outputs, { amount: rest, lockingScript: script(0) }], [coin(0)]);
}

test("a subchain is registered at run time, bonded, and takes transfers at once", () => {
  const world = new World();
  const supply = rootValue(world.root.state.ledger);
  const transaction = registration(world);
  expect(step(world, ROOT, [transaction])).toBe(1);
  const { entries } = world.root.state.ledger;
  const record = decodeSubchainRecord(entries.get(subchainKey(NEW)) ?? new Uint8Array(0));
  expect(record).toMatchObject({ registeredHeight: 1, specification: { name: "chain-7" } });
  expect(record?.operators).toHaveLength(3);
  expect(decodeAnchorRing(entries.get(anchorRingKey(NEW)) ?? new Uint8Array(0))?.[0]?.anchor.height).toBe(0);
  const bond = entries.get(outpointKey(record?.operators[2]?.bond ?? { transactionId: transaction.id, index: 0 }));
  const role = decodeOutputEntry(bond ?? new Uint8Array(0));
  expect(role).toMatchObject({ amount: OPERATOR_BOND, role: { kind: "operator-bond", chainId: NEW, seat: 2 } });
  const keys = SEATS.map((_, seat) => operatorKeys(NEW, seat));
  world.chains.set(NEW, new TestChain(genesisOf(world, specificationOf(NEW), SEATS), keys));
  const transfer = transferOf(world, { sourceChain: ROOT, destinationChain: NEW });
  const lock = lockOnRoot(transfer, { coin: coin(1), value: COIN });
  expect(step(world, ROOT, [lock])).toBe(1);
  expect(escrow(world, NEW)).toBe(transfer.amount);
  expect(step(world, NEW, [reorgOf(world, world.chain(NEW), lock)])).toBe(1);
  expect(rootValue(world.root.state.ledger)).toBe(supply);
});

test("prefunded rewards in the root token are escrowed by who registers", () => {
  const world = new World();
  const specification = { ...specificationOf(NEW), rewardPool: IOTX, rewardBlocks: 10 };
  const { genesis } = registrationOf(specification, SEATS, genesisOf(world, specification, SEATS));
  expect(step(world, ROOT, [registration(world, { specification, genesis })])).toBe(1);
  expect(escrow(world, NEW)).toBe(IOTX);
});

test("a registration is refused for its own reason", () => {
  const world = new World();
  const spec = specificationOf(NEW);
  const parameters = (changes: Partial<typeof spec.parameters>) => ({
    specification: { ...spec, parameters: { ...spec.parameters, ...changes } },
  });
  const { genesis } = registrationOf(spec, SEATS, genesisOf(world, spec, SEATS));
  const twice = [SEATS[0], SEATS[1], SEATS[0]] as OperatorSeat[];
  const cases: [Parameters<typeof registration>[1], string][] = [
    [parameters({ chainId: ROOT }), "chain id that no subchain may have"],
    [parameters({ chainId: S2 }), "chain id that was given out already"],
    [{ specification: { ...spec, name: "chain-2" } }, "name that was given out already"],
    [{ operators: [] }, "subchain with too few operators"],
    [{ operators: twice }, "operator that takes two seats"],
    [parameters({ iterationsPerEpoch: 2 }), "subchain with parameters that no chain can live by"],
    [parameters({ chainId: 8 }), "genesis of another chain"],
    [{ genesis: { ...genesis, height: 1 } }, "genesis of another chain"],
    [{ operators: SEATS.map((each, seat) => operatorSeat(9, seat, each.bond)) }, "genesis with a committee of others"],
    [{ genesis: { ...genesis, nextCommitteeHash: genesis.blockHash } }, "genesis with a committee of others"],
  ];
  for (const [changes, reason] of cases) expect(refusal(world, ROOT, registration(world, changes))).toBe(reason);
  const bonds = SEATS.map(({ bond }) => bond);
  const short = "operator whose output is not the bond it names, or too little";
  expect(refusal(world, ROOT, registration(world, {}, bonds.with(1, 1n)))).toBe(short);
  const poor = new World({ bridge: { minOperatorBond: OPERATOR_BOND + 1n } });
  expect(refusal(poor, ROOT, registration(poor))).toBe(short);
  step(world, ROOT, [registration(world)]);
  const { payload } = registration(world);
  const again = utxo(
    payload,
    bonds.map((amount) => ({ amount, lockingScript: script(5) })),
    [coin(1)],
  );
  expect(refusal(world, ROOT, again)).toBe("chain id that was given out already");
});

test("nobody can follow a chain of private committees, or wait for one that forgets sooner than transfers expire", () => {
  const spec = specificationOf(NEW);
  const sortition = { mode: "threshold", expectedSize: 3, quorum: 2, seedRule: "two-back" } as const;
  expect(specificationRefusal({ ...spec, parameters: { ...spec.parameters, sortition } }, PARAMETERS)).toBe(
    "subchain whose committees nobody else can know",
  );
  const { maxExpiryUs } = PARAMETERS;
  expect(specificationRefusal({ ...spec, trustPeriodUs: maxExpiryUs }, PARAMETERS)).toBe(
    "subchain with a trust period shorter than an expiry",
  );
  expect(specificationRefusal({ ...spec, trustPeriodUs: maxExpiryUs + 1 }, PARAMETERS)).toBe(null);
  expect(specificationRefusal({ ...spec, rewardPool: 1n }, PARAMETERS)).toBe("reward pool that is never paid out");
});
