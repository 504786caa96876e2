/** Test files that take long start first, so that the run does not end with one of them alone while the other cores are idle. A fresh clone remembers no durations. */
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Longest first, as measured on two cores; the order of the others is the library's. */
const LONG = [
  'test/simulation/simulation', 'test/e2e/stock-truth', 'test/drift/attribution', 'test/simulation/kills', 'test/e2e/purchasing', 'test/exceptions/demo', 'test/e2e/replay-transfers', 'test/e2e/forecast', 'test/e2e/first-day', 'test/e2e/replenishment', 'test/e2e/roles',
  'test/contracts/warehouse', 'test/journeys/demo-warehouse', 'test/replenishment/cli', 'test/e2e/planner', 'test/e2e/people', 'test/drift/backup', 'test/e2e/alerts', 'test/journeys/kill', 'test/journeys/real-history', 'test/replenishment/supplier-order-exact', 'test/scenarios/cancel-after-ship-matrix',
  'src/sandbox/shopify/history/load', 'test/replenishment/supplier-order-places', 'test/scenarios/orders', 'test/scenarios/reading', 'test/scenarios/throttling',
];

export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => { const at = LONG.findIndex((name) => moduleId.includes(`/${name}.test.`)); return at === -1 ? LONG.length : at; };
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}
