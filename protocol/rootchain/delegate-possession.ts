import { Writer } from "../core/codec.ts";
import { SignedObject } from "../crypto/signed-object.ts";
import type { Payload } from "./payload.ts";

type Registration = Extract<Payload, { kind: "register-delegate" }>;

const scratch = new Writer();

/** A delegate's statement that it registers itself: nobody registers another's key. */
export class DelegatePossession extends SignedObject {
  readonly chainId: number;
  readonly registration: Omit<Registration, "signature">;

  /** @param registration whose own signature it carries */
  constructor(chainId: number, registration: Registration) {
    super(registration.signature);
    this.chainId = chainId;
    this.registration = registration;
  }

  preimage(): Uint8Array {
    const { publicKey, vrfPublicKey, endpoint, commission, rewardScript } = this.registration;
    scratch.ascii("orrery/delegate-registration").u32(this.chainId).fixed(publicKey).fixed(vrfPublicKey);
    return scratch.u32(endpoint).u32(commission).bytes(rewardScript).finish();
  }
}
