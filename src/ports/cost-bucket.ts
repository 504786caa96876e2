/** The query-cost bucket of one shop, shared by all workers. Costs are Shopify points. */
export interface CostBucket {
  /**
   * Takes `cost` points when they are there; otherwise answers how long to wait, in milliseconds, without taking. What can wait gives `reserve`, a share of the
   * whole bucket that it leaves to the others.
   */
  take(cost: number, reserve?: number): Promise<number>;
  /** What a reply said of the bucket, and the part of the taken cost that was not used. */
  observe(status: { maximumAvailable: number; currentlyAvailable: number; restoreRate: number }, unused: number): Promise<void>;
}
