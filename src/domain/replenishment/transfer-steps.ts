/** The life of a transfer: made ready in Shopify, shipped and received in parts or at once; or cancelled before anything left. What a person may ask, and what is to be done of it. */

export const TRANSFER_STATES = ['draft', 'ready', 'in transit', 'received', 'cancelled'] as const;
export type TransferState = (typeof TRANSFER_STATES)[number];
export const TRANSFER_STEPS = ['create', 'change', 'ship', 'receive', 'cancel'] as const;
export type TransferStepName = (typeof TRANSFER_STEPS)[number];

const FROM: Record<TransferStepName, readonly TransferState[]> = { create: ['draft'], change: ['draft', 'ready'], ship: ['ready', 'in transit'], receive: ['in transit'], cancel: ['draft', 'ready'] };
const WHY: Record<TransferStepName, string> = {
  create: 'it is in Shopify already', change: 'some of it has left already', ship: 'only what is ready can be shipped', receive: 'nothing of it is on its way', cancel: 'its goods are on their way or here: receive it, then send them back by another transfer',
};
const WAITS: Record<TransferStepName, string> = { create: 'making', change: 'changing', ship: 'shipping', receive: 'receiving', cancel: 'cancelling' };

/** Why a person cannot ask for this step now; null where they can. `left`: units that were not shipped; `coming`: shipped ones that were neither accepted nor rejected. */
export function stepRefusal(state: TransferState, asked: TransferStepName | null, step: TransferStepName, { left, coming }: { left: number; coming: number }): string | null {
  if (!FROM[step].includes(state) || (step === 'ship' && left === 0) || (step === 'receive' && coming === 0)) return WHY[step];
  if (asked !== null && asked !== step && !(step === 'cancel' && asked === 'create')) return `${WAITS[asked]} it has not been answered by Shopify yet`;
  return null;
}

/** What Shopify shows of it. */
export interface Seen { status: TransferState | 'other'; underWay: number; /** What was asked for is what it shows. */ isMoved: boolean; /** Somebody else received some of what was counted here. */ isCountedOver: boolean }
/** What to do: a call, or to take what is seen for the outcome, or to give up on what was asked with the reason. */
export type NextStep = { do: TransferStepName } | { do: 'record' } | { do: 'settle'; state: TransferState } | { do: 'refuse'; why: string };

/** `seen` is null where Shopify has no such transfer. */
export function nextStep(asked: TransferStepName | null, state: TransferState, seen: Seen | null): NextStep {
  if (seen === null) {
    if (asked === 'create') return { do: 'create' };
    if (asked === 'cancel' && state !== 'in transit') return { do: 'settle', state: 'cancelled' };
    return asked === null && state === 'draft' ? { do: 'record' } : { do: 'refuse', why: 'Shopify does not know the transfer any more' };
  }
  if (asked === 'ship' && !seen.isMoved) return seen.status === 'ready' || seen.status === 'in transit' ? { do: 'ship' } : { do: 'refuse', why: `It is ${seen.status} in Shopify` };
  if (asked === 'receive' && !seen.isMoved) return seen.underWay > 0 && !seen.isCountedOver ? { do: 'receive' } : { do: 'refuse', why: 'Somebody received some of it in Shopify meanwhile: count what is left again' };
  if (asked === 'change' && !seen.isMoved) return seen.status === 'ready' ? { do: 'change' } : { do: 'refuse', why: 'Some of it was shipped in Shopify meanwhile, and its quantities stay' };
  if (asked === 'cancel') {
    if (seen.status === 'ready' || seen.status === 'draft') return { do: 'cancel' };
    if (seen.status !== 'cancelled') return { do: 'refuse', why: 'It was shipped in Shopify meanwhile, and can no longer be cancelled' };
  }
  return { do: 'record' };
}
