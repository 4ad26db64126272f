import { describe, expect, it } from '@jest/globals';
import { ProbeQueue } from './probe-queue.ts';

class Probes {
  readonly started: string[] = [];
  readonly #ends: (() => void)[] = [];
  readonly #queue: ProbeQueue;

  constructor(concurrencyMax: number, hostConcurrencyMax: number) {
    this.#queue = new ProbeQueue({ concurrencyMax, hostConcurrencyMax });
  }

  add(host: string, name: string): void {
    this.#queue.add(host, async () => {
      this.started.push(name);
      await new Promise<void>((resolve) => this.#ends.push(resolve));
    });
  }

  async settle(): Promise<void> {
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  }

  /** Ends the probe that was started longest ago. */
  async end(): Promise<void> {
    this.#ends.shift()?.();
    await this.settle();
  }
}

describe('the probe queue', () => {
  it('starts as many as it may, and the next as one ends, in order', async () => {
    const probes = new Probes(2, 10);
    for (const name of ['a', 'b', 'c', 'd']) probes.add(name, name);
    await probes.settle();
    expect(probes.started).toEqual(['a', 'b']);
    await probes.end();
    expect(probes.started).toEqual(['a', 'b', 'c']);
    await probes.end();
    expect(probes.started).toEqual(['a', 'b', 'c', 'd']);
  });

  it('lets one busy host wait without holding up the others', async () => {
    const probes = new Probes(10, 2);
    for (const name of ['a1', 'a2', 'a3', 'a4']) probes.add('a', name);
    probes.add('b', 'b1');
    await probes.settle();
    expect(probes.started).toEqual(['a1', 'a2', 'b1']);
    await probes.end();
    expect(probes.started).toEqual(['a1', 'a2', 'b1', 'a3']);
  });

  it('starts nothing at once: answers are read between the dials', async () => {
    const probes = new Probes(1_000, 1_000);
    for (let index = 0; index < 100; index++) probes.add('a', String(index));
    expect(probes.started).toEqual([]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(probes.started.length).toBeLessThan(100);
    await probes.settle();
    expect(probes.started).toHaveLength(100);
  });

  it('starts one a turn where each takes long, so that the loop is soon free again', async () => {
    const startsByTurn: number[] = [];
    let starts = 0;
    const queue = new ProbeQueue({ concurrencyMax: 1_000, hostConcurrencyMax: 1_000 });
    for (let index = 0; index < 3; index++) {
      queue.add('a', async () => {
        starts += 1;
        for (const began = performance.now(); performance.now() - began < 10;);
      });
    }
    for (let turn = 0; turn < 3; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
      startsByTurn.push(starts);
    }
    expect(startsByTurn).toEqual([1, 2, 3]);
  });

  it('has room again for a host whose probes have all ended', async () => {
    const probes = new Probes(10, 1);
    probes.add('a', 'first');
    await probes.settle();
    await probes.end();
    probes.add('a', 'second');
    await probes.settle();
    expect(probes.started).toEqual(['first', 'second']);
  });
});
