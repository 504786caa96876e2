/** Who is here, and light or dark. */
import { ActionIcon, Button, Popover, Tooltip, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconKey, IconLogin2, IconLogout, IconMoon, IconSun, IconUser } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import { write } from '../api/client.ts';
import type { Session } from '../api/queries.ts';
import { PasswordDialog } from '../session/PasswordDialog.tsx';

export function SchemeToggle() {
  const { setColorScheme } = useMantineColorScheme(), scheme = useComputedColorScheme('light', { getInitialValueInEffect: false });
  const label = scheme === 'dark' ? 'Use light colours' : 'Use dark colours';
  return <Tooltip label={label}><ActionIcon variant="subtle" color="gray" size={30} aria-label={label} onClick={() => setColorScheme(scheme === 'dark' ? 'light' : 'dark')}>{scheme === 'dark' ? <IconSun size={17} /> : <IconMoon size={17} />}</ActionIcon></Tooltip>;
}

export function UserMenu({ session }: { session: Session }) {
  const client = useQueryClient(), router = useRouter(), [changing, setChanging] = useState(false);
  const signOut = async (): Promise<void> => {
    try {
      await write('POST', '/logout', {});
      client.clear();
      router.history.push('/login');
    } catch (error) { notifications.show({ color: 'red', message: (error as Error).message }); }
  };
  if (session.mode === 'signed-out') return <Button leftSection={<IconLogin2 size={15} />} onClick={() => router.history.push('/login')}>Sign in</Button>;
  return (
    <>
    <PasswordDialog opened={changing} close={() => setChanging(false)} />
    <Popover position="bottom-end" width={270} trapFocus>
      <Popover.Target><ActionIcon variant="subtle" color="gray" size={30} aria-label="Account"><IconUser size={17} /></ActionIcon></Popover.Target>
      <Popover.Dropdown aria-label="Account">
        <div className="stack">
          {session.user ? (
            <><p><strong>{session.user.name}</strong><br /><span className="dim">{session.user.email} · {session.user.role}</span></p>
              <Button variant="default" leftSection={<IconKey size={15} />} onClick={() => setChanging(true)}>Change password</Button>
              <Button variant="default" leftSection={<IconLogout size={15} />} onClick={() => void signOut()}>Sign out</Button></>
          ) : <p>This machine only · no administrator yet. Open the address printed at start to create one.</p>}
          <p className="dim small">Instep {session.version}</p>
        </div>
      </Popover.Dropdown>
    </Popover>
    </>
  );
}
