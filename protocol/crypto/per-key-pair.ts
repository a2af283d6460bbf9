import type { KeyPair } from "./signed-object.ts";

/**
 * Remembers what a pure function derives from each key pair, no longer than the key pair itself lives.
 *
 * @returns the remembering form of `derive`
 */
export function perKeyPair<Derived extends object>(
  derive: (keyPair: KeyPair) => Derived,
): (keyPair: KeyPair) => Derived {
  const known = new WeakMap<KeyPair, Derived>();
  return (keyPair) => {
    const remembered = known.get(keyPair);
    if (remembered !== undefined) return remembered;
    const derived = derive(keyPair);
    known.set(keyPair, derived);
    return derived;
  };
}
