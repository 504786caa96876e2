/** Whom cases can be given to, as the menus show them. */
import { useQuery } from '@tanstack/react-query';
import { carersQuery, type Carer } from '../api/queries.ts';
import { useStore } from '../shell/store.tsx';

export function useCarers(): readonly Carer[] {
  return useQuery(carersQuery(useStore().storeId)).data?.people ?? [];
}

/** The name of whoever an address is of; the address where nobody has it any more. */
export function nameOf(carers: readonly Carer[], email: string): string {
  return carers.find((one) => one.email === email)?.name ?? email;
}

/** A case's owner is a role; the integration owner is an administrator (Who owns what). */
export function ownsCases(role: string | null, owner: string): boolean {
  return role === owner || (role === 'admin' && owner === 'integration owner');
}

interface Group { group: string; items: { value: string; label: string; disabled?: boolean }[] }

/** Those whose work the cases are, then everybody else; each with how many open cases they have. */
export function menuOf(carers: readonly Carer[], owners: readonly string[], me: string): Group[] {
  const may = carers.filter((one) => one.may), own = may.filter((one) => owners.some((owner) => ownsCases(one.role, owner)));
  const entry = (one: Carer) => ({ value: one.email, label: `${one.name}${one.email === me ? ' (you)' : ''}, ${one.open === 0 ? 'no open case' : one.open === 1 ? '1 open case' : `${one.open} open cases`}` });
  const groups = [{ group: 'Whose work it is', items: own.map(entry) }, { group: 'Others', items: may.filter((one) => !own.includes(one)).map(entry) }];
  return groups.filter((each) => each.items.length > 0);
}
