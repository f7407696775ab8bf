// Measures the recursion of the client in its worker: a line is given from outside, operations and time come back.
import { Thread, type Experiment, type Model } from "../src/foresee";

const thread = new Thread();

async function measure(model: Model, experiment: Experiment): Promise<{ operations: number; tookMs: number; good: number[] }> {
  const { outcomes, tookMs } = await thread.run({ models: { "": model }, experiment }, () => undefined);
  const figures = outcomes[""] ?? {};
  const made = Object.entries(figures).filter(([name]) => name.endsWith(".made"));
  const operations = made.reduce((sum, [, values]) => sum + values.reduce((total, value) => total + value, 0), 0);
  return { operations, tookMs, good: [...(figures["plant.good"] ?? [])] };
}

Object.assign(window, { measure });
