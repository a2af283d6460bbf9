import { buildBlock, type ChainState, genesisState, judgeBlock } from "../../protocol/consensus/chain-state.ts";
import type { ConsensusParameters } from "../../protocol/consensus/parameters.ts";
import { Registry } from "../../protocol/consensus/registry.ts";
import { assert } from "../../protocol/core/assert.ts";
import { Reader, Writer } from "../../protocol/core/codec.ts";
import { type PeerId, ZERO_HASH } from "../../protocol/core/ids.ts";
import { IOTX, SECOND_US } from "../../protocol/core/units.ts";
import type { CryptoBackend, NodeCrypto } from "../../protocol/crypto/node-crypto.ts";
import { createPlainNodeCrypto } from "../../protocol/crypto/plain-node-crypto.ts";
import type { KeyPair } from "../../protocol/crypto/signed-object.ts";
import { readBlock, writeBlock } from "../../protocol/ledger/block.ts";
import { encodeTransaction } from "../../protocol/ledger/transaction.ts";
import { genesisOutpoints, rootGenesisLedger } from "../../protocol/rootchain/genesis.ts";
import { RootRules } from "../../protocol/rootchain/rules.ts";
import { payToKey } from "../../protocol/rootchain/script/index.ts";
import type { UtxoTransaction } from "../../protocol/rootchain/transaction.ts";
import { type Coin, signerOf, spendCoins } from "../../protocol/rootchain/wallet.ts";
import type { BenchResult } from "./result.ts";
import { interleave, medianOf } from "./rounds.ts";
import { sodiumBackend } from "./simulate.ts";

const CHAIN = 1;
const MIB = 1024 * 1024;
const BODY_BYTES = 8 * MIB;
/** Normal transactions have half of a block, less what is reserved: a body of 8 MiB of them takes a larger one. */
const BLOCK_BYTES = 20 * MIB;
const OWNERS = 64;
const ROUNDS = 3;
const SIGNATURES = 3_000;
const COIN = 10n * IOTX;
const FEE = 1000n;
/** Validation takes at most so many times what its signature checks alone take: they are what bounds it. */
const MAX_RATIO = 2;

const PARAMETERS: ConsensusParameters = {
  chainId: CHAIN,
  delegates: 1,
  committee: 1,
  iterationsPerEpoch: 47,
  roundsPerIteration: 11,
  roundUs: 3 * SECOND_US,
  sortition: { mode: "ranked" },
  timeoutBaseUs: 3 * SECOND_US,
  maxDriftUs: SECOND_US,
  maxBlockBytes: BLOCK_BYTES,
};

interface Filled {
  readonly genesis: ChainState;
  readonly encoded: Uint8Array;
  readonly payments: readonly UtxoTransaction[];
}

function keysOf(backend: CryptoBackend): KeyPair[] {
  return Array.from({ length: OWNERS }, (_, index) => backend.keyPairFromSeed(new Uint8Array(32).fill(index + 1)));
}

function payment(backend: CryptoBackend, coin: Coin, to: Uint8Array): UtxoTransaction {
  const amount = coin.output.amount / 2n;
  const outputs = [
    { amount, lockingScript: to },
    { amount: coin.output.amount - amount - FEE, lockingScript: coin.output.lockingScript },
  ];
  return spendCoins(signerOf(backend), { chainId: CHAIN, coins: [coin], outputs });
}

