/** The questions about people and the audit trail. */
import type * as Contract from '../../http/contract-people.ts';
import type { Of } from '../../http/contract.ts';
import type { Parameters } from './client.ts';
import { one, pages } from './queries.ts';

export type Person = Of<typeof Contract.Person>;
export type People = Of<typeof Contract.People>;
export type Invitation = Of<typeof Contract.Invitation>;
export type TrailEntry = Of<typeof Contract.TrailEntry>;
export type TrailPage = Of<typeof Contract.TrailPage>;
export type TrailState = Of<typeof Contract.TrailState>;

export const peopleQuery = () => one<People>(['people'], '/people', {});
export const trailQuery = (filter: Parameters) => pages<TrailPage>(['audit-trail', filter], '/audit-trail', filter);
export const trailStateQuery = () => one<TrailState>(['audit-trail', 'state'], '/audit-trail/verify', {});
