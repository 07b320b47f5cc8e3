import { createRequire as requireOfBundle } from 'node:module';
const require = requireOfBundle(import.meta.url);
import "./chunk-SW6PLNUW.js";

// src/etcd/metrics/exposition.ts
import { collectDefaultMetrics, Registry } from "prom-client";
var Exposition = class {
  #registry = new Registry();
  constructor(families) {
    for (const family of families) {
      const metric = {
        name: family.name,
        get: async () => {
          const { name, help, type } = family;
          return { name, help, type, values: family.samples() };
        }
      };
      this.#registry.registerMetric(metric);
    }
    collectDefaultMetrics({ register: this.#registry });
  }
  async text() {
    return await this.#registry.metrics();
  }
};
export {
  Exposition
};