/** @returns a chain whose genesis has a coin for each payment, and the payments that fill a block's body */
function fill(backend: CryptoBackend): { genesis: ChainState; payments: UtxoTransaction[] } {
  const keys = keysOf(backend);
  const scripts = keys.map(({ publicKey }) => payToKey(publicKey));
  const output = (index: number) => ({ amount: COIN, lockingScript: scripts[index % OWNERS] as Uint8Array });
  const coinOf = (outpoint: Coin["outpoint"], index: number): Coin => {
    return { outpoint, output: output(index), keyPair: keys[index % OWNERS] as KeyPair };
  };
  const sample = payment(backend, coinOf({ transactionId: ZERO_HASH, index: 0 }, 0), output(1).lockingScript);
  const count = Math.floor(BODY_BYTES / encodeTransaction(sample).length);
  const outputs = Array.from({ length: count }, (_, index) => output(index));
  const payments = genesisOutpoints({ chainId: CHAIN, outputs }).map((outpoint, index) =>
    payment(backend, coinOf(outpoint, index), output(index + 1).lockingScript),
  );
  const [{ publicKey }] = keys as [KeyPair];
  const delegate = { bond: IOTX, stake: IOTX, commission: 0, rewardScript: scripts[0] as Uint8Array };
  const ledger = rootGenesisLedger({ chainId: CHAIN, outputs, delegates: [delegate] });
  const registry = new Registry([
    { publicKey, vrfPublicKey: publicKey, endpoint: 0 as PeerId, stake: IOTX, bond: IOTX },
  ]);
  const genesis = genesisState({ registry, parameters: PARAMETERS, ledger, rules: new RootRules(), timeUs: 0 });
  return { genesis, payments };
}

function filledBlock(backend: CryptoBackend): Filled {
  const { genesis, payments } = fill(backend);
  const plan = { originalView: 0, timeUs: PARAMETERS.roundUs, proposer: genesis.rotation.proposer(0) };
  const { block } = buildBlock(trusting(backend), genesis, { plan, candidates: payments });
  assert(block.transactions.length === payments.length, "every payment is in the block");
  const writer = new Writer();
  writeBlock(writer, block);
  return { genesis, encoded: writer.finish(), payments };
}

/** @returns cryptography that takes every signature for valid */
function trusting(backend: CryptoBackend): NodeCrypto {
  return { ...createPlainNodeCrypto(backend), verify: () => true };
}

/** Validates a block as one that never saw its transactions: reads it, and executes all of it. */
function validate(crypto: NodeCrypto, { genesis, encoded }: Filled): void {
  const { refusal } = judgeBlock(crypto, genesis, readBlock(new Reader(encoded)));
  assert(refusal === null, `the block is valid: ${refusal}`);
}

/** A block of 8 MiB of payments to keys, validated with and without its signature checks, beside these checks alone. */
export async function rootBlock(name: string): Promise<readonly BenchResult[]> {
  const backend = await sodiumBackend();
  const filled = filledBlock(backend);
  const signatures = filled.payments.slice(0, SIGNATURES).flatMap((each) => each.signatures ?? []);
  const plain = createPlainNodeCrypto(backend);
  const rounds = await interleave(
    {
      whole: () => validate(plain, filled),
      unchecked: () => validate(trusting(backend), filled),
      checking: () => {
        for (const each of signatures) assert(plain.verify(each, each.publicKey), "the signature holds");
      },
    },
    { rounds: ROUNDS },
  );
  const count = filled.payments.length;
  const checkUs = medianOf(rounds, ({ checking }) => (checking.cpuSeconds * 1e6) / signatures.length);
  const wholeUs = medianOf(rounds, ({ whole }) => (whole.cpuSeconds * 1e6) / count);
  const restUs = medianOf(rounds, ({ unchecked }) => (unchecked.cpuSeconds * 1e6) / count);
  return [
    {
      name,
      value: wholeUs / checkUs,
      unit: "× its signature checks",
      higherIsBetter: false,
      ratio: { to: "validation without signature checks", value: wholeUs / restUs },
      target: MAX_RATIO,
      met: wholeUs / checkUs <= MAX_RATIO,
      detail:
        `${count} payments in ${((count * wholeUs) / 1e6).toFixed(2)} s of CPU, ${((count * restUs) / 1e6).toFixed(2)} s ` +
        `without signature checks; a payment takes ${wholeUs.toFixed(0)} µs, of which its signature ${checkUs.toFixed(0)}`,
    },
  ];
}
