import sodium from "libsodium-wrappers-sumo";
import { createNobleBackend, nobleGroup } from "../../crypto/backend-noble.ts";
import { createSodiumBackend, createSodiumEcvrf } from "../../crypto/backend-sodium.ts";
import { Ecvrf, type EcvrfSuite, type Vrf } from "../../crypto/ecvrf.ts";
import { createSodiumGroup } from "../../crypto/sodium-group.ts";

await sodium.ready;

export const noble = createNobleBackend();
export const libsodium = createSodiumBackend(sodium);
export const sodiumGroup = createSodiumGroup(sodium);

/** The same suite of ECVRF over each implementation. */
export const ecvrfs = (suite: EcvrfSuite): [reference: Vrf, fast: Vrf] => [
  new Ecvrf(nobleGroup, suite),
  createSodiumEcvrf(sodium, suite),
];
