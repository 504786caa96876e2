/** The leaky bucket in front of the Admin API: one per access token, refilled by the shop's clock. */

export type Plan = 'standard' | 'advanced' | 'plus' | 'enterprise';
/** Restore rates are published; the bucket of 20 seconds' restore is read from live replies. Points and points per second. */
export const PLANS: Readonly<Record<Plan, { maximumAvailable: number; restoreRate: number }>> = {
  standard: { maximumAvailable: 2_000, restoreRate: 100 },
  advanced: { maximumAvailable: 4_000, restoreRate: 200 },
  plus: { maximumAvailable: 20_000, restoreRate: 1_000 },
  enterprise: { maximumAvailable: 40_000, restoreRate: 2_000 },
};

export interface ThrottleStatus { maximumAvailable: number; currentlyAvailable: number; restoreRate: number }

export class CostBucket {
  private readonly maximum: number;
  private readonly full: number;
  private rate: number;
  private limited = false;
  private available: number;
  private at: number;

  /** `at`: the shop's clock in milliseconds. A new bucket is full. */
  constructor(plan: Plan, at: number) {
    this.maximum = PLANS[plan].maximumAvailable;
    this.full = this.rate = PLANS[plan].restoreRate;
    this.available = this.maximum;
    this.at = at;
  }

  private refill(now: number): void {
    this.available = Math.min(this.maximum, this.available + (Math.max(0, now - this.at) / 1000) * this.rate);
    this.at = Math.max(this.at, now);
  }

  /** Takes `points` if they fit; false, and nothing taken, when they do not. */
  take(points: number, now: number): boolean {
    this.refill(now);
    if (points > this.available) return false;
    this.available -= points;
    return true;
  }

  /** Gives back what was asked but not used. */
  giveBack(points: number): void {
    this.available = Math.min(this.maximum, this.available + points);
  }

  /** Empties the bucket: the control API's throttle fault. */
  drain(now: number): void {
    this.refill(now);
    this.available = 0;
  }

  /** Leaves no more than a share of the bucket and lets it refill at another rate; null: as the plan says, and full once it was taken back. The control API's bucket fault. */
  limit(fault: { share: number; restoreRate: number } | null, now: number): void {
    this.refill(now);
    this.available = fault !== null ? Math.min(this.available, fault.share * this.maximum) : this.limited ? this.maximum : this.available;
    this.rate = fault?.restoreRate ?? this.full;
    this.limited = fault !== null;
  }

  status(now: number): ThrottleStatus {
    this.refill(now);
    return { maximumAvailable: this.maximum, currentlyAvailable: Math.floor(this.available), restoreRate: this.rate };
  }
}
