/** Pages that are not there, and a page that broke. */
import { Button } from '@mantine/core';
import { Link, useRouter, type ErrorComponentProps } from '@tanstack/react-router';
import { EmptyState, ErrorState } from '../ui/feedback.tsx';

export function NotFound() {
  return <main className="alone"><h1 className="sr">Page not found</h1><EmptyState title="There is no such page" action={<Button component={Link} to="/" variant="default">Go to Today</Button>}>The address may be from an older version, or mistyped.</EmptyState></main>;
}

export function Broken({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  return <main className="alone"><h1 className="sr">Something went wrong</h1><ErrorState title="This page broke" error={error instanceof Error ? error : new Error(String(error))} retry={() => { reset(); void router.invalidate(); }} /></main>;
}
