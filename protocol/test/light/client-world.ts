import { SECOND_US } from "../../core/units.ts";
import { genesisAnchor } from "../../light/anchor.ts";
import type { CheckpointLink } from "../../light/checkpoint-link.ts";
import { LightClient } from "../../light/client.ts";
import { crypto, transfer } from "../people.ts";
import { EPOCH_BLOCKS, LightChain } from "./light-chain.ts";

export const TRUST_US = 60 * SECOND_US;
export const chain = new LightChain();
chain.add([transfer(0, 0)]);
chain.grow(5 * EPOCH_BLOCKS + 4);
export const NOW = chain.state.timeUs;

export function clientOf(of: LightChain = chain, changes: { trustPeriodUs?: number } = {}): LightClient {
  const { rotation } = of.genesis;
  const trusted = { anchor: genesisAnchor(of.genesis), epoch: 0, delegates: rotation.delegateSet };
  const options = { trustPeriodUs: TRUST_US, maxDriftUs: SECOND_US, ...changes };
  return new LightClient({ crypto, trusted, epochBlocks: EPOCH_BLOCKS, ...options });
}

export const links: CheckpointLink[] = chain.checkpoints.map((certified) => ({ certified, delegates: null }));

export function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
