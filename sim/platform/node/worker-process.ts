import type { WorkerMessage } from "./worker-pool.ts";

const HEARTBEAT_MS = 500;

/** Serves a pool from inside a child process until the pool is gone. */
export function serveJobs<Job, Result>(run: (job: Job) => Promise<Result>): void {
  const tell = (message: WorkerMessage<Result>): void => {
    if (process.connected) process.send?.(message);
  };
  const beat = (): void => tell({ kind: "alive", rssBytes: process.memoryUsage.rss() });
  setInterval(beat, HEARTBEAT_MS).unref();
  process.on("SIGINT", () => undefined); // Ctrl-C reaches the whole group; the pool decides what ends.
  process.on("disconnect", () => process.exit(0));
  process.on("message", (job: Job) => {
    beat();
    void run(job).then((result) => tell({ kind: "result", result }));
  });
}
