/** Who did it: apps and staff by name, each with an id that its name always gets again. */
import { hexOf } from '../stable-ids.ts';

/** The app whose client id and secret the store was started with; every Admin API call is its. */
export const OWN_APP = 'This app';

export interface Actor { id: string; name: string }

const idFor = (kind: string, name: string) => String(1_000_000 + Number.parseInt(hexOf(6, kind, name), 16));

export const appOf = (name: string): Actor => ({ id: idFor('App', name), name });
export const staffOf = (name: string): Actor => ({ id: idFor('StaffMember', name), name });
