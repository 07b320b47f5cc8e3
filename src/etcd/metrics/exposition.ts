import { collectDefaultMetrics, type Metric, Registry } from 'prom-client';
import type { Family } from './instruments.ts';

/**
 * Prometheus' text: our instruments, and what prom-client collects of every process (processor
 * time, memory, descriptors, the event loop). prom-client writes it all.
 */
export class Exposition {
  readonly #registry = new Registry();

  constructor(families: readonly Family[]) {
    for (const family of families) {
      // What the registry asks of a metric: its head, and its values when the text is written.
      const metric = {
        name: family.name,
        get: async () => {
          const { name, help, type } = family;
          return { name, help, type, values: family.samples() };
        },
      };
      this.#registry.registerMetric(metric as unknown as Metric);
    }
    collectDefaultMetrics({ register: this.#registry });
  }

  async text(): Promise<string> {
    return await this.#registry.metrics();
  }
}
