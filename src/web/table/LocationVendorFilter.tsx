/** The two filters that lists of levels share. */
import { MultiSelect, Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { connectionsQuery, vendorsQuery } from '../api/queries.ts';
import { useStore } from '../shell/store.tsx';

export function useLocations(): { locationId: number; name: string }[] {
  const store = useStore(), { data } = useQuery(connectionsQuery());
  return data?.connections.find((connection) => connection.storeId === store.storeId)?.locations ?? [];
}

/** Names of the chosen locations, for the chip. */
export function locationNames(location: string | undefined, all: readonly { locationId: number; name: string }[]): string {
  return (location ?? '').split(',').map((id) => all.find((each) => String(each.locationId) === id)?.name ?? id).join(', ');
}

export function LocationVendorFilter({ location, vendor, change }: { location: string | undefined; vendor: string | undefined; change(part: { location?: string | undefined; vendor?: string | undefined }): void }) {
  const store = useStore(), locations = useLocations(), { data } = useQuery(vendorsQuery(store.storeId));
  const chosen = (location ?? '').split(',').filter(Boolean);
  return (
    <>
      <MultiSelect w={190} aria-label="Location" placeholder={chosen.length === 0 ? 'All locations' : `${chosen.length} chosen`} data={locations.map((each) => ({ value: String(each.locationId), label: each.name }))} value={chosen}
        onChange={(ids) => change({ location: ids.length ? ids.join(',') : undefined })} classNames={{ pill: 'hidden-pill' }} comboboxProps={{ width: 230, position: 'bottom-start' }} />
      <Select w={170} aria-label="Supplier" placeholder="All suppliers" searchable clearable data={data?.vendors ?? []} value={vendor ?? null} onChange={(name) => change({ vendor: name ?? undefined })} limit={100} clearButtonProps={{ 'aria-label': 'All suppliers' }} />
    </>
  );
}
