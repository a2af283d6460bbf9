import type { Mutant } from "./mutant.ts";

const CHANGER = "protocol/consensus/view-changer.js";

const OF_CONSENSUS: readonly Mutant[] = [
  {
    id: "quorum",
    about: "more than two thirds, counted from those who may be missing",
    patches: [
      {
        file: "protocol/consensus/parameters.js",
        find: "return Math.floor((2 * committee) / 3) + 1;",
        replace: "return committee - Math.ceil(committee / 3) + 1;",
      },
    ],
  },
  {
    id: "time-out",
    about: "a time-out is doubled in a loop",
    patches: [
      {
        file: "protocol/consensus/instance.js",
        find: "        return this.#state.rotation.parameters.timeoutBaseUs * (1 << Math.min(view, TIMEOUT_DOUBLINGS));",
        replace:
          "        let waitUs = this.#state.rotation.parameters.timeoutBaseUs;\n        for (let each = 0; each < view && each < TIMEOUT_DOUBLINGS; each++)\n            waitUs *= 2;\n        return waitUs;",
      },
    ],
  },
  {
    id: "reached",
    about: "members at a view are filtered, not counted",
    patches: [
      {
        file: CHANGER,
        find: "        let count = 0;\n        for (const reached of this.#reached)\n            if (reached >= view)\n                count++;\n        return count;",
        replace: "        return this.#reached.filter((reached) => reached >= view).length;",
      },
    ],
  },
  {
    id: "tally",
    about: "the tally of a block is looked up by a search",
    patches: [
      {
        file: "protocol/consensus/vote-set.js",
        find: "        for (const tally of this.#tallies) {\n            if (tally.blockHash === blockHash && tally.newViewHash === newViewHash)\n                return tally.count;\n        }\n        return 0;",
        replace:
          "        const tally = this.#tallies.find((each) => each.newViewHash === newViewHash && each.blockHash === blockHash);\n        return tally?.count ?? 0;",
      },
    ],
  },
  {
    id: "certificate",
    about: "the votes of a certificate are looped over",
    patches: [
      {
        file: "protocol/consensus/certificate.js",
        find: "    return votes.every((vote) => committee.verifyVote(crypto, vote));",
        replace:
          "    for (const vote of votes)\n        if (!committee.verifyVote(crypto, vote))\n            return false;\n    return true;",
      },
    ],
  },
  {
    id: "forced",
    about: "the highest claim of a view change is found by folding",
    patches: [
      {
        file: "protocol/consensus/view-change.js",
        find: "    let highest = null;\n    for (const viewChange of viewChanges) {\n        if (viewChange.preparedView > (highest?.preparedView ?? NOT_PREPARED))\n            highest = viewChange;\n    }\n    return highest;",
        replace:
          "    return viewChanges.reduce((highest, each) => each.preparedView > (highest?.preparedView ?? NOT_PREPARED) ? each : highest, null);",
      },
    ],
  },
];

const OF_LEDGERS: readonly Mutant[] = [
  {
    id: "merkle",
    about: "a Merkle tree is split where a loop finds the power of two",
    patches: [
      {
        file: "protocol/crypto/merkle.js",
        find: "    return start + (1 << (31 - Math.clz32(end - start - 1)));",
        replace: "    let half = 1;\n    while (2 * half < end - start)\n        half *= 2;\n    return start + half;",
      },
    ],
  },
  {
    id: "rewards",
    about: "members are paid in the opposite order",
    patches: [
      {
        file: "protocol/rootchain/rewards.js",
        find: "    for (const member of committee.members)\n",
        replace: "    for (const member of [...committee.members].reverse())\n",
      },
    ],
  },
  {
    id: "balance",
    about: "what a transaction makes is subtracted before what it spends is added",
    patches: [
      {
        file: "protocol/rootchain/apply.js",
        find: "    for (const { amount } of spent)\n        rest += amount;\n    for (const { amount } of outputs)\n        rest -= amount;\n",
        replace:
          "    for (const { amount } of outputs)\n        rest -= amount;\n    for (const { amount } of spent)\n        rest += amount;\n",
      },
    ],
  },
  {
    id: "outpoint",
    about: "a transaction's name is computed each time that it is asked for",
    patches: [
      {
        file: "protocol/rootchain/transaction.js",
        find: '        this.#outpointId ??= hashTagged("orrery/utxo-outpoint", encode(this, false));',
        replace: '        this.#outpointId = hashTagged("orrery/utxo-outpoint", encode(this, false));',
      },
    ],
  },
];

/** Ten ways to say the same: none may be blamed, and none may move a digest. */
export const REFACTORINGS: readonly Mutant[] = [...OF_CONSENSUS, ...OF_LEDGERS];
