import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** What `npm pack --json` says about one tarball. */
export interface Packed {
  readonly name: string;
  readonly version: string;
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

/** Variables that an outer `npm run` sets describe its own package and not the one installed here. */
export function environmentWithoutNpm(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("npm_")));
}

/** Packs folders into tarballs, without running their scripts. */
export async function pack(folders: readonly string[], destination: string): Promise<Packed[]> {
  const parameters = ["pack", "--ignore-scripts", "--json", "--pack-destination", destination, ...folders];
  const { stdout } = await execute("npm", parameters, { env: environmentWithoutNpm() });
  return JSON.parse(stdout);
}

/** Serves tarballs of packages to `npm install` on this machine alone, so that an install needs no network. */
export class LocalRegistry {
  readonly #server: Server;
  readonly #folder: string;
  readonly #versions = new Map<string, Record<string, object>>();

  private constructor(folder: string) {
    this.#folder = folder;
    this.#server = createServer((request, response) => {
      const body = this.#answer(decodeURIComponent(request.url ?? "/").slice(1));
      response.writeHead(body === null ? 404 : 200).end(body);
    });
  }

  /** @param packageFolders installed packages @param folder where their tarballs are kept */
  static async start(packageFolders: readonly string[], folder: string): Promise<LocalRegistry> {
    const registry = new LocalRegistry(folder);
    await new Promise<void>((resolve) => registry.#server.listen(0, "127.0.0.1", resolve));
    const packed = await pack(packageFolders, folder);
    for (const [index, tarball] of packed.entries()) registry.#add(packageFolders[index] as string, tarball);
    return registry;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  stop(): void {
    this.#server.close();
  }

  #add(packageFolder: string, { name, version, filename }: Packed): void {
    const manifest = JSON.parse(readFileSync(path.join(packageFolder, "package.json"), "utf8"));
    const versions = this.#versions.get(name) ?? {};
    versions[version] = { ...manifest, dist: { tarball: `${this.url}tarballs/${filename}` } };
    this.#versions.set(name, versions);
  }

  #answer(request: string): Buffer | string | null {
    if (request.startsWith("tarballs/")) return readFileSync(path.join(this.#folder, path.basename(request)));
    const versions = this.#versions.get(request);
    return versions === undefined ? null : JSON.stringify({ name: request, versions });
  }
}
