import { collectDefaultMetrics, Registry } from 'prom-client';

/** What prom-client collects of every process: processor time, memory, descriptors, event loop. */
export class ProcessMetrics {
  readonly #registry = new Registry();

  constructor() {
    collectDefaultMetrics({ register: this.#registry });
  }

  async text(): Promise<string> {
    return await this.#registry.metrics();
  }
}
