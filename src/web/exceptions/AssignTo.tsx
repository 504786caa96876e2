/** Gives cases to somebody: a list of people that is typed into, those first whose work it is. */
import { Button, Modal, Popover, Select } from '@mantine/core';
import { IconUserShare } from '@tabler/icons-react';
import { useState } from 'react';
import type { ExceptionCase } from '../api/queries.ts';
import { count } from '../ui/format.ts';
import { useMe } from './actions.ts';
import { menuOf, useCarers } from './carers.ts';

interface Giving { rows: readonly Pick<ExceptionCase, 'owner' | 'subject' | 'assignedTo'>[]; assign(to: string | null): void }
const NOBODY = 'nobody';

/** The list stands open from the first: opening it while somebody types would let go of the name that was found. */
function PersonSelect({ rows, assign }: Giving) {
  const carers = useCarers(), me = useMe(), groups = menuOf(carers, [...new Set(rows.map((row) => row.owner))], me);
  const menu = groups.length > 0 ? groups : [{ group: 'Whoever sits here', items: [{ value: me, label: `${me} (you)` }] }];
  return (
    <Select label="To whom?" placeholder="Type a name" searchable selectFirstOptionOnChange defaultDropdownOpened nothingFoundMessage="Nobody of that name may sign in" data-autofocus maxDropdownHeight={260} comboboxProps={{ withinPortal: false }}
      data={[...menu, ...(rows.some((row) => row.assignedTo !== null) ? [{ group: 'Give back', items: [{ value: NOBODY, label: 'Nobody' }] }] : [])]}
      value={null} onChange={(to) => { if (to !== null) assign(to === NOBODY ? null : to); }} />
  );
}

/** A button that asks to whom. */
export function AssignTo({ rows, assign, disabled = false }: Giving & { disabled?: boolean }) {
  const [open, setOpen] = useState(false);
  return (
    <Popover opened={open} onChange={setOpen} width={300} trapFocus>
      <Popover.Target><Button variant="default" leftSection={<IconUserShare size={15} />} disabled={disabled} onClick={() => setOpen(!open)}>Assign…</Button></Popover.Target>
      <Popover.Dropdown aria-label="Assign to somebody"><PersonSelect rows={rows} assign={(to) => { setOpen(false); assign(to); }} /></Popover.Dropdown>
    </Popover>
  );
}

/** The same, asked for by a key in the list. */
export function AssignDialog({ rows, assign, close }: Giving & { close(): void }) {
  return (
    <Modal opened={rows.length > 0} onClose={close} size={380} title={rows.length === 1 ? `Assign ${rows[0]!.subject}` : `Assign ${count(rows.length, 'case')}`} styles={{ content: { overflow: 'visible' }, body: { overflow: 'visible' } }}>
      <PersonSelect rows={rows} assign={(to) => { close(); assign(to); }} />
    </Modal>
  );
}
