import type { Mutant } from "./mutant.ts";

const PBFT = "protocol/consensus/pbft.js";
const CHANGER = "protocol/consensus/view-changer.js";

/** Planted first and always: a bench that does not find it finds nothing. */
export const CANARY: Mutant = {
  id: "canary",
  about: "a block is final by a single commit",
  patches: [
    {
      file: PBFT,
      find: "if (record.commits.count(blockHash, ZERO_HASH) < quorum)",
      replace: "if (record.commits.count(blockHash, ZERO_HASH) < Math.min(1, quorum))",
    },
  ],
};

/** Bugs of votes, views and time. Source: field.md. */
const OF_CONSENSUS: readonly Mutant[] = [
  {
    id: "2",
    about: '"at least 2/3" where "more than 2/3" is needed',
    patches: [
      {
        file: "protocol/consensus/parameters.js",
        find: "return Math.floor((2 * committee) / 3) + 1;",
        replace: "return Math.ceil((2 * committee) / 3);",
      },
    ],
  },
  {
    id: "5",
    about: "a duplicate vote makes the quorum code throw",
    patches: [
      {
        file: PBFT,
        find: "        const counted = set.of(seat);\n        if (counted !== null)\n",
        replace:
          "        const counted = set.of(seat);\n        if (counted !== null && counted.blockHash !== vote.blockHash)\n",
      },
    ],
  },
  {
    id: "14",
    about: "a locked node never unlocks although a newer certificate allows it",
    patches: [
      {
        file: CHANGER,
        find: "        if (vote.view > instance.view)\n            this.#follow(context, vote.view);\n        this.#timeOnce",
        replace:
          "        if (instance.prepared !== null && instance.prepared.block.hash !== block.hash)\n            return;\n        if (vote.view > instance.view)\n            this.#follow(context, vote.view);\n        this.#timeOnce",
      },
    ],
  },
  {
    id: "17",
    about: "a time-out never backs off",
    patches: [
      {
        file: "protocol/consensus/instance.js",
        find: "timeoutBaseUs * (1 << Math.min(view, TIMEOUT_DOUBLINGS));",
        replace: "timeoutBaseUs * (1 << Math.min(view, 0));",
      },
    ],
  },
];

/** Bugs of ledgers and of what is signed. Source: field.md. */
const OF_LEDGERS: readonly Mutant[] = [
  {
    id: "21",
    about: "a clock leaks into state",
    patches: [
      {
        file: "protocol/rootchain/workspace.js",
        find: "createdUs: this.timeUs, role }",
        replace: "createdUs: this.timeUs + (Date.now() % 2), role }",
      },
    ],
  },
  {
    id: "27",
    about: "rewards are counted twice at an epoch's edge",
    patches: [
      {
        file: "protocol/rootchain/rewards.js",
        find: "    const reward = rewardAt(parameters, workspace.height);\n",
        replace:
          "    const isEdge = workspace.height % blocksPerEpoch(workspace.rotation.parameters) === 0;\n    const reward = rewardAt(parameters, workspace.height) * (isEdge ? 2n : 1n);\n",
      },
    ],
  },
  {
    id: "28",
    about: "an input is spent twice inside one transaction",
    patches: [
      {
        file: "protocol/rootchain/apply.js",
        find: "if (inputs.length > 1 && new Set(spentKeys).size < inputs.length)",
        replace: "if (inputs.length > 1 && spentKeys.length < inputs.length)",
      },
      {
        file: "protocol/rootchain/apply.js",
        find: "        workspace.delete(key);\n        spent.push(entry);\n    }\n",
        replace:
          "        spent.push(entry);\n    }\n    for (const key of new Set(spentKeys))\n        workspace.delete(key);\n",
      },
    ],
  },
  {
    id: "29",
    about: "a Merkle tree duplicates its odd leaf (CVE-2012-2459)",
    patches: [
      {
        file: "protocol/crypto/merkle.js",
        find: "    return leaves.length === 0 ? EMPTY_MERKLE_ROOT : rangeRoot(leaves, 0, leaves.length);",
        replace:
          "    const even = leaves.length > 1 && leaves.length % 2 === 1 ? [...leaves, leaves[leaves.length - 1]] : leaves;\n    return even.length === 0 ? EMPTY_MERKLE_ROOT : rangeRoot(even, 0, even.length);",
      },
    ],
  },
  {
    id: "36",
    about: "the chain's id is missing from what is signed",
    patches: [
      {
        file: "protocol/ledger/transaction.js",
        find: 'writeTransferFields(scratch.ascii("orrery/transfer"), this)',
        replace: 'writeTransferFields(scratch.ascii("orrery/transfer"), { ...this, chainId: 0 })',
      },
      {
        file: "protocol/subchain/transaction.js",
        find: 'writeActionFields(scratch.ascii("orrery/action"), this)',
        replace: 'writeActionFields(scratch.ascii("orrery/action"), { ...this, chainId: 0 })',
      },
    ],
  },
  {
    id: "39",
    about: "a failed transaction keeps its nonce",
    patches: [
      {
        file: "protocol/subchain/execute-account.js",
        find: '        case "lock":\n            return executeLock(context, workspace, { action: transaction, transfer: action.transfer });\n',
        replace:
          '        case "lock": {\n            if (executeLock(context, workspace, { action: transaction, transfer: action.transfer }) === null)\n                return null;\n            const { balance, nonce } = accountOf(workspace, sender);\n            workspace.set(sender, encodeAccount({ balance, nonce: nonce - 1 }));\n            return null;\n        }\n',
      },
    ],
  },
];

/** The ten bugs, each of which protocols like this one really had. */
export const BUGS: readonly Mutant[] = [...OF_CONSENSUS, ...OF_LEDGERS];

const CULPRIT = "this.#node.accuse(context, {";

/** More bugs, and two ways for code to come to no end, for benches of what finds and shrinks. */
export const OTHERS: readonly Mutant[] = [
  {
    id: "quorum-of-half",
    about: "more than a half is a quorum",
    patches: [
      {
        file: "protocol/consensus/parameters.js",
        find: "return Math.floor((2 * committee) / 3) + 1;",
        replace: "return Math.floor(committee / 2) + 1;",
      },
    ],
  },
  {
    id: "records-forgotten",
    about: "a member that starts again forgets what it voted",
    patches: [{ file: PBFT, find: "else if (records !== EMPTY_RECORDS)", replace: "else if (false)" }],
  },
  {
    id: "no-retransmission",
    about: "what was lost is never said again",
    patches: [{ file: PBFT, find: "this.#retransmissions++;", replace: "return;" }],
  },
  {
    id: "endless-loop",
    about: "evidence leads into an endless loop",
    patches: [{ file: PBFT, find: CULPRIT, replace: `while (first !== second);\n            ${CULPRIT}` }],
  },
  {
    id: "memory-eater",
    about: "evidence takes all memory",
    patches: [
      {
        file: PBFT,
        find: CULPRIT,
        replace: `(() => { const all = []; while (first !== second) all.push(new Array(1e6).fill(first)); })(),\n            ${CULPRIT}`,
      },
    ],
  },
];
