/** Runs a command and tells what it cost: time by the clock, processor time, and the most memory it held (Linux only). */
import { type SpawnOptions, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export interface Cost {
  readonly seconds: number;
  /** User and system time of the process and its threads. */
  readonly cpuSeconds: number;
  readonly peakMb: number;
  /** Of the last quarter of the run over the second quarter: above 1 means it grew. */
  readonly growth: number;
}

const EVERY_MS = 100;
const HZ = 100;

interface Sample {
  readonly rssMb: number;
  readonly cpuSeconds: number;
}
function sample(pid: number): Sample | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return { rssMb: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024, cpuSeconds: (Number(stat[11]) + Number(stat[12])) / HZ };
  } catch {
    return null;
  }
}
const most = (samples: readonly Sample[]): number => samples.reduce((m, s) => Math.max(m, s.rssMb), 0);

/** @param input what to write to it @param options of `spawn`; standard output is thrown away @throws when it fails */
export async function measuredRun(command: string, args: readonly string[], input?: Readable, options: SpawnOptions = {}): Promise<Cost> {
  const began = performance.now();
  const child = spawn(command, args, { ...options, stdio: [input ? 'pipe' : 'ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr?.on('data', (piece: Buffer) => {
    said = `${said}${piece.toString()}`.slice(-2_000);
  });
  const samples: Sample[] = [];
  const timer = setInterval(() => {
    const now = child.pid ? sample(child.pid) : null;
    if (now && now.rssMb > 0) samples.push(now);
  }, EVERY_MS);
  const ended = new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  if (input && child.stdin) await pipeline(input, child.stdin);
  const code = await ended;
  clearInterval(timer);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')}: ${said}`);
  const quarter = Math.floor(samples.length / 4);
  const [second, last] = [most(samples.slice(quarter, 2 * quarter)), most(samples.slice(3 * quarter))];
  return {
    seconds: (performance.now() - began) / 1000,
    cpuSeconds: samples.at(-1)?.cpuSeconds ?? 0,
    peakMb: most(samples),
    growth: second > 0 ? last / second : 1,
  };
}
