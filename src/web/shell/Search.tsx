/** Ctrl K: items, exceptions, screens, and what can be done from anywhere. */
import '@mantine/spotlight/styles.css';
import { useMantineColorScheme } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { Spotlight, type SpotlightActionGroupData } from '@mantine/spotlight';
import { IconAlertTriangle, IconBox, IconMoon, IconPlayerPlay, IconSearch } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { write } from '../api/client.ts';
import { searchQuery, type Store } from '../api/queries.ts';
import { PLACES_WITHIN, SCREENS } from './navigation.ts';

export function Search({ store }: { store: Store | null }) {
  const router = useRouter(), { toggleColorScheme } = useMantineColorScheme();
  const [text, setText] = useState(''), [asked] = useDebouncedValue(text.trim(), 150);
  const { data } = useQuery({ ...searchQuery(store?.storeId ?? 0, asked), enabled: store !== null && asked !== '', placeholderData: keepPreviousData });
  const hits = asked === '' ? [] : data?.hits ?? [];
  const run = (flow: string, said: string): void => {
    if (store === null) return;
    write('POST', `/flows/${flow}/runs`, { store: store.storeId }).then(() => notifications.show({ message: said }), (error: Error) => notifications.show({ color: 'red', message: error.message }));
  };
  const wanted = text.trim().toLowerCase(), fits = (label: string): boolean => label.toLowerCase().includes(wanted);
  const groups: SpotlightActionGroupData[] = [
    { group: 'Items', actions: hits.filter((hit) => hit.type === 'item').map((hit) => ({ id: hit.link, label: hit.label, description: hit.detail === hit.label ? undefined : hit.detail, leftSection: <IconBox size={16} aria-hidden />, onClick: () => router.history.push(hit.link) })) },
    { group: 'Exceptions', actions: hits.filter((hit) => hit.type === 'exception').map((hit) => ({ id: hit.link, label: hit.label, description: hit.detail, leftSection: <IconAlertTriangle size={16} aria-hidden />, onClick: () => router.history.push(hit.link) })) },
    { group: 'Screens', actions: [...SCREENS, ...PLACES_WITHIN].filter((screen, n, all) => fits(screen.label) && all.findIndex((other) => other.to === screen.to && fits(other.label)) === n).map((screen) => ({ id: screen.to, label: screen.label, leftSection: <screen.icon size={16} aria-hidden />, onClick: () => router.history.push(screen.to) })) },
    { group: 'Actions', actions: [
      ...(store === null ? [] : [
        { id: 'check', label: 'Check drift now', leftSection: <IconPlayerPlay size={16} aria-hidden />, onClick: () => run('drift-check', 'The drift check is queued') },
        { id: 'plan', label: 'Plan replenishment now', leftSection: <IconPlayerPlay size={16} aria-hidden />, onClick: () => run('replenishment', 'Replenishment is queued') },
        { id: 'forecast', label: 'Forecast now', leftSection: <IconPlayerPlay size={16} aria-hidden />, onClick: () => run('forecast', 'The forecast is queued') },
      ]),
      { id: 'scheme', label: 'Switch between light and dark', leftSection: <IconMoon size={16} aria-hidden />, onClick: () => toggleColorScheme() },
    ].filter((action) => fits(action.label)) },
  ].filter((group) => group.actions.length > 0);
  return (
    <Spotlight
      shortcut={null} attributes={{ content: { 'aria-label': 'Search and actions' } }} actions={groups} filter={(_query, actions) => actions} query={text} onQueryChange={setText} clearQueryOnClose scrollable maxHeight={440}
      nothingFound={asked === '' ? 'Type a SKU, a title or a barcode' : `Nothing is called “${asked}”`}
      searchProps={{ leftSection: <IconSearch size={16} aria-hidden />, placeholder: 'SKU, title, barcode, screen or action', 'aria-label': 'Search' }}
    />
  );
}
