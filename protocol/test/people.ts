import { type ChainState, genesisState } from "../consensus/chain-state.ts";
import type { ConsensusParameters } from "../consensus/parameters.ts";
import type { Identity } from "../consensus/pbft-node.ts";
import { Registry } from "../consensus/registry.ts";
import type { DelegateId, Hash, PeerId } from "../core/ids.ts";
import { IOTX, MILLISECOND_US, SECOND_US } from "../core/units.ts";
import { createPlainNodeCrypto } from "../crypto/plain-node-crypto.ts";
import type { KeyPair } from "../crypto/signed-object.ts";
import { accountRules } from "../ledger/account-rules.ts";
import { Accounts } from "../ledger/accounts.ts";
import { addressOf } from "../ledger/address.ts";
import { Transfer } from "../ledger/transaction.ts";
import { keyedBackend } from "./keyed-crypto.ts";

/** Cryptography of whoever the test speaks for. */
export const crypto = createPlainNodeCrypto(keyedBackend);

export function keyPair(purpose: number, index: number): KeyPair {
  return keyedBackend.keyPairFromSeed(Uint8Array.from([purpose, index >> 8, index & 255]));
}

/** @returns the keys of one delegate */
export function identityOf(id: number): Identity {
  return { id: id as DelegateId, signing: keyPair(1, id), vrf: keyPair(2, id) };
}

/** @returns the keys of one account holder */
export function holder(index: number): KeyPair {
  return keyPair(3, index);
}

/** A small chain: everybody sits, iterations of two blocks, epochs of three iterations. */
export function smallChain(delegates: number, changes: Partial<ConsensusParameters> = {}): ConsensusParameters {
  return {
    chainId: 1,
    delegates,
    committee: delegates,
    iterationsPerEpoch: 3,
    roundsPerIteration: 2,
    roundUs: 500 * MILLISECOND_US,
    sortition: { mode: "ranked" },
    timeoutBaseUs: 400 * MILLISECOND_US,
    maxDriftUs: SECOND_US,
    maxBlockBytes: 1 << 20,
    ...changes,
  };
}

/** What every holder owns at genesis. */
export const ENDOWMENT = 1000n * IOTX;
/** What every delegate puts at stake. */
export const BOND = 50n * IOTX;

export function registryOf(size: number, stakeOf: (id: number) => bigint = () => IOTX): Registry {
  return new Registry(
    Array.from({ length: size }, (_, id) => {
      const { signing, vrf } = identityOf(id);
      const endpoint = id as PeerId;
      return { publicKey: signing.publicKey, vrfPublicKey: vrf.publicKey, endpoint, stake: stakeOf(id), bond: BOND };
    }),
  );
}

/** @returns the state before block 1, with `holders` endowed accounts */
export function genesisOf(parameters: ConsensusParameters, registry: Registry, holders = 3): ChainState {
  let accounts = new Accounts();
  for (let index = 0; index < holders; index++) {
    accounts = accounts.set(addressOf(holder(index).publicKey), { balance: ENDOWMENT, nonce: 0 });
  }
  return genesisState({ registry, parameters, ledger: { entries: accounts.map }, rules: accountRules, timeUs: 0 });
}

/** @returns a signed transfer between two holders */
export function transfer(
  from: number,
  nonce: number,
  changes: { to?: number | Hash; amount?: bigint; fee?: bigint; chainId?: number; data?: Uint8Array } = {},
): Transfer {
  const { to = from + 1, amount = IOTX, fee = 1n, chainId = 1, data = new Uint8Array(0) } = changes;
  const target = typeof to === "number" ? addressOf(holder(to).publicKey) : to;
  const result = new Transfer({ chainId, from: holder(from).publicKey, nonce, to: target, amount, fee, data });
  crypto.sign(result, holder(from));
  return result;
}

/** @returns the accounts of a chain whose ledger holds accounts */
export function accountsOf(state: ChainState): Accounts {
  return new Accounts(state.ledger.entries);
}
