/** The life of a transfer: made ready in Shopify, shipped, received; or cancelled before anything left. What a person may ask, and what is to be done of it. */

export const TRANSFER_STATES = ['draft', 'ready', 'in transit', 'received', 'cancelled'] as const;
export type TransferState = (typeof TRANSFER_STATES)[number];
export const TRANSFER_STEPS = ['create', 'ship', 'receive', 'cancel'] as const;
export type TransferStepName = (typeof TRANSFER_STEPS)[number];

const FROM: Record<TransferStepName, readonly TransferState[]> = { create: ['draft'], ship: ['ready'], receive: ['in transit'], cancel: ['draft', 'ready'] };
const WHY: Record<TransferStepName, string> = {
  create: 'it is in Shopify already', ship: 'only a transfer that is ready can be shipped', receive: 'nothing of it is on its way', cancel: 'its goods are on their way or here: receive it, then send them back by another transfer',
};

/** Why a person cannot ask for this step now; null where they can. */
export function stepRefusal(state: TransferState, asked: TransferStepName | null, step: TransferStepName): string | null {
  if (!FROM[step].includes(state)) return WHY[step];
  if (asked !== null && asked !== step && !(step === 'cancel' && asked === 'create')) return `${asked === 'create' ? 'making' : asked === 'ship' ? 'shipping' : asked === 'receive' ? 'receiving' : 'cancelling'} it has not been answered by Shopify yet`;
  return null;
}

/** What Shopify shows of it. */
export interface Seen { status: TransferState | 'other'; underWay: number }
/** What to do: a call, or to take what is seen for the outcome, or to give up on what was asked with the reason. */
export type NextStep = { do: TransferStepName } | { do: 'record' } | { do: 'settle'; state: TransferState } | { do: 'refuse'; why: string };

/** `seen` is null where Shopify has no such transfer. */
export function nextStep(asked: TransferStepName | null, state: TransferState, seen: Seen | null): NextStep {
  if (seen === null) {
    if (asked === 'create') return { do: 'create' };
    if (asked === 'cancel' && state !== 'in transit') return { do: 'settle', state: 'cancelled' };
    return asked === null && state === 'draft' ? { do: 'record' } : { do: 'refuse', why: 'Shopify does not know the transfer any more' };
  }
  if (asked === 'ship' && seen.status === 'ready') return { do: 'ship' };
  if (asked === 'receive' && seen.underWay > 0) return { do: 'receive' };
  if (asked === 'cancel') {
    if (seen.status === 'ready' || seen.status === 'draft') return { do: 'cancel' };
    if (seen.status !== 'cancelled') return { do: 'refuse', why: 'It was shipped in Shopify meanwhile, and can no longer be cancelled' };
  }
  return { do: 'record' };
}
