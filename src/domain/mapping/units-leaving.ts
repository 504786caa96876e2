/** How much a change of matches takes away: what one person may decide is measured by it. */

/** Units on shelves that would stop counting as the item they count as now. Codes matched for the first time take nothing from anybody. */
export const unitsLeaving = (effects: readonly { now: number; after: number }[]): number => effects.reduce((sum, effect) => sum + Math.max(0, effect.now - effect.after), 0);
